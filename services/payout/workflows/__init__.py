"""What payout does, one function a transaction; only the courier has two, with the biller between."""
