"""What counts as the same weighing, where a weighing stands, and who may decide about it."""
