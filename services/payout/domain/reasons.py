"""Why a redemption stands where it stands, in words that a resident can act on."""

from enum import StrEnum
from typing import NamedTuple


class Reason(StrEnum):
    """A closed list: it travels in events and is shown in the timeline."""

    INSUFFICIENT_CREDIT = "insufficient_credit"
    REDEMPTION_ALREADY_ENDED = "redemption_already_ended"
    NUMBER_BLOCKED = "number_blocked"
    OPERATOR_MISMATCH = "operator_mismatch"
    WRONG_NUMBER = "wrong_number"
    WRONG_DIGITS = "wrong_digits"
    OUTSIDE_REGION = "outside_region"
    NOT_AVAILABLE_NOW = "not_available_now"
    UNREGISTER_FIRST = "unregister_first"
    KWH_OVER_LIMIT = "kwh_over_limit"
    NOMINAL_INVALID = "nominal_invalid"
    PRODUCT_UNAVAILABLE = "product_unavailable"
    PRICE_MOVED = "price_moved"
    BILLER_FAILED = "biller_failed"
    BILLER_TIMED_OUT = "biller_timed_out"
    BILLER_BUSY = "biller_busy"
    BILLER_REFUNDED = "biller_refunded"
    BILLER_ACCOUNT = "biller_account"
    FLOAT_EMPTY = "float_empty"
    NO_ANSWER = "no_answer"
    IN_PROGRESS = "in_progress"
    SERIAL_AWAITED = "serial_awaited"
    TOO_LONG = "too_long"
    CONTRADICTION = "contradiction"
    REFERENCE_CONFLICT = "reference_conflict"
    CANCELLED_BY_MEMBER = "cancelled_by_member"
    DECIDED_BY_STAFF = "decided_by_staff"
    NOT_COLLECTED = "not_collected"


class Words(NamedTuple):
    """One sentence in each language."""

    indonesian: str
    english: str


