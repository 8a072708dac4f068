"""The invented people of a first start: always the same, so that demos and tests know them by heart.

Every name is made up. The phone numbers begin with 0812-0000, and the PINs are no secret: a place with real people
never runs the seed.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import blake2b, sha256
from uuid import UUID

from services.identity.domain.areas import Area
from services.identity.domain.people import Member, MemberKind, Staff, Tablet
from shared.kernel.ids import derived_uuid
from shared.kernel.roles import Role

LUBUK_PAKAM = "12.07.28"
MAIN_BANK = "lubuk-pakam-induk"
CEMARA = "lubuk-pakam-cemara"
TANJUNG_GARBUS = "lubuk-pakam-tanjung-garbus"
BATANG_KUIS = "batang-kuis-pekan"

_CAUSE = UUID("01999c3a-6c00-7000-8000-000000000000")
_FIRST_ENROLMENT = datetime(2026, 10, 1, 2, 0, tzinfo=UTC)
_ENROLMENT_EVERY = timedelta(hours=19)

_EVERYWHERE = Area(regency_codes=frozenset({"12.07"}))
_LUBUK_PAKAM_ONLY = Area(subdistrict_codes=frozenset({LUBUK_PAKAM}))


def _at(bank: str) -> Area:
    return Area(waste_bank_ids=frozenset({bank}))


_STAFF: tuple[tuple[str, Role, str, Area], ...] = (
    ("PRG-01", Role.PROGRAMME, "Ratna Sembiring", _EVERYWHERE),
    ("PRG-02", Role.PROGRAMME, "Bambang Harahap", _EVERYWHERE),
    ("PRG-03", Role.PROGRAMME, "Melva Simanjuntak", _LUBUK_PAKAM_ONLY),
    ("DLH-01", Role.OFFICE, "Yusnidar Lubis", _EVERYWHERE),
    ("DLH-02", Role.OFFICE, "Hotman Purba", _EVERYWHERE),
    ("DLH-03", Role.OFFICE, "Sulaiman Pane", _LUBUK_PAKAM_ONLY),
    ("PTG-01", Role.OPERATOR, "Marlina Ginting", _at(MAIN_BANK)),
    ("PTG-02", Role.OPERATOR, "Suprapto Wirya", _at(MAIN_BANK)),
    ("PTG-03", Role.OPERATOR, "Dewi Tarigan", _at(CEMARA)),
    ("PTG-04", Role.OPERATOR, "Ilham Nasution", _at(TANJUNG_GARBUS)),
    ("PTG-05", Role.OPERATOR, "Rosmawar Sinaga", _at(BATANG_KUIS)),
)
_TABLETS: tuple[tuple[str, str], ...] = (
    ("TAB-01", MAIN_BANK),
    ("TAB-02", MAIN_BANK),
    ("TAB-03", CEMARA),
    ("TAB-04", TANJUNG_GARBUS),
    ("TAB-05", BATANG_KUIS),
)
_PERSONS = (
    "Sarinah Pohan", "Togar Simbolon", "Wagiman Sutarjo", "Nurlela Daulay", "Parningotan Saragi", "Juminem Rahayu",
    "Zulkarnain Matondang", "Tiurma Hutasoit", "Legiman Prawiro", "Asnidar Rangkuti", "Rusdi Tanjung",
    "Ngatinah Lestari", "Marudut Pakpahan", "Halimah Batubara", "Suyatno Kusumo", "Efrida Siregar", "Kasman Barus",
    "Poniyem Utami", "Abdul Hakim Dalimunthe", "Lasmaria Nainggolan", "Tukiman Raharjo", "Cut Meurah Juwita",
    "Jasmin Perangin-angin", "Watini Susilowati", "Hasian Ritonga", "Mery Kristina Sitepu", "Sugeng Priyono",
    "Farida Hanum Hasibuan",
)  # fmt: skip
_HOUSEHOLDS = (
    "Keluarga Samosir", "Keluarga Wiryawan", "Keluarga Munthe", "Keluarga Sukirman", "Keluarga Lingga",
    "Keluarga Zainuddin", "Keluarga Karo-karo", "Keluarga Prasetya",
)  # fmt: skip
_GROUPS = ("Kelas 5A SD Negeri Tanjung Melati", "Arisan Ibu Lorong Kenanga")
_UNITS = ("Bank Sampah Warga Gang Damai", "Bank Sampah Sekolah Bina Lestari")
_WITHOUT_PHONE = frozenset({3, 11, 20, 29})
_BANKS = (MAIN_BANK, CEMARA, TANJUNG_GARBUS)


@dataclass(frozen=True, slots=True)
class SeededPeople:
    """Everybody of the seed. `pins` are in clear, by code; `tablet_secrets` as well, by the tablet's id."""

    staff: tuple[Staff, ...]
    tablets: tuple[Tablet, ...]
    members: tuple[Member, ...]
    pins: dict[str, str] = field(repr=False)
    tablet_secrets: dict[UUID, str] = field(repr=False)


def seeded_people() -> SeededPeople:
    """The same people every time: 11 of the staff, 5 tablets, 40 members of whom 4 have no phone."""
    staff = tuple(Staff(_id(code), code, role, area, name) for code, role, name, area in _STAFF)
    secrets = {_id(label): _tablet_secret(label) for label, _ in _TABLETS}
    tablets = tuple(
        Tablet(_id(label), label, bank, secret_hash=sha256(secrets[_id(label)].encode()).digest())
        for label, bank in _TABLETS
    )
    members = tuple(_members())
    codes = [person.code for person in staff] + [member.code for member in members]
    return SeededPeople(staff, tablets, members, {code: _pin(code) for code in codes}, secrets)


def _members() -> list[Member]:
    kinds: list[tuple[MemberKind, str]] = [
        *(("person", name) for name in _PERSONS),
        *(("household", name) for name in _HOUSEHOLDS),
        *(("group", name) for name in _GROUPS),
        *(("waste_bank_unit", name) for name in _UNITS),
    ]
    members = []
    for number, (kind, name) in enumerate(kinds, start=1):
        code = f"NSB-{number:03}"
        # Units sell to the main waste bank; everybody else is spread over the three.
        bank = MAIN_BANK if kind == "waste_bank_unit" else _BANKS[number % len(_BANKS)]
        members.append(
            Member(
                id=_id(code),
                code=code,
                kind=kind,
                waste_bank_id=bank,
                subdistrict_code=LUBUK_PAKAM,
                enrolled_at=_FIRST_ENROLMENT + number * _ENROLMENT_EVERY,
                enrolled_by=_id(next(label for label, _, _, area in _STAFF if bank in area.waste_bank_ids)),
                name=name,
                phone=None if number in _WITHOUT_PHONE else f"+62812000{number:05}",
            )
        )
    return members


def _id(code: str) -> UUID:
    return derived_uuid(_CAUSE, code)


def _pin(code: str) -> str:
    return f"{int.from_bytes(blake2b(code.encode(), digest_size=8, person=b'seeded pin').digest()) % 1_000_000:06}"


def _tablet_secret(label: str) -> str:
    return blake2b(label.encode(), digest_size=16, person=b"seeded tablet").hexdigest()
