"""Every query of identity, and the sealing of what must not be read in its tables."""
