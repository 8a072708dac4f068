"""The menu of the office: eight ways on, each with the pages that belong together."""

from typing import Final, NamedTuple

from services.web.pages.staff.desk import Desk


class Place(NamedTuple):
    """A page of the menu. `for_office`: the environment office may read it too; `whole`: only for a whole regency."""

    href: str
    words: str
    for_office: bool = False
    whole: bool = False


class Part(NamedTuple):
    """Pages that belong together under one word and picture."""

    words: str
    icon: str
    places: tuple[Place, ...]


class Item(NamedTuple):
    """A line of the menu, as the macro draws it."""

    href: str
    words: str
    icon: str
    here: bool


MENU: Final = (
    Part("kantor.menu.kerja", "daftar", (Place("/kantor", "kantor.menu.kerja", for_office=True),)),
    Part(
        "kantor.menu.setoran",
        "timbang",
        (
            Place("/kantor/periksa", "kantor.periksa.judul", for_office=True),
            Place("/kantor/ditahan", "kantor.ditahan.judul"),
            Place("/kantor/kembar", "kantor.kembar.judul"),
            Place("/kantor/setoran", "kantor.setoran.judul"),
            Place("/kantor/penutupan", "kantor.penutupan.judul"),
            Place("/kantor/stok", "kantor.stok.judul"),
        ),
    ),
    Part(
        "kantor.menu.pengaduan",
        "pengaduan",
        (
            Place("/kantor/pengaduan", "kantor.pengaduan.judul"),
            Place("/kantor/pengaduan-penukaran", "kantor.pengaduan.judul_penukaran"),
        ),
    ),
    Part(
        "kantor.menu.nasabah",
        "anggota",
        (
            Place("/kantor/nasabah", "kantor.nasabah.judul"),
            Place("/kantor/gabung", "kantor.gabung.judul"),
            Place("/kantor/pin", "kantor.pin.judul"),
            Place("/kantor/buku", "kantor.buku.judul"),
        ),
    ),
    Part(
        "kantor.menu.harga",
        "harga",
        (
            Place("/kantor/harga", "kantor.harga.judul", for_office=True),
            Place("/kantor/rancangan", "kantor.rancangan.judul"),
            Place("/kantor/pengecualian", "kantor.pengecualian.judul", for_office=True),
            Place("/kantor/selisih", "kantor.selisih.judul", for_office=True),
        ),
    ),
    Part(
        "kantor.menu.uang",
        "tunai",
        (
            Place("/kantor/penukaran", "kantor.penukaran.judul"),
            Place("/kantor/dana", "kantor.dana.judul", whole=True),
            Place("/kantor/kas", "kantor.kas.judul"),
            Place("/kantor/kewajiban", "kantor.kewajiban.judul", for_office=True),
        ),
    ),
    Part(
        "kantor.menu.petugas",
        "tablet",
        (
            Place("/kantor/tablet", "kantor.tablet.judul", for_office=True),
            Place("/kantor/petugas", "kantor.petugas.judul", for_office=True),
        ),
    ),
    Part(
        "kantor.menu.program",
        "peta",
        (
            Place("/kantor/kecamatan", "kantor.kecamatan.judul", for_office=True),
            Place("/kantor/surat-mati", "kantor.surat.judul", whole=True),
            Place("/kantor/riwayat", "kantor.riwayat.judul"),
            Place("/kantor/saya", "kantor.saya.judul", for_office=True),
        ),
    ),
)


def menus(desk: Desk) -> tuple[list[Item], list[Item]]:
    """The menu, and the pages beside the one that is open; only what the reader's role may open."""
    path = desk.request.url.path
    main: list[Item] = []
    beside: list[Item] = []
    for part in MENU:
        places = [each for each in part.places if _open_to(desk, each)]
        if not places:
            continue
        here = any(_within(path, each.href) for each in places)
        main.append(Item(places[0].href, desk.t(part.words), part.icon, here))
        if here and len(places) > 1:
            beside = [Item(each.href, desk.t(each.words), "", _within(path, each.href)) for each in places]
    return main, beside


def _open_to(desk: Desk, place: Place) -> bool:
    if place.whole and not desk.session.regency_codes:
        return False
    return desk.decides or place.for_office


def _within(path: str, href: str) -> bool:
    return path == href or (href != "/kantor" and path.startswith(f"{href}/"))
