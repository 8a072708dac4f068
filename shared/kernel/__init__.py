"""The programme's words and rules, pure: no input, no output, no clock of its own."""
