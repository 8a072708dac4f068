"""Every operation of every service, really called by every role from the own and from another area."""
