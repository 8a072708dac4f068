"""The pages: every module below here with a `router(means)` adds its routes, and nothing else is needed for that.

def router(means: Means) -> APIRouter:
\"\"\"`GET /saldo`.\"\"\"
routes = APIRouter()

@routes.get("/saldo")
async def balance(request: Request) -> Response: ...

return routes
"""

import importlib
import pkgutil
from collections.abc import Iterator
from types import ModuleType

from fastapi import APIRouter

from services.web.means import Means


def routers(means: Means) -> list[APIRouter]:
    """The routes of all pages, by the names of their modules."""
    return [module.router(means) for module in _modules() if hasattr(module, "router")]


def _modules() -> Iterator[ModuleType]:
    for found in sorted(pkgutil.walk_packages(__path__, f"{__name__}."), key=lambda each: each.name):
        yield importlib.import_module(found.name)
