"""Rules of counting that need nothing but their arguments."""
