"""What any door may answer, whatever the service."""

from shared.runtime.problem_catalogue.entry import Entry

ENTRIES = {
    "invalid_request": Entry(
        422,
        "Permintaan tidak dapat dibaca: lihat daftar isian yang salah. Tidak ada yang berubah dan saldo aman; "
        "perbaiki lalu kirim lagi.",
        "The request could not be read: see the list of wrong fields. Nothing has changed and the credit is safe; "
        "correct it and send it again.",
    ),
    "too_large": Entry(
        413,
        "Permintaan terlalu besar (paling banyak {bytes_max} bita). Tidak ada yang berubah; kirim dalam bagian kecil.",
        "The request is too large (at most {bytes_max} bytes). Nothing has changed; send it in smaller parts.",
    ),
    "not_found": Entry(
        404,
        "Yang Anda cari tidak ada di sini. Tidak ada yang berubah; periksa alamat atau nomornya.",
        "What you are looking for is not here. Nothing has changed; check the address or the number.",
    ),
    "method_not_allowed": Entry(
        405,
        "Cara meminta ini tidak dikenal di alamat ini. Tidak ada yang berubah.",
        "This address does not know that method. Nothing has changed.",
    ),
    "sign_in_needed": Entry(
        401,
        "Anda perlu masuk dahulu, atau masa masuk Anda sudah habis. Data Anda aman; silakan masuk lagi.",
        "You need to sign in, or your sign-in has expired. Your data is safe; please sign in again.",
    ),
    "not_allowed": Entry(
        403,
        "Peran Anda tidak berhak melakukan ini. Tidak ada yang berubah; mintalah kepada petugas yang berwenang.",
        "Your role may not do this. Nothing has changed; ask somebody who may.",
    ),
    "dead_letter_unknown": Entry(
        404,
        "Catatan yang disisihkan ini tidak ditemukan. Tidak ada yang berubah dan saldo aman; lihat lagi daftarnya.",
        "This record that was set aside is not found. Nothing has changed and the credit is safe; look at the list again.",
    ),
    "dead_letter_still_refused": Entry(
        409,
        "Catatan ini masih belum dapat diterima. Tidak ada yang berubah dan saldo aman, catatannya tetap tersimpan; "
        "perbaiki dahulu sebabnya, lalu coba lagi.",
        "This record still cannot be taken in. Nothing has changed and the credit is safe, the record is kept; "
        "mend the cause first, then try again.",
    ),
    "not_your_area": Entry(
        403,
        "Bank sampah atau kecamatan itu di luar wilayah tugas Anda. Tidak ada yang berubah; mintalah petugas wilayah "
        "itu atau pengelola program.",
        "That waste bank or sub-district is outside of your area. Nothing has changed; ask the staff of that area or "
        "the programme.",
    ),
    "unknown_area": Entry(
        422,
        "Bank sampah, kecamatan atau kabupaten itu tidak dikenal. Tidak ada yang berubah dan saldo aman; periksa kodenya, "
        "atau tanyakan kepada petugas bank sampah.",
        "That waste bank, sub-district or regency is not known. Nothing has changed and the credit is safe; check the "
        "code, or ask the staff of your waste bank.",
    ),
    "try_again": Entry(
        503,
        "Layanan sedang terganggu sebentar. Saldo dan catatan aman; coba lagi beberapa saat, "
        "kiriman ulang tidak akan dihitung dua kali.",
        "The service is briefly disturbed. Credit and records are safe; try again in a moment, "
        "sending it again will not be counted twice.",
    ),
    "unexpected": Entry(
        500,
        "Terjadi kesalahan pada layanan kami, bukan pada Anda. Saldo aman; coba lagi, "
        "dan bila berulang hubungi petugas dengan kode {trace_id}.",
        "Something went wrong on our side, not yours. The credit is safe; try again, "
        "and if it happens again tell the staff the code {trace_id}.",
    ),
}
