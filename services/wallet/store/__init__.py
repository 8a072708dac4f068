"""Every query of the ledger. Each works on a whole batch, and each plan is asserted by a test."""
