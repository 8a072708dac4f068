"""A day in Lubuk Pakam, through the public doors only: `python -m tests.demo` (`make demo`)."""
