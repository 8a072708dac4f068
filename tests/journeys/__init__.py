"""What people go through with the whole system, from a demo day to a look at what it left."""
