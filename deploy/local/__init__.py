"""The embedded stack: a real PostgreSQL and a real Kafka from Python wheels, and every service beside them.

Only the command line (`python -m deploy.local`), `stack.Stack` and `settings.LocalSettings` are meant for others.
"""
