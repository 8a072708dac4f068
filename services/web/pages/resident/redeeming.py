"""Turning credit into a token, phone credit, data or cash: choose, check, done; one page that is sent buys once."""

import asyncio
import re
from dataclasses import dataclass, field, replace
from typing import Any, Final, NamedTuple

from fastapi import APIRouter, Request, Response
from starlette.datastructures import FormData

from services.web.clients import Refused
from services.web.means import Means
from services.web.pages.common import go_to, read_form, render
from services.web.pages.resident.reading.asking import or_none
from services.web.pages.resident.reading.money import Balance, read_balance
from services.web.pages.resident.reading.people import read_member
from services.web.pages.resident.reading.rates import read_rate
from services.web.pages.resident.reading.redemptions import Product, read_prefixes, read_products
from services.web.pages.resident.rules.affording import Rate, Shortfall, shortfall
from services.web.pages.resident.rules.offering import Tile, cash_tiles, package_tiles, product_for, tiles_of
from services.web.pages.resident.rules.phones import Fault, dialled, read_phone
from services.web.pages.resident.visiting import ResidentRoute, Visit, told, visit
from shared.runtime.problems import Problem


class Way(NamedTuple):
    """One of the four things that credit can become: payout's kind, and its words."""

    kind: str
    title: str
    icon: str


WAYS: Final = {
    "listrik": Way("pln_token", "warga.tukar.listrik", "listrik"),
    "pulsa": Way("pulsa", "warga.tukar.pulsa", "pulsa"),
    "data": Way("data", "warga.tukar.data", "data"),
    "tunai": Way("cash", "warga.tukar.tunai", "tunai"),
}
FAULTS: Final = {
    Fault.EMPTY: "warga.nomor.kosong",
    Fault.NOT_DIGITS: "warga.nomor.bukan_angka",
    Fault.NOT_MOBILE: "warga.nomor.bukan_hp",
    Fault.TOO_SHORT: "warga.nomor.kurang",
    Fault.TOO_LONG: "warga.nomor.lebih",
}
_AMOUNT: Final = re.compile(r"[1-9][0-9]{2,8}")
WHY_NOT: Final = {
    "not_offered": "warga.produk.tidak_dijual",
    "closed_by_seller": "warga.produk.ditutup",
    "out_of_stock": "warga.produk.habis",
    "nightly_pause": "warga.produk.istirahat",
    "failing_now": "warga.produk.gangguan",
    "funds_being_topped_up": "warga.produk.dana",
    "biller_disturbed": "warga.produk.gangguan",
}


@dataclass(frozen=True, slots=True)
class Choice:
    """The form as it was filled: a number, an operator if the member named one, and what was chosen."""

    number: str = ""
    operator: str = ""
    chosen: str = ""
    bank: str = ""
    errors: dict[str, str] = field(default_factory=dict)
    refused: str | None = None


@dataclass(frozen=True, slots=True)
class Offered:
    """A tile with what is missing for it; None if the balance is enough."""

    tile: Tile
    missing: Shortfall | None


@dataclass(frozen=True, slots=True)
class Found:
    """What the form is drawn from: products, prefixes, the balance (None: unknown) and what waste brings."""

    products: list[Product]
    prefixes: dict[str, tuple[str, ...]]
    balance: Balance | None
    rate: Rate | None


def router(means: Means) -> APIRouter:
    """`/tukar` and `/tukar/{way}`."""
    del means
    pages = APIRouter(route_class=ResidentRoute)

    @pages.get("/tukar")
    async def show_ways(request: Request) -> Response:
        here = await visit(request)
        balance, products = await asyncio.gather(
            or_none(read_balance(here.door, here.member_id)), or_none(read_products(here.door))
        )
        return render(
            request, "resident/redeem.html", ways=WAYS, balance=balance, least=_least(products or [])
        )

    @pages.get("/tukar/{way}")
    async def show_form(request: Request, way: str) -> Response:
        here = await visit(request)
        return await _form_page(here, way, Choice(chosen=request.query_params.get("pilih", "")))

    @pages.post("/tukar/{way}")
    async def choose(request: Request, way: str) -> Response:
        here = await visit(request)
        choice = _read(await read_form(request))
        found = await _gather(here, way)
        product, choice = _product(here, way, choice, found)
        if product is None or choice.errors:
            return await _form_page(here, way, choice, found, status=422)
        try:
            quote = await here.door.post("payout", "/v1/quotes", _wish(way, product, choice))
        except Refused as refused:
            if refused.code == "card_code_needed":
                raise
            refusal = replace(choice, refused=told(here.t, refused))
            return await _form_page(here, way, refusal, found, status=refused.status)
        return go_to(f"/tukar/periksa/{quote['quote_id']}")

    return pages


