"""What may be proposed as an exception: another price or a lower deduction, for one member or for everybody."""

from starlette.datastructures import FormData

from services.web.pages.staff.desk import Answer, Desk
from services.web.pages.staff.figures import percent_of, rupiah_of
from services.web.pages.staff.members import member_of_code
from services.web.pages.staff.parts import Entry, Form, moment
from services.web.pages.staff.views import (
    bank_entry,
    brief,
    reason_entry,
    said,
    said_choice,
    said_id,
    said_moment,
    unreadable,
)
from shared.kernel.ids import uuid7

PRICE = "/kantor/pengecualian/usul"
DEDUCTION = "/kantor/pengecualian/usul-potongan"


async def deduction_names(desk: Desk) -> dict[str, str]:
    """For whom a part is kept by the lists that hold now, and how much: `Pengelola bank sampah (10 %)`."""
    name = f"name_{desk.door.language}"
    lists = (await desk.read("valuation", "/v1/price-lists", limit=200))["price_lists"]
    found: dict[str, str] = {}
    scopes: set[str | None] = set()
    for each in lists:  # the last to begin stands first
        begins = moment(each["effective_at"])
        if begins is None or begins > desk.now or each["waste_bank_id"] in scopes:
            continue
        scopes.add(each["waste_bank_id"])
        for rule in each["deductions"]:
            percent = f"{rule['basis_points'] / 100:g}".replace(".", ",")
            found.setdefault(rule["beneficiary"], f"{rule[name]} ({percent} %)")
    return found


async def proposing(desk: Desk) -> list[Form]:
    """The forms: one for a price, and one for a deduction if anything is deducted at all."""
    t = desk.t
    kinds = Entry("jenis", t("kantor.kolom.jenis"), "choice", options=await _kinds(desk))
    price = Entry("harga", t("kantor.kolom.harga"), "number")
    forms = [_form(desk, PRICE, t("kantor.pengecualian.usul"), [kinds, price])]
    parts = await deduction_names(desk)
    if parts:
        which = Entry("potongan", t("kantor.harga.potongan"), "choice", options=list(parts.items()))
        hint = t("kantor.pengecualian.persen_saran")
        percent = Entry("persen", t("kantor.harga.persen"), "number", hint=hint)
        forms.append(_form(desk, DEDUCTION, t("kantor.pengecualian.usul_potongan"), [which, percent]))
    return forms


def _form(desk: Desk, action: str, title: str, what: list[Entry]) -> Form:
    t, code = desk.t, desk.asked("nasabah")
    hint = t("kantor.pengecualian.nasabah_saran")
    member = Entry(
        "nasabah", t("kantor.pengecualian.nasabah"), value=code, hint=hint, required=False, most=32
    )
    return Form(
        action,
        title,
        title,
        [
            Entry("pengecualian", "", "hidden", str(uuid7())),
            bank_entry(desk),
            member,
            *what,
            Entry("mulai", t("kantor.kolom.dari"), "moment"),
            Entry("sampai", t("kantor.kolom.sampai"), "moment"),
            reason_entry(desk),
        ],
        t("kantor.pengecualian.usul_lead"),
        t("kantor.kedua.pengecualian"),
        open=bool(code),
    )


async def _kinds(desk: Desk) -> list[tuple[str, str]]:
    names = await desk.items()
    return [
        (each, f"{names[each.partition(' ')[0]]} - {words}")
        for each, words in sorted(names.items())
        if " " in each
    ]


async def price_proposal(desk: Desk, form: FormData) -> Answer:
    """Another price for a kind of waste, as the door takes it. Raises Refused for what cannot be read."""
    item, _, grade = said_choice(desk, form, "jenis", dict(await _kinds(desk))).partition(" ")
    price = rupiah_of(said(form, "harga"))
    if price is None:
        typed = brief(said(form, "harga"))
        raise unreadable(desk.t("kantor.rancangan.salah_harga", jenis=item, isi=typed))
    return {
        "price": {"item_code": item, "grade": grade, "price_rupiah": price},
        **await _proposal(desk, form),
    }


async def deduction_proposal(desk: Desk, form: FormData) -> Answer:
    """A lower part for somebody for whom a part is kept, as the door takes it. Raises Refused."""
    percent = percent_of(said(form, "persen"))
    if percent is None:
        raise unreadable(desk.t("kantor.pengecualian.salah_persen", isi=brief(said(form, "persen"))))
    part = said_choice(desk, form, "potongan", await deduction_names(desk))
    return {"deduction": {"beneficiary": part, "percent": percent}, **await _proposal(desk, form)}


async def _proposal(desk: Desk, form: FormData) -> Answer:
    code = said(form, "nasabah")
    member = await member_of_code(desk, code) if code else None
    return {
        "exception_id": said_id(desk, form, "pengecualian"),
        "waste_bank_id": said(form, "bank"),
        "member_id": member["member_id"] if member else None,
        "from_at": said_moment(desk, form, "mulai"),
        "until_at": said_moment(desk, form, "sampai"),
        "reason": said(form, "alasan"),
    }
