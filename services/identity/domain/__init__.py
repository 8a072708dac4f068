"""Rules about people that need nothing but their arguments."""
