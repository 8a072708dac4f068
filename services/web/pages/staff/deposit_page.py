"""One deposit: what it says, what it is worth, what happened to it, and what may be decided."""

from typing import Any, Final

from services.web.clients import Refused
from services.web.pages.staff.deposits import contents, state_of
from services.web.pages.staff.desk import Desk
from services.web.pages.staff.parts import (
    Cell,
    Fact,
    Form,
    Link,
    Page,
    Table,
    badge,
    link,
    money,
    when,
)
from services.web.pages.staff.views import reason_entry

Answer = dict[str, Any]

CHANNELS: Final = {
    "self": "kantor.setoran.cara.sendiri",
    "assisted": "kantor.setoran.cara.dibantu",
    "pickup": "kantor.setoran.cara.jemput",
}
STEPS: Final = {
    "received": "kantor.setoran.langkah.masuk",
    "waiting_for_member": "kantor.setoran.keadaan.menunggu",
    "quarantined": "kantor.setoran.keadaan.ditahan",
    "recorded": "kantor.setoran.keadaan.diterima",
    "accepted": "kantor.setoran.langkah.diloloskan",
    "rejected": "kantor.setoran.keadaan.ditolak",
    "voided": "kantor.setoran.keadaan.batal",
    "void_refused": "kantor.setoran.langkah.batal_ditolak",
}
FLAGS: Final = {
    "price_list_unknown": "kantor.periksa.sebab.daftar_tak_dikenal",
    "price_list_of_another_bank": "kantor.periksa.sebab.daftar_bank_lain",
    "price_list_too_old": "kantor.periksa.sebab.daftar_lama",
    "no_price_list_in_force": "kantor.periksa.sebab.tanpa_daftar",
    "item_not_priced": "kantor.periksa.sebab.tanpa_harga",
    "unit_differs": "kantor.periksa.sebab.satuan",
    "shown_price_differs": "kantor.periksa.sebab.beda_harga",
    "line_weight_out_of_bounds": "kantor.periksa.sebab.berat_baris",
    "day_weight_out_of_bounds": "kantor.periksa.sebab.berat_hari",
    "day_value_out_of_bounds": "kantor.periksa.sebab.nilai_hari",
    "day_deposits_out_of_bounds": "kantor.periksa.sebab.jumlah_hari",
    "weighed_in_the_future": "kantor.periksa.sebab.masa_depan",
}
_CLOCK_OFF_MS = 300_000


async def story_of(desk: Desk, deposit_id: str) -> Answer | None:
    """A deposit with its history, or None for somebody who may see its price only."""
    if not desk.decides:
        return None
    return await desk.read("deposit", f"/v1/deposits/{deposit_id}")


async def worth_of(desk: Desk, deposit_id: str) -> Answer | None:
    """What a deposit is worth, or why it waits; None before valuation heard of it."""
    try:
        return await desk.read("valuation", f"/v1/valuations/{deposit_id}")
    except Refused:
        if not desk.decides:
            raise
        return None


async def deposit_page(desk: Desk, deposit_id: str) -> Page:
    """One deposit: what it says, what it is worth, what happened to it, and what may be decided."""
    t = desk.t
    story, worth = await story_of(desk, deposit_id), await worth_of(desk, deposit_id)
    told = story or worth or {}
    flag = (worth or {}).get("flag") or {}
    waits = bool(flag) and flag["closed_at"] is None
    badges = [state_of(desk, story)] if story else []
    badges += [badge(t("kantor.periksa.lencana"), "awas")] if waits else []
    tables = [await _lines(desk, story, worth, flag)]
    if story:
        tables.append(await _history(desk, story))
    links = [Link(t("kantor.riwayat.lihat"), f"/kantor/riwayat?subjek={deposit_id}")] if story else []
    return Page(
        t("kantor.setoran.satu", bank=desk.bank(told["waste_bank_id"])),
        back=Link(t("kantor.setoran.judul"), "/kantor/setoran") if story else _flags_link(desk),
        badges=badges,
        facts=await _facts(desk, story, worth, flag),
        tables=tables,
        forms=decisions(desk, deposit_id, story, waits=waits) if story else [],
        links=links,
    )


async def what_moves(desk: Desk, deposit_id: str) -> list[Fact]:
    """Whose deposit it is, what was weighed and what the tablet showed for it: looked at before it is decided."""
    story = await desk.read("deposit", f"/v1/deposits/{deposit_id}")
    members = await desk.members([story["member_id"]])
    return [
        Fact(desk.t("kantor.kolom.nasabah"), members[story["member_id"]]),
        Fact(desk.t("kantor.kolom.isi"), Cell(await contents(desk, story["lines"]))),
        Fact(desk.t("kantor.kolom.tampil"), money(sum(each["shown_rupiah"] for each in story["lines"]))),
    ]


