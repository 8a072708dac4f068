"""Every route declares who may enter, and the matrix of roles is the one that was read and committed."""

import csv
from typing import Annotated

import pytest
from fastapi import APIRouter, Depends, FastAPI

from deploy.docs import roles
from deploy.docs.built import applications
from shared.kernel.roles import Role
from shared.runtime.access import allow, anyone
from shared.runtime.tokens import Caller
from tests.architecture.tree import REPOSITORY

MATRIX = REPOSITORY / "docs" / "api" / "roles.csv"


@pytest.mark.parametrize("name", sorted(applications().keys() - roles.OWN_DIALECT))
def test_every_route_declares_who_may_enter(name: str) -> None:
    declared = list(roles.roles_of(applications()[name]))
    assert len(declared) > 3
    assert [line for line in declared if line[2] == roles.UNDECLARED] == []


def test_the_committed_matrix_has_a_line_for_every_route_and_no_other() -> None:
    committed = {tuple(line) for line in csv.reader(MATRIX.read_text(encoding="utf-8").splitlines())}
    real = {tuple(line) for line in csv.reader(roles.matrix().splitlines())}
    assert (real - committed, committed - real) == (set(), set()), "read the difference, then `make docs`"


def set_prices(matrix: str) -> set[str]:
    """The roles, as the matrix says them, that any door lets change a price list."""
    lines = [line for line in csv.DictReader(matrix.splitlines()) if line["service"] == "valuation"]
    return {line["roles"] for line in lines if "price-list" in line["path"] and line["method"] != "GET"}


def test_no_door_lets_an_operator_set_a_price_or_publish_one() -> None:
    assert set_prices(MATRIX.read_text(encoding="utf-8")) == {"programme"}


def test_a_planted_door_that_lets_an_operator_set_a_price_is_found() -> None:
    planted = "service,method,path,roles\nvaluation,PUT,/v1/price-list-drafts/{list_id},operator programme\n"
    assert set_prices(planted) == {"operator programme"}


def test_an_undeclared_route_is_found_wherever_it_is_planted() -> None:
    app, inner = FastAPI(), APIRouter(prefix="/inner")

    @inner.get("/forgotten")
    async def forgotten() -> None: ...

    @inner.post("/kept")
    async def kept(who: Annotated[Caller, Depends(allow(Role.OPERATOR, Role.MEMBER))]) -> None:
        del who

    @app.get("/open", dependencies=[Depends(anyone)])
    async def opened() -> None: ...

    app.include_router(inner, prefix="/v1")
    app.add_route("/raw", lambda _: None)  # type: ignore[arg-type, return-value]
    found = {(method, path): who for method, path, who in roles.roles_of(app) if not path.startswith("/docs")}
    assert found[("GET", "/v1/inner/forgotten")] == roles.UNDECLARED
    assert found[("POST", "/v1/inner/kept")] == "member operator"
    assert found[("GET", "/open")] == "anyone"
    assert found[("GET", "/raw")] == roles.UNDECLARED
