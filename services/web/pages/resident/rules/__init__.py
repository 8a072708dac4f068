"""What the resident's pages decide by themselves: pure functions of what the doors answered."""
