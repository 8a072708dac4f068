"""Load: how fast the road is, always against a limit that is measured in the same run. Never a timed test."""
