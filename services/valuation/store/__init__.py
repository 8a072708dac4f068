"""Every query of valuation."""
