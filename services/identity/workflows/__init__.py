"""What identity does, a transaction each: enrol, sign in, keep keys, seed."""

from shared.runtime.sealing import Sealer

__all__ = ["Sealer"]
