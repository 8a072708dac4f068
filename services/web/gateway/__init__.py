"""What the operator's app may ask of the other services: passed on with the session's token, which it never sees."""

from fastapi import APIRouter

from services.web.gateway import passing, signing_in
from services.web.gateway.calls import API

__all__ = ["API", "routers"]


def routers() -> list[APIRouter]:
    """The routes below `/petugas/api`; those with words of their own before the ones that pass on."""
    return [signing_in.router(), passing.router()]