_BACK = "Saldo Anda kembali utuh."
_BACK_EN = "Your credit is back in full."
_KEPT = "Saldo Anda disimpan dan tidak akan terpotong dua kali."
_KEPT_EN = "Your credit is set aside and cannot be taken twice."
SENTENCES: dict[Reason, Words] = {
    Reason.INSUFFICIENT_CREDIT: Words(
        "Saldo Anda belum cukup. Tidak ada yang terpotong.",
        "You do not have enough credit. Nothing was taken.",
    ),
    Reason.REDEMPTION_ALREADY_ENDED: Words(
        "Penukaran ini sudah berakhir. Tidak ada yang terpotong.",
        "This redemption had already ended. Nothing was taken.",
    ),
    Reason.NUMBER_BLOCKED: Words(f"Nomor tujuan diblokir. {_BACK}", f"The number is blocked. {_BACK_EN}"),
    Reason.OPERATOR_MISMATCH: Words(
        f"Nomor ini bukan milik operator yang dipilih. {_BACK}",
        f"The number is another operator's. {_BACK_EN}",
    ),
    Reason.WRONG_NUMBER: Words(
        f"Nomor tujuan salah. {_BACK} Periksa nomornya lalu coba lagi.",
        f"The number is wrong. {_BACK_EN} Check the number and try again.",
    ),
    Reason.WRONG_DIGITS: Words(
        f"Jumlah angka pada nomor tujuan salah. {_BACK}",
        f"The number has too few or too many digits. {_BACK_EN}",
    ),
    Reason.OUTSIDE_REGION: Words(
        f"Paket ini tidak berlaku untuk wilayah nomor Anda. {_BACK}",
        f"This package is not sold for the region of your number. {_BACK_EN}",
    ),
    Reason.NOT_AVAILABLE_NOW: Words(f"Belum tersedia. {_BACK}", f"Not available yet. {_BACK_EN}"),
    Reason.UNREGISTER_FIRST: Words(
        f"Hentikan dahulu paket yang masih aktif. {_BACK}",
        f"End the package that is still active first. {_BACK_EN}",
    ),
    Reason.KWH_OVER_LIMIT: Words(
        f"Token melebihi batas kWh sebulan untuk daya meteran ini. {_BACK} Pilih nominal yang lebih kecil.",
        f"The token exceeds the monthly kWh of this meter. {_BACK_EN} Choose a smaller one.",
    ),
    Reason.NOMINAL_INVALID: Words(f"Nominal tidak berlaku. {_BACK}", f"The amount is not valid. {_BACK_EN}"),
    Reason.PRODUCT_UNAVAILABLE: Words(
        f"Produk sedang tidak tersedia di penjual. {_BACK} Coba lagi nanti atau pilih yang lain.",
        f"The seller does not have the product now. {_BACK_EN} Try later or choose another.",
    ),
    Reason.PRICE_MOVED: Words(
        f"Harga berubah sebelum pembelian. {_BACK} Silakan lihat harga baru.",
        f"The price changed before the purchase. {_BACK_EN} Please look at the new price.",
    ),
    Reason.BILLER_FAILED: Words(
        f"Pembelian gagal di penjual. {_BACK}", f"The seller could not deliver. {_BACK_EN}"
    ),
    Reason.BILLER_TIMED_OUT: Words(
        f"Penjual tidak menyelesaikan pembelian. {_BACK}",
        f"The seller did not complete the purchase. {_BACK_EN}",
    ),
    Reason.BILLER_BUSY: Words(
        f"Penjual sedang terlalu sibuk. {_BACK}", f"The seller is too busy. {_BACK_EN}"
    ),
    Reason.BILLER_REFUNDED: Words(
        f"Penjual membatalkan pembelian. {_BACK}", f"The seller took the purchase back. {_BACK_EN}"
    ),
    Reason.BILLER_ACCOUNT: Words(
        f"Layanan penukaran sedang terganggu di pihak kami. {_BACK}",
        f"Redemptions are disturbed on our side. {_BACK_EN}",
    ),
    Reason.FLOAT_EMPTY: Words(
        f"Dana program sedang diisi ulang. {_KEPT} Anda boleh menunggu atau membatalkan.",
        f"The programme's funds are being topped up. {_KEPT_EN} You may wait or cancel.",
    ),
    Reason.NO_ANSWER: Words(
        f"Penjual belum menjawab; kami terus menanyakan. {_KEPT}",
        f"The seller has not answered; we keep asking. {_KEPT_EN}",
    ),
    Reason.IN_PROGRESS: Words(
        f"Pembelian sedang diproses penjual. {_KEPT}", f"The seller is working on it. {_KEPT_EN}"
    ),
    Reason.SERIAL_AWAITED: Words(
        f"Pembelian berhasil; kode token sedang ditunggu. {_KEPT}",
        f"Bought; the token's code is on its way. {_KEPT_EN}",
    ),
    Reason.TOO_LONG: Words(
        f"Sudah terlalu lama; petugas sedang memeriksa. {_KEPT}",
        f"It has taken too long; a person is looking into it. {_KEPT_EN}",
    ),
    Reason.CONTRADICTION: Words(
        f"Ada catatan yang tidak cocok; petugas sedang memeriksa. {_KEPT}",
        f"Records do not agree; a person is looking into it. {_KEPT_EN}",
    ),
    Reason.REFERENCE_CONFLICT: Words(
        f"Penjual menolak nomor rujukan; petugas sedang memeriksa. {_KEPT}",
        f"The seller refused the reference; a person is looking into it. {_KEPT_EN}",
    ),
    Reason.CANCELLED_BY_MEMBER: Words(f"Anda membatalkan. {_BACK}", f"You cancelled. {_BACK_EN}"),
    Reason.NOT_COLLECTED: Words(
        f"Uang tunai tidak diambil sampai batas waktunya. {_BACK}",
        f"The cash was not fetched in time. {_BACK_EN}",
    ),
    Reason.DECIDED_BY_STAFF: Words(
        "Petugas telah memeriksa dan memutuskan.", "A person has looked into it and decided."
    ),
}
