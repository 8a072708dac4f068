"""What deposit does, one function a transaction."""
