"""What must be there before a service's doors can be tried: made through its own doors, or heard as events."""
