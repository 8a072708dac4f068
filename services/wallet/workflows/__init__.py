"""One function, one transaction: lock the accounts, decide, write, say. Every one takes a whole batch."""
