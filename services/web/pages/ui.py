"""`/ui`: every part of the look, in both colour schemes, for those who build screens and tests that look at them."""

from dataclasses import dataclass

from fastapi import APIRouter, Request
from markupsafe import Markup
from starlette.responses import Response

from services.web.means import Means
from services.web.pages.common import render, rollout_of
from services.web.pages.demo_people import qr_picture
from shared.kernel.rollout import Subdistrict, WasteBank
from shared.kernel.waste_classes import CLASS_NAMES, WasteClass

PATH = "/ui"
SCHEMES = ("terang", "gelap")

# Pictures beside the waste classes, by what they are for. A test compares this with the sprite.
_ICON_IDS = (
    "timbang rumah saldo tukar riwayat harga bank karung jemput rute tunai listrik pulsa data struk kotak tetes "
    "daun grafik anggota rombongan tambah-anggota kartu qr pindai kamera tablet cetak telepon gabung lokasi peta "
    "kalender jam tutup-hari benar gagal awas kabar tunggu nanti aman kunci bendera sinyal tanpa-sinyal latihan "
    "tambah kurang silang centang kiri kanan atas bawah masuk keluar cari saring kirim ulang unduh unggah salin "
    "ubah hapus buang dengar pengaduan surat mata bintang antrean daftar menu setelan bantuan"
)
ICONS = _ICON_IDS.split()


@dataclass(frozen=True, slots=True)
class _Here:
    """Where somebody stands on the map."""

    latitude: float
    longitude: float
    words: str


def router(_means: Means) -> APIRouter:
    """`GET /ui`."""
    routes = APIRouter()

    @routes.get(PATH)
    async def show_parts(request: Request) -> Response:
        areas: tuple[Subdistrict, ...] = rollout_of(request).subdistricts
        banks: list[WasteBank] = [bank for area in areas for bank in area.waste_banks]
        return render(
            request,
            "ui/ui.html",
            schemes=SCHEMES,
            icons=ICONS,
            classes=[(each.value, CLASS_NAMES[each].indonesian) for each in WasteClass],
            areas=areas,
            banks=banks,
            here=_Here(3.5565, 98.874, "Lubuk Pakam Pekan"),
            qr=_sample_qr(),
        )

    return routes


def _sample_qr() -> Markup:
    return qr_picture("TMB1:123456789012:ABCDEFGHJKMNPQRSTVWXYZ2345")
