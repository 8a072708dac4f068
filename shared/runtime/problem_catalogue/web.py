"""What pages answer by themselves, before they ask another service."""

from shared.runtime.problem_catalogue.entry import Entry

ENTRIES = {
    "form_expired": Entry(
        403,
        "Halaman ini terbuka terlalu lama, atau Anda sudah keluar di jendela lain. Tidak ada yang berubah dan saldo "
        "aman; kembali, muat ulang halamannya, lalu kirim sekali lagi.",
        "This page was open for too long, or you have signed out in another window. Nothing has changed and the credit "
        "is safe; go back, load the page again, and send it once more.",
    ),
    "not_from_here": Entry(
        403,
        "Permintaan ini tidak datang dari halaman Timbang. Tidak ada yang berubah dan saldo aman; buka halaman Timbang "
        "lalu ulangi dari sana.",
        "This request did not come from a page of Timbang. Nothing has changed and the credit is safe; open the page in "
        "Timbang and do it again from there.",
    ),
    "tablet_unknown": Entry(
        401,
        "Tablet ini belum disiapkan, atau datanya sudah dihapus. Setoran yang belum terkirim tetap aman di tablet; "
        "siapkan tablet dengan kode QR dari pengelola program.",
        "This tablet has not been set up, or its data was cleared. Unsent deposits stay safe on the tablet; set it up "
        "with the QR code from the programme.",
    ),
}
