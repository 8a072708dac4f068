"""Every query of payout, and the seal on what it stores about people."""
