"""What wallet answers about credit and passbooks."""

from shared.runtime.problem_catalogue.entry import Entry

ENTRIES = {
    "not_your_credit": Entry(
        403,
        "Saldo ini milik nasabah lain. Saldo Anda sendiri aman dan tidak berubah; buka saldo Anda sendiri.",
        "This credit belongs to another member. Your own credit is safe and unchanged; open your own.",
    ),
    "unknown_credit": Entry(
        404,
        "Saldo ini tidak ada di wilayah Anda. Tidak ada yang berubah; periksa nomor nasabah.",
        "There is no such credit in your area. Nothing has changed; check the member's number.",
    ),
    "passbook_waste_bank_unknown": Entry(
        404,
        "Bank sampah ini tidak ada dalam berkas program. Tidak ada yang berubah; periksa namanya.",
        "This waste bank is not in the programme's file. Nothing has changed; check its name.",
    ),
    "passbook_rows_wrong": Entry(
        422,
        "{count} baris buku tabungan belum benar: lihat daftarnya. Tidak satu pun dicatat dan saldo tidak berubah; "
        "perbaiki berkasnya lalu kirim lagi seluruhnya.",
        "{count} rows of the passbook are not right yet: see the list. None was posted and no credit has changed; "
        "correct the file and send all of it again.",
    ),
    "passbook_total_differs": Entry(
        422,
        "Jumlah yang Anda sebut tidak sama dengan jumlah baris (Rp{total_rupiah}). Tidak ada yang berubah; "
        "hitung ulang lalu kirim lagi.",
        "The total you gave is not the sum of the rows (Rp{total_rupiah}). Nothing has changed; "
        "count again and send it again.",
    ),
    "passbook_import_unknown": Entry(
        404,
        "Pemindahan buku tabungan ini tidak dikenal. Tidak ada yang berubah; periksa nomornya.",
        "This passbook import is not known. Nothing has changed; check its number.",
    ),
    "passbook_import_conflict": Entry(
        409,
        "Nomor pemindahan ini sudah dipakai untuk isi lain. Isi yang lama tetap berlaku; pakai nomor baru.",
        "This import number was used for other contents. The earlier ones stand; use a new number.",
    ),
    "passbook_import_decided": Entry(
        409,
        "Pemindahan ini sudah diputuskan. Tidak ada yang berubah; lihat keputusannya.",
        "This import has been decided already. Nothing has changed; see what was decided.",
    ),
    "passbook_second_person": Entry(
        403,
        "Orang yang mengusulkan pemindahan ini tidak boleh mengesahkannya sendiri. Tidak ada yang dicatat; "
        "mintalah petugas program lain.",
        "Whoever proposed this import may not confirm it alone. Nothing was posted; "
        "ask another person of the programme.",
    ),
}
