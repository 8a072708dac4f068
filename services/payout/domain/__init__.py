"""What payout may do, decided without touching anything."""
