"""What the operator's app may ask of the other services: passed on with the session's token, which it never sees."""

from fastapi import APIRouter

from services.web.means import Means

API = "/petugas/api"


def routers(means: Means) -> list[APIRouter]:
    """The routes below `/petugas/api`."""
    del means
    return []