def _least(products: list[Product]) -> dict[str, int]:
    """What each way costs at least today, of what can be had."""
    costs = [(each.kind, each.amount_rupiah or each.smallest_rupiah) for each in products if each.available]
    return {
        name: min(found)
        for name, way in WAYS.items()
        if (found := [cost for kind, cost in costs if kind == way.kind and cost is not None])
    }


async def _gather(here: Visit, way: str) -> Found:
    if way not in WAYS:
        raise Problem("not_found")
    phone = way in {"pulsa", "data"}
    products, prefixes, balance, rate = await asyncio.gather(
        read_products(here.door, WAYS[way].kind),
        read_prefixes(here.door) if phone else _nothing(),
        or_none(read_balance(here.door, here.member_id)),
        or_none(read_rate(here.door, here.member_id)),
    )
    return Found(products, prefixes, balance, rate)


async def _nothing() -> dict[str, tuple[str, ...]]:
    return {}


async def _form_page(
    here: Visit, way: str, choice: Choice, found: Found | None = None, *, status: int = 200
) -> Response:
    found = found or await _gather(here, way)
    member = await or_none(read_member(here.door, here.member_id))
    tiles = _tiles(way, found)
    available = None if found.balance is None else found.balance.available
    offered = [
        Offered(
            tile,
            None
            if available is None or tile.amount_rupiah is None
            else shortfall(tile.amount_rupiah, available, found.rate),
        )
        for tile in tiles
    ]
    return render(
        here.request,
        "resident/choose.html",
        way=way,
        words=WAYS[way],
        choice=choice,
        offered=offered,
        balance=found.balance,
        nothing_affordable=bool(offered) and all(each.missing is not None for each in offered),
        cheapest=min(
            (each.missing for each in offered if each.missing), key=lambda m: m.missing_rupiah, default=None
        ),
        operators=list(found.prefixes),
        own_phone="" if member is None else dialled(member.phone),
        banks=_banks(here, None if member is None else member.waste_bank_id),
        own_bank=None if member is None else member.waste_bank_id,
        why_not=WHY_NOT,
        status=status,
    )


def _tiles(way: str, found: Found) -> list[Tile]:
    if way == "tunai":
        available = None if found.balance is None else found.balance.available
        return cash_tiles(found.products, available)
    return package_tiles(found.products) if way == "data" else tiles_of(found.products)


def _banks(here: Visit, own: str | None) -> list[tuple[str, str]]:
    """Where cash can be fetched: the waste banks of one's own sub-district, one's own first."""
    subdistrict = None if own is None else here.rollout.subdistrict_of(own)
    banks = () if subdistrict is None else subdistrict.waste_banks
    return [(bank.id, bank.name) for bank in sorted(banks, key=lambda bank: bank.id != own)]


def _read(form: FormData) -> Choice:
    names = ("nomor", "operator", "pilih", "bank")
    number, operator, chosen, bank = (str(form.get(name, "")).strip()[:60] for name in names)
    return Choice(number, operator, chosen, bank)


def _product(here: Visit, way: str, choice: Choice, found: Found) -> tuple[Product | None, Choice]:
    """The product that was meant; with what is wrong in words where none can be named."""
    errors: dict[str, str] = {}
    operator: str | None = choice.operator or None
    if way in {"pulsa", "data"}:
        read = read_phone(choice.number, found.prefixes)
        if read.fault is not None:
            errors["nomor"] = here.t(FAULTS[read.fault], n=len(read.dialled))
        operator = operator or read.operator
        if read.fault is None and operator is None and way == "pulsa":
            errors["operator"] = here.t("warga.nomor.operator_tak_dikenal")
    elif way == "listrik" and not choice.number:
        errors["nomor"] = here.t("warga.nomor.meter_kosong")
    if not choice.chosen or (way == "tunai" and not _AMOUNT.fullmatch(choice.chosen)):
        errors["pilih"] = here.t("warga.tukar.pilih_dulu")
    if errors:
        return None, replace(choice, errors=errors)
    product = product_for(found.products, choice.chosen, operator)
    if product is None:
        errors["pilih"] = here.t("warga.tukar.tidak_ada", operator=operator or "-")
    elif way == "data" and operator is not None and product.brand != operator:
        errors["pilih"] = here.t("warga.tukar.operator_lain", operator=operator, paket=product.brand)
    elif not product.available:
        errors["pilih"] = here.t(WHY_NOT.get(product.why_not or "", "warga.produk.gangguan"))
    return product, replace(choice, errors=errors)


def _wish(way: str, product: Product, choice: Choice) -> dict[str, Any]:
    if way != "tunai":
        return {"product": product.code, "target": choice.number}
    return {
        "product": product.code,
        "amount_rupiah": int(choice.chosen),
        "waste_bank_id": choice.bank,
    }
