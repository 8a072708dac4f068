"""What staff may do about one member: the forms of the member's page."""

from typing import Final

from services.web.pages.staff.desk import Answer, Desk
from services.web.pages.staff.parts import Entry, Form
from services.web.pages.staff.views import bank_entry, reason_entry

WHY_CARD: Final = {
    "lost": "kantor.kartu.hilang",
    "stolen": "kantor.kartu.dicuri",
    "damaged": "kantor.kartu.rusak",
    "secret_seen": "kantor.kartu.terlihat",
}


def deeds(desk: Desk, found: Answer, alike: list[Answer]) -> list[Form]:
    """Everything that may be done, the daily things first and what is final last."""
    here = f"/kantor/nasabah/{found['member_id']}"
    return [
        *_card_forms(desk, found, here),
        _reset(desk, found),
        _change(desk, found, here),
        _move(desk, found, here),
        _merge(desk, here, alike),
        _erase(desk, here),
    ]


def _card_forms(desk: Desk, found: Answer, here: str) -> list[Form]:
    t = desk.t
    if not found["card_id"]:
        title = t("kantor.kartu.beri")
        return [Form(f"{here}/kartu", title, title, lead=t("kantor.kartu.sekali"))]
    why = Entry(
        "sebab",
        t("kantor.kartu.sebab"),
        "choice",
        options=[(each, t(words)) for each, words in WHY_CARD.items()],
    )
    card = Entry("kartu", "", "hidden", found["card_id"])
    swap, block = t("kantor.kartu.ganti"), t("kantor.kartu.blokir")
    return [
        Form(f"{here}/ganti-kartu", swap, swap, [why, card], t("kantor.kartu.ganti_lead"), grave=True),
        Form(f"{here}/blokir-kartu", block, block, [why, card], t("kantor.kartu.blokir_lead"), grave=True),
    ]


def _reset(desk: Desk, found: Answer) -> Form:
    t = desk.t
    return Form(
        "/kantor/pin/buka",
        t("kantor.pin.lupa"),
        t("kantor.pin.buka"),
        [Entry("kode", "", "hidden", found["code"]), reason_entry(desk)],
        t("kantor.pin.buka_lead"),
        t("kantor.kedua.pin"),
    )


def _change(desk: Desk, found: Answer, here: str) -> Form:
    t = desk.t
    return Form(
        f"{here}/ubah",
        t("kantor.nasabah.ubah"),
        t("kantor.simpan"),
        [
            Entry("nama", t("kantor.kolom.nama"), value=found["name"], most=120),
            Entry(
                "telepon",
                t("kantor.kolom.telepon"),
                hint=t("kantor.nasabah.telepon_saran"),
                required=False,
                most=24,
            ),
            Entry("alamat", t("kantor.kolom.alamat"), value=found["address"] or "", required=False, most=300),
            Entry("desa", t("kantor.kolom.desa"), value=found["village"] or "", required=False, most=120),
            reason_entry(desk),
        ],
    )


def _move(desk: Desk, found: Answer, here: str) -> Form:
    t = desk.t
    bank = bank_entry(desk, value=found["waste_bank_id"])
    return Form(
        f"{here}/pindah",
        t("kantor.nasabah.pindah"),
        t("kantor.nasabah.pindah"),
        [bank, reason_entry(desk)],
        t("kantor.nasabah.pindah_lead"),
    )


def _merge(desk: Desk, here: str, alike: list[Answer]) -> Form:
    t = desk.t
    hint = t("kantor.gabung.tetap_saran")
    into = Entry(
        "tetap", t("kantor.gabung.tetap"), value=alike[0]["code"] if alike else "", hint=hint, most=32
    )
    return Form(
        f"{here}/usul-gabung",
        t("kantor.gabung.usul"),
        t("kantor.gabung.usul"),
        [into, reason_entry(desk)],
        t("kantor.gabung.usul_lead"),
        t("kantor.kedua.gabung"),
        grave=True,
    )


def _erase(desk: Desk, here: str) -> Form:
    t = desk.t
    title, lead = t("kantor.nasabah.hapus"), t("kantor.nasabah.hapus_lead")
    return Form(f"{here}/hapus", title, title, [reason_entry(desk)], lead, grave=True)
