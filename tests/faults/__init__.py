"""Plugs are pulled while deposits are on their way; afterwards nothing is lost and nothing is there twice."""
