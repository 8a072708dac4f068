"""Whom we believe over TLS: the certificates that this machine trusts, read once a process."""

import functools
import ssl


@functools.cache
def trusted() -> ssl.SSLContext:
    """For clients that are made for one question: each would read the certificates anew, for 30 ms of a core."""
    return ssl.create_default_context()
