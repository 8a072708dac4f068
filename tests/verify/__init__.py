"""The invariants of the whole system, checked on what is really written down: databases, topics, the biller's book.

No service is asked for anything: every figure is counted here, from its source, and compared with another source.
`python -m tests.verify` runs it (`make verify`); the demo and the fault tests call `running.verify`.
"""
