"""What a draft looks like: a field for every price, and what publishing it would change."""

from uuid import UUID

from starlette.datastructures import FormData
from starlette.responses import Response

from services.web.clients import Refused
from services.web.pages.staff.desk import Answer, Desk
from services.web.pages.staff.figures import typed
from services.web.pages.staff.parts import Cell, Entry, Fact, Form, Link, Page, Table, Tone, moment, money
from services.web.pages.staff.prices import scope_of, unit_words
from services.web.pages.staff.views import DONE, draw
from shared.kernel.units import Unit

# A price that moves by more than this is told by colour: most often it is a slip of the keyboard.
_LEAP_PERCENT = 30


def price_field(price: Answer) -> str:
    """The name of the field of one price."""
    return f"harga|{price['item_code']}|{price['grade']}"


async def draft_page(
    desk: Desk, draft_id: UUID, problem: str = "", typed_before: FormData | None = None, status: int = 200
) -> Response:
    """The draft with a field for every price; what was typed stays when it was refused."""
    draft = await desk.read("valuation", f"/v1/price-list-drafts/{draft_id}")
    names = await desk.items()
    given = {} if typed_before is None else {name: str(value) for name, value in typed_before.items()}
    prices = sorted(draft["prices"], key=lambda each: (each["item_code"], each["grade"]))
    done = DONE.get(desk.asked("sudah"))
    return draw(
        desk,
        "staff/draft.html",
        status=status,
        draft=draft,
        scope=scope_of(desk, draft),
        lines=[_line(desk, each, names, given) for each in prices],
        parts=[
            {
                "name": f"potongan|{each['beneficiary']}",
                "words": each[f"name_{desk.door.language}"],
                "value": given.get(
                    f"potongan|{each['beneficiary']}", typed(each["basis_points"] * 10, Unit.KG)
                ),
            }
            for each in draft["deductions"]
        ],
        given=given,
        problem=problem,
        done=desk.t(done) if done else "",
        upload=Form(
            f"/kantor/rancangan/{draft_id}/unggah",
            desk.t("kantor.rancangan.unggah"),
            desk.t("kantor.rancangan.unggah"),
            [
                Entry(
                    "berkas",
                    desk.t("kantor.rancangan.berkas"),
                    "file",
                    hint=desk.t("kantor.rancangan.berkas_saran"),
                )
            ],
        ),
    )


def _line(desk: Desk, price: Answer, names: dict[str, str], given: dict[str, str]) -> dict[str, str]:
    field = price_field(price)
    return {
        "field": field,
        "code": price["item_code"],
        "item": names.get(price["item_code"], price["item_code"]),
        "grade": names.get(f"{price['item_code']} {price['grade']}", price["grade"]),
        "unit": unit_words(desk, price["unit"]),
        "value": given.get(field, str(price["price_rupiah"])),
        "source": price["source"],
    }


async def preview_page(desk: Desk, draft_id: UUID) -> Page:
    """Old price, new price: only what changes, compared with what holds now where the draft is for."""
    t = desk.t
    draft = await desk.read("valuation", f"/v1/price-list-drafts/{draft_id}")
    before = await _in_force(desk, draft)
    rows, same = await _changes(desk, draft, before)
    heads = [
        t("kantor.kolom.jenis"),
        t("kantor.kolom.mutu"),
        t("kantor.terbit.lama"),
        t("kantor.terbit.baru"),
        t("kantor.terbit.beda"),
    ]
    begins = Entry(
        "mulai", t("kantor.harga.mulai"), "moment", hint=t("kantor.terbit.mulai_saran"), required=False
    )
    return Page(
        t("kantor.terbit.judul"),
        t("kantor.terbit.lead"),
        back=Link(draft["name"], f"/kantor/rancangan/{draft_id}"),
        facts=[
            Fact(t("kantor.harga.nama"), Cell(draft["name"])),
            Fact(t("kantor.harga.untuk"), Cell(scope_of(desk, draft))),
            Fact(t("kantor.terbit.dibanding"), Cell(before["name"] if before else "")),
            Fact(t("kantor.terbit.tetap"), Cell(str(same))),
        ],
        tables=[
            Table(
                heads, rows, t("kantor.terbit.tanpa_beda"), t("kantor.terbit.berubah"), frozenset({2, 3, 4})
            )
        ],
        forms=[
            Form(
                f"/kantor/rancangan/{draft_id}/terbit",
                t("kantor.terbit.terbitkan"),
                t("kantor.terbit.terbitkan"),
                [begins],
                t("kantor.terbit.tanpa_tumpang"),
            )
        ],
    )


async def _in_force(desk: Desk, draft: Answer) -> Answer | None:
    """The list that holds now where the draft is for: of its bank, or the general one."""
    bank = draft["waste_bank_id"]
    try:
        if bank:
            return await desk.read("valuation", "/v1/price-lists/current", waste_bank_id=bank)
        page = await desk.read("valuation", "/v1/price-lists", limit=200)
    except Refused:
        return None
    for each in page["price_lists"]:
        at = moment(each["effective_at"])
        if each["waste_bank_id"] is None and at is not None and at <= desk.now:
            return await desk.read("valuation", f"/v1/price-lists/{each['price_list_id']}")
    return None


async def _changes(desk: Desk, draft: Answer, before: Answer | None) -> tuple[list[list[Cell]], int]:
    names = await desk.items()
    old = {
        (each["item_code"], each["grade"]): each["price_rupiah"] for each in (before or {}).get("prices", [])
    }
    rows: list[list[Cell]] = []
    for each in sorted(draft["prices"], key=lambda each: (each["item_code"], each["grade"])):
        was, now = old.get((each["item_code"], each["grade"])), each["price_rupiah"]
        if was == now:
            continue
        rows.append(
            [
                Cell(names.get(each["item_code"], each["item_code"]), under=each["item_code"]),
                Cell(names.get(f"{each['item_code']} {each['grade']}", each["grade"])),
                money(was),
                money(now).per(unit_words(desk, each["unit"])),
                _difference(desk, was, now),
            ]
        )
    return rows, len(draft["prices"]) - len(rows)


def _difference(desk: Desk, was: int | None, now: int) -> Cell:
    if not was:
        return Cell(desk.t("kantor.terbit.harga_baru"), "badge")
    percent = round((now - was) * 100 / was)
    tone: Tone = "awas" if abs(percent) > _LEAP_PERCENT else ""
    return Cell(f"{percent:+d} %", "badge" if tone else "text", tone)
