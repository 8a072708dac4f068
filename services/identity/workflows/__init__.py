"""What identity does, a transaction each: enrol, sign in, keep keys, seed."""

from services.identity.store.sealing import Sealer

__all__ = ["Sealer"]
