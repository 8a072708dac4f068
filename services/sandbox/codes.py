"""Digiflazz's response codes with the words it uses and whether a transaction was created."""

from typing import Literal, NamedTuple

Status = Literal["Sukses", "Pending", "Gagal"]


class Code(NamedTuple):
    """One response code: Indonesian message, and whether a sale stands in the book afterwards."""

    message: str
    created: bool


CODES: dict[str, Code] = {
    "00": Code("Transaksi Sukses", created=True),
    "01": Code("Timeout", created=True),
    "02": Code("Transaksi Gagal", created=True),
    "03": Code("Transaksi Pending", created=True),
    "40": Code("Payload Error", created=False),
    "41": Code("Signature tidak valid", created=False),
    "42": Code("Gagal memproses API Buyer", created=False),
    "43": Code("SKU tidak ditemukan atau Non-Aktif", created=False),
    "44": Code("Saldo tidak cukup", created=False),
    "45": Code("IP Anda tidak kami kenali", created=False),
    "47": Code("Transaksi sudah terjadi di buyer lain", created=False),
    "49": Code("Ref ID tidak unik", created=False),
    "50": Code("Transaksi Tidak Ditemukan", created=True),
    "51": Code("Nomor Tujuan Diblokir", created=True),
    "52": Code("Prefix Tidak Sesuai Dengan Operator", created=True),
    "53": Code("Produk Seller Sedang Tidak Tersedia", created=True),
    "54": Code("Nomor Tujuan Salah", created=True),
    "55": Code("Produk Sedang Gangguan", created=True),
    "57": Code("Jumlah Digit Kurang Atau Lebih", created=True),
    "58": Code("Sedang Cut Off", created=True),
    "59": Code("Tujuan di Luar Wilayah/Cluster", created=True),
    "60": Code("Tagihan belum tersedia", created=True),
    "61": Code("Belum pernah melakukan deposit", created=False),
    "62": Code("Seller sedang mengalami gangguan", created=False),
    "63": Code("Tidak support transaksi multi", created=False),
    "64": Code("Tarik tiket gagal, coba nominal lain atau hubungi admin", created=False),
    "66": Code("Cut Off (Perbaikan Sistem Seller)", created=False),
    "67": Code("Seller belum terverifikasi", created=False),
    "68": Code("Stok habis", created=False),
    "69": Code("Harga seller lebih besar dari ketentuan harga Buyer", created=False),
    "70": Code("Timeout Dari Biller", created=True),
    "71": Code("Produk Sedang Tidak Stabil", created=True),
    "72": Code("Lakukan Unreg Paket Dahulu", created=True),
    "73": Code("Kwh Melebihi Batas", created=True),
    "74": Code("Transaksi Refund", created=True),
    "80": Code("Akun Anda telah diblokir oleh Seller", created=False),
    "81": Code("Seller ini telah diblokir oleh Anda", created=False),
    "82": Code("Akun Anda belum terverifikasi", created=False),
    "83": Code("Limitasi pengecekan pricelist, silahkan coba beberapa saat lagi", created=False),
    "84": Code("Nominal tidak valid", created=True),
    "85": Code("Limitasi transaksi, silahkan coba beberapa saat lagi", created=True),
    "86": Code("Limitasi pengecekan nomor PLN, silahkan coba beberapa saat lagi", created=True),
    "87": Code("Transaksi E-Money wajib kelipatan Rp 1.000", created=False),
    "88": Code("Aksi tidak diperbolehkan", created=False),
    "99": Code("DF Router Issue", created=True),
}


def status_of(rc: str) -> Status:
    """The status word that goes with a code: only 00 is sold, only 03 and 99 are open, all else is Gagal."""
    if rc == "00":
        return "Sukses"
    return "Pending" if rc in {"03", "99"} else "Gagal"


# Answered with HTTP 400, as the real door does for callers that it cannot place; the body still carries the code.
BAD_CALLS = frozenset({"40", "41", "42", "45"})
