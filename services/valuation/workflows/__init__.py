"""What valuation does, one function a transaction: load, decide, save, say."""
