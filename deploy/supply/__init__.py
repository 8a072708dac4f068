"""What we depend on: a bill of materials, and whether anything in it is known to be vulnerable."""
