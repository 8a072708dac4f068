"""What identity answers about members and their cards."""

from shared.runtime.problem_catalogue.entry import Entry

ENTRIES = {
    "unknown_waste_bank_for_member": Entry(
        422,
        "Bank sampah itu tidak dikenal, jadi nasabah belum terdaftar. Tidak ada yang hilang; "
        "periksa bank sampahnya lalu kirim lagi.",
        "That waste bank is not known, so the member is not enrolled yet. Nothing is lost; "
        "check the waste bank and send it again.",
    ),
    "not_your_waste_bank_for_member": Entry(
        403,
        "Anda hanya dapat mendaftarkan nasabah di bank sampah tempat Anda bertugas. Tidak ada yang berubah; "
        "mintalah petugas bank sampah itu.",
        "You can enrol members only at the waste bank where you work. Nothing has changed; "
        "ask the staff of that waste bank.",
    ),
    "member_conflict": Entry(
        409,
        "Nomor nasabah ini sudah dipakai dengan data lain. Data yang tersimpan tidak berubah dan saldo aman; "
        "periksa datanya, atau daftarkan dengan nomor baru.",
        "This member id is already used with other data. What is stored has not changed and the credit is safe; "
        "check the data, or enrol with a new id.",
    ),
    "unknown_member_here": Entry(
        404,
        "Nasabah ini tidak ditemukan di wilayah Anda. Tidak ada yang berubah; periksa nomor atau kartunya.",
        "This member is not found in your area. Nothing has changed; check the number or the card.",
    ),
    "wrong_member_phone": Entry(
        422,
        "Nomor telepon itu bukan nomor ponsel Indonesia. Nasabah belum terdaftar dan tidak ada yang hilang; "
        "perbaiki nomornya, atau kosongkan bila tidak punya telepon.",
        "That is not an Indonesian mobile number. The member is not enrolled yet and nothing is lost; "
        "correct the number, or leave it empty if there is no phone.",
    ),
    "member_merged": Entry(
        409,
        "Nasabah ini sudah digabung dengan nasabah lain, karena keduanya orang yang sama. Saldo dan catatan aman di "
        "nasabah gabungannya; gunakan nomor nasabah itu.",
        "This member has been merged with another one, because both are one person. Credit and records are safe with "
        "that one; use its number.",
    ),
    "member_erased": Entry(
        409,
        "Nasabah ini sudah keluar dan datanya dihapus. Tidak ada yang berubah; daftarkan sebagai nasabah baru bila "
        "orangnya kembali.",
        "This member has left and what named them was erased. Nothing has changed; enrol them as a new member if they "
        "come back.",
    ),
    "too_many_pins": Entry(
        422,
        "Paling banyak {pins_max} nasabah dengan PIN dalam satu kiriman. Tidak ada yang tercatat; kirim dalam bagian "
        "kecil, atau berikan PIN kemudian.",
        "At most {pins_max} members with a PIN can be sent at once. Nothing was recorded; send smaller parts, or give "
        "the PINs later.",
    ),
    "merge_with_itself": Entry(
        422,
        "Nasabah tidak dapat digabung dengan dirinya sendiri. Tidak ada yang berubah dan saldo aman; pilih dua nasabah "
        "yang berbeda.",
        "A member cannot be merged with itself. Nothing has changed and the credit is safe; choose two members.",
    ),
    "merge_already_proposed": Entry(
        409,
        "Untuk nasabah ini sudah ada usul penggabungan yang belum diputuskan. Tidak ada yang berubah dan saldo aman; "
        "putuskan dahulu usul itu.",
        "A merge of this member is already proposed and not decided. Nothing has changed and the credit is safe; "
        "decide on that one first.",
    ),
    "unknown_merge": Entry(
        404,
        "Usul penggabungan ini tidak ditemukan di wilayah Anda. Tidak ada yang berubah; periksa daftarnya.",
        "This proposal to merge is not found in your area. Nothing has changed; check the list.",
    ),
    "merge_already_decided": Entry(
        409,
        "Usul penggabungan ini sudah diputuskan. Tidak ada yang berubah dan saldo aman; lihat hasilnya di daftar.",
        "This proposal to merge is decided already. Nothing has changed and the credit is safe; see the list.",
    ),
    "merge_needs_another": Entry(
        403,
        "Yang mengusulkan penggabungan tidak boleh memutuskannya. Tidak ada yang berubah dan saldo aman; mintalah "
        "petugas lain atau pengelola program.",
        "Whoever proposed a merge may not decide on it. Nothing has changed and the credit is safe; ask another "
        "operator or the programme.",
    ),
    "wrong_card_number": Entry(
        422,
        "Nomor kartu itu salah ketik: angka pemeriksanya tidak cocok. Tidak ada yang berubah; periksa lalu ketik lagi.",
        "That card number is mistyped: its check digits do not fit. Nothing has changed; check it and type it again.",
    ),
    "unknown_card": Entry(
        404,
        "Kartu ini tidak ditemukan di wilayah Anda. Tidak ada yang berubah; periksa nomornya.",
        "This card is not found in your area. Nothing has changed; check its number.",
    ),
    "card_blocked": Entry(
        409,
        "Kartu ini sudah diblokir, jadi tidak dapat dipakai. Saldo aman; mintalah kartu baru kepada petugas bank sampah.",
        "This card is blocked and cannot be used. The credit is safe; ask the staff of the waste bank for a new one.",
    ),
    "card_blank": Entry(
        409,
        "Kartu ini belum diberikan kepada siapa pun. Tidak ada yang berubah; berikan dahulu kepada nasabahnya.",
        "This card was not given to anybody yet. Nothing has changed; give it to the member first.",
    ),
    "card_taken": Entry(
        409,
        "Kartu ini milik nasabah lain. Tidak ada yang berubah dan saldo aman; ambil kartu kosong yang lain.",
        "This card belongs to another member. Nothing has changed and the credit is safe; take another blank card.",
    ),
    "member_has_card": Entry(
        409,
        "Nasabah ini sudah punya kartu yang berlaku. Tidak ada yang berubah; ganti kartu itu bila hilang atau rusak.",
        "This member has a working card. Nothing has changed; replace that card if it is lost or damaged.",
    ),
    "erase_balance_left": Entry(
        409,
        "Saldo nasabah ini belum 0, jadi belum dapat keluar. Tidak ada yang berubah dan saldo aman; tukarkan atau "
        "cairkan dahulu seluruh saldonya.",
        "This member's credit is not 0, so they cannot leave yet. Nothing has changed and the credit is safe; redeem "
        "all of it first.",
    ),
    "erase_hold_open": Entry(
        409,
        "Masih ada penukaran yang berjalan, jadi nasabah ini belum dapat keluar. Tidak ada yang berubah dan saldo aman; "
        "tunggu sampai penukaran itu selesai.",
        "A redemption is still under way, so this member cannot leave yet. Nothing has changed and the credit is safe; "
        "wait until it is finished.",
    ),
}