def decisions(desk: Desk, deposit_id: str, story: Answer, *, waits: bool) -> list[Form]:
    """What may be done about a deposit, given where it stands."""
    t, here = desk.t, f"/kantor/setoran/{deposit_id}"
    second = t("kantor.kedua.bukan_pencatat")
    why = reason_entry(desk)
    if story["state"] == "quarantined":
        let = Form(
            f"{here}/loloskan",
            t("kantor.ditahan.loloskan"),
            t("kantor.ditahan.loloskan"),
            [why],
            second=second,
        )
        no = Form(
            f"{here}/tolak",
            t("kantor.ditahan.tolak"),
            t("kantor.ditahan.tolak"),
            [why],
            second=second,
            grave=True,
        )
        return [let, no]
    if story["state"] not in {"recorded", "waiting_for_member"}:
        return []
    forms: list[Form] = []
    if waits:
        title = t("kantor.periksa.setujui")
        forms.append(Form(f"{here}/setujui", title, title, [why], t("kantor.periksa.setujui_lead"), second))
        title = t("kantor.periksa.tolak")
        lead = t("kantor.periksa.tolak_lead")
        forms.append(Form(f"{here}/tolak-periksa", title, title, [why], lead, second, grave=True))
    else:
        title, lead = t("kantor.setoran.batalkan"), t("kantor.setoran.batalkan_lead")
        forms.append(Form(f"{here}/batal", title, title, [why], lead, grave=True))
    return forms


async def _facts(desk: Desk, story: Answer | None, worth: Answer | None, flag: Answer) -> list[Fact]:
    t = desk.t
    told = story or worth or {}
    members = await desk.members([told["member_id"]])
    facts = [
        Fact(t("kantor.kolom.nasabah"), members[told["member_id"]]),
        Fact(t("kantor.kolom.ditimbang"), when(told["weighed_at"], under=_clock(desk, story))),
    ]
    if story:
        facts += [
            Fact(t("kantor.kolom.diterima"), when(story["received_at"])),
            Fact(t("kantor.kolom.pencatat"), Cell(await desk.person(story["recorder_id"]))),
            Fact(t("kantor.kolom.cara"), Cell(t(CHANNELS[story["channel"]]))),
        ]
        facts += _replaced(desk, story)
    if flag:
        why = "; ".join(t(FLAGS[each]) if each in FLAGS else each for each in flag["reasons"])
        facts.append(Fact(t("kantor.periksa.sebab.judul"), Cell(why, tone="awas")))
        facts.append(
            Fact(t("kantor.periksa.sejak"), when(flag["flagged_at"], under=desk.ago(flag["flagged_at"])))
        )
        if flag["closed_at"]:
            who = await desk.person(flag["decided_by"])
            facts.append(
                Fact(
                    t("kantor.kolom.diputus"),
                    when(flag["closed_at"], under=f"{who}: {flag['decided_reason'] or ''}"),
                )
            )
    return facts + _money(desk, worth)


def _money(desk: Desk, worth: Answer | None) -> list[Fact]:
    t = desk.t
    if worth is None or worth["net_rupiah"] is None:
        return [Fact(t("kantor.kolom.nilai"), Cell(t("kantor.setoran.belum_dihitung")))]
    facts = [
        Fact(t("kantor.setoran.kotor"), money(worth["gross_rupiah"])),
        Fact(t("kantor.setoran.bersih"), money(worth["net_rupiah"])),
    ]
    if worth["price_difference_rupiah"]:
        facts.append(Fact(t("kantor.setoran.selisih"), money(worth["price_difference_rupiah"], "awas")))
    return facts


def _clock(desk: Desk, story: Answer | None) -> str:
    off = abs(story["clock_offset_ms"]) if story else 0
    return desk.t("kantor.setoran.jam_meleset", lama=desk.span(off // 1000)) if off > _CLOCK_OFF_MS else ""


def _replaced(desk: Desk, story: Answer) -> list[Fact]:
    pairs = [
        (desk.t("kantor.setoran.menggantikan"), story["replaces_deposit_id"]),
        (desk.t("kantor.setoran.digantikan"), story["replaced_by_deposit_id"]),
    ]
    see = desk.t("kantor.setoran.lihat")
    return [Fact(label, link(see, f"/kantor/setoran/{other}")) for label, other in pairs if other]


async def _lines(desk: Desk, story: Answer | None, worth: Answer | None, flag: Answer) -> Table:
    t, names = desk.t, await desk.items()
    valued = (worth or {}).get("lines") or []
    lines = story["lines"] if story else valued or flag.get("lines", [])
    rows = [
        [
            Cell(names.get(each["item_code"], each["item_code"]), under=each["item_code"]),
            Cell(names.get(f"{each['item_code']} {each['grade']}", each["grade"])),
            Cell(desk.amount(each["unit"], each["quantity"])),
            money(each.get("shown_rupiah")),
            money(valued[at]["value_rupiah"] if at < len(valued) else None),
        ]
        for at, each in enumerate(lines)
    ]
    heads = [
        t("kantor.kolom.jenis"),
        t("kantor.kolom.mutu"),
        t("kantor.kolom.jumlah"),
        t("kantor.kolom.tampil"),
        t("kantor.kolom.nilai"),
    ]
    return Table(heads, rows, "", t("kantor.setoran.rincian"), frozenset({2, 3, 4}))


async def _history(desk: Desk, story: Answer) -> Table:
    t = desk.t
    rows = [
        [
            when(each["at"]),
            Cell(t(STEPS[each["step"]]) if each["step"] in STEPS else each["step"]),
            Cell(await desk.person(each["by_id"])),
            Cell(each["reason"] or ""),
        ]
        for each in story["history"]
    ]
    heads = [
        t("kantor.kolom.waktu"),
        t("kantor.kolom.langkah"),
        t("kantor.kolom.oleh"),
        t("kantor.kolom.alasan"),
    ]
    return Table(heads, rows, "", t("kantor.setoran.riwayat"))


def _flags_link(desk: Desk) -> Link:
    return Link(desk.t("kantor.periksa.judul"), "/kantor/periksa")
