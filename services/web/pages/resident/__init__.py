"""The resident's site at `/`: plain pages, each of which works without a script."""
