"""Every query of adoption."""
