"""Every error that people can meet: a stable code, an HTTP status and a sentence in Indonesian and English.

A sentence says what happened, whether the money is safe and what to do. Each service has its own section.
"""

from typing import NamedTuple


class Entry(NamedTuple):
    """One kind of problem. The sentences may name `{parameters}` that the door fills in; never personal data."""

    status: int
    indonesian: str
    english: str


SHARED: dict[str, Entry] = {
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

IDENTITY: dict[str, Entry] = {
    "wrong_code_or_pin": Entry(
        401,
        "Kode atau PIN tidak cocok. Saldo aman; periksa kode di kartu Anda lalu coba lagi. "
        "Setelah lima kali salah, masuk dikunci sementara.",
        "The code or the PIN is wrong. The credit is safe; check the code on your card and try again. "
        "After five wrong tries signing in is locked for a while.",
    ),
    "wrong_phone_or_pin": Entry(
        401,
        "Nomor HP atau PIN tidak cocok. Saldo aman; coba lagi, atau masuk dengan kode atau nomor kartu Anda, terutama "
        "bila nomor ini dipakai beberapa nasabah. Setelah lima kali salah, masuk dengan nomor HP dikunci sementara.",
        "The phone number or the PIN is wrong. The credit is safe; try again, or sign in with your code or card number, "
        "above all if several members use this number. After five wrong tries signing in by phone is locked for a "
        "while.",
    ),
    "phone_shared": Entry(
        403,
        "Nomor HP ini dipakai beberapa nasabah, jadi kami tidak tahu siapa Anda. Saldo aman; masuklah dengan kode atau "
        "nomor kartu Anda.",
        "Several members use this phone number, so we cannot tell who you are. The credit is safe; sign in with your "
        "code or card number.",
    ),
    "phone_sign_in_locked": Entry(
        429,
        "Terlalu banyak PIN salah dengan nomor HP ini, jadi cara ini dikunci {minutes} menit lagi. Saldo aman; "
        "masuklah dengan kode atau nomor kartu Anda, atau tunggu.",
        "Too many wrong PINs with this phone number: this way is locked for another {minutes} minutes. The credit is "
        "safe; sign in with your code or card number, or wait.",
    ),
    "sign_in_locked": Entry(
        429,
        "Terlalu banyak PIN salah, jadi masuk dikunci {minutes} menit lagi. Saldo aman; tunggu, "
        "atau mintalah bantuan petugas bank sampah.",
        "Too many wrong PINs: signing in is locked for another {minutes} minutes. The credit is safe; wait, "
        "or ask the staff of your waste bank.",
    ),
    "unknown_tablet": Entry(
        403,
        "Tablet ini tidak terdaftar di bank sampah Anda. Setoran di tablet tetap aman; "
        "mintalah pengurus program mendaftarkan tablet ini.",
        "This tablet is not registered at your waste bank. The deposits on it are safe; "
        "ask the programme to register it.",
    ),
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
    "session_over": Entry(
        401,
        "Masa masuk Anda sudah berakhir. Saldo dan catatan aman; silakan masuk lagi dengan kode dan PIN.",
        "Your sign-in is over. Credit and records are safe; please sign in again with code and PIN.",
    ),
    "token_reused": Entry(
        401,
        "Masa masuk ini dipakai dari dua tempat, jadi diakhiri di semuanya. Saldo aman; masuk lagi, "
        "dan ganti PIN bila bukan Anda.",
        "This sign-in was used from two places and is over everywhere. The credit is safe; sign in again, "
        "and change the PIN if it was not you.",
    ),
    "unknown_session": Entry(
        404,
        "Masa masuk itu bukan milik Anda atau tidak ada. Tidak ada yang berubah; muat ulang daftarnya.",
        "That sign-in is not yours or does not exist. Nothing has changed; load the list again.",
    ),
    "unknown_device": Entry(
        404,
        "Perangkat itu bukan milik Anda atau sudah dilupakan. Tidak ada yang berubah; muat ulang daftarnya.",
        "That device is not yours or was already forgotten. Nothing has changed; load the list again.",
    ),
    "card_locked": Entry(
        429,
        "Terlalu banyak kode kartu salah, jadi kartu dikunci {minutes} menit lagi. Saldo aman; tunggu, "
        "atau mintalah bantuan petugas bank sampah.",
        "Too many wrong card codes: the card is locked for another {minutes} minutes. The credit is safe; wait, "
        "or ask the staff of your waste bank.",
    ),
    "wrong_card_secret": Entry(
        403,
        "Nomor atau kode kartu tidak cocok. Saldo aman dan tidak ada yang berubah; periksa kartu Anda lalu coba lagi.",
        "The number or the code of the card is wrong. The credit is safe and nothing has changed; look at your card "
        "and try again.",
    ),
    "pin_too_common": Entry(
        422,
        "PIN itu terlalu mudah ditebak, jadi belum disimpan. Saldo aman; "
        "pilih PIN lain, jangan urutan, angka kembar atau tanggal lahir.",
        "That PIN is too easy to guess and was not saved. The credit is safe; "
        "choose another one: no run, no repetition, no birthday.",
    ),
    "wrong_old_pin": Entry(
        403,
        "PIN lama tidak cocok, jadi PIN tidak berubah. Saldo aman; coba lagi, "
        "atau mintalah petugas bank sampah bila lupa.",
        "The old PIN is wrong, so the PIN has not changed. The credit is safe; try again, "
        "or ask the staff of your waste bank if you forgot it.",
    ),
    "pin_is_set": Entry(
        409,
        "Nasabah ini sudah punya PIN, jadi tidak ada yang berubah dan saldo aman. "
        "Bila lupa, mulailah penggantian PIN dengan dua petugas.",
        "This member has a PIN already; nothing has changed and the credit is safe. "
        "If it was forgotten, begin a reset with two of the staff.",
    ),
    "unknown_sign_in_code": Entry(
        404,
        "Kode itu tidak ditemukan di wilayah Anda. Tidak ada yang berubah; periksa kodenya.",
        "That code is not found in your area. Nothing has changed; check the code.",
    ),
    "unknown_pin_reset": Entry(
        404,
        "Penggantian PIN itu tidak ditemukan di wilayah Anda. PIN lama tetap berlaku; mulailah yang baru.",
        "That PIN reset is not found in your area. The old PIN still holds; begin a new one.",
    ),
    "pin_reset_over": Entry(
        409,
        "Penggantian PIN ini sudah disetujui atau sudah lewat 15 menit. PIN lama tetap berlaku; mulailah yang baru.",
        "This PIN reset was confirmed already, or its 15 minutes are over. The old PIN still holds; begin a new one.",
    ),
    "another_person_needed": Entry(
        403,
        "Penggantian PIN harus disetujui orang kedua, bukan pembuka atau pemiliknya. "
        "Tidak ada yang berubah; mintalah petugas lain.",
        "A second person must confirm a PIN reset, neither who opened it nor whose PIN it is. "
        "Nothing has changed; ask a colleague.",
    ),
    "wrong_one_time_code": Entry(
        403,
        "Kode sekali pakai tidak cocok, sudah terpakai atau kedaluwarsa. PIN tidak berubah dan saldo aman; "
        "periksa kodenya, setelah lima kali salah mintalah kode baru.",
        "The one-time code is wrong, used up or too old. The PIN has not changed and the credit is safe; "
        "check the code, and after five wrong tries ask for a new one.",
    ),
    "unknown_staff": Entry(
        404,
        "Petugas itu tidak ditemukan di wilayah Anda. Tidak ada yang berubah; periksa daftarnya.",
        "That colleague is not found in your area. Nothing has changed; check the list.",
    ),
    "staff_code_taken": Entry(
        409,
        "Kode petugas itu sudah dipakai. Tidak ada yang berubah; pilih kode lain.",
        "That code already belongs to somebody. Nothing has changed; choose another one.",
    ),
    "own_staff_record": Entry(
        403,
        "Anda tidak dapat mengubah tugas Anda sendiri. Tidak ada yang berubah; mintalah rekan dari program.",
        "You cannot change your own post. Nothing has changed; ask a colleague of the programme.",
    ),
    "area_does_not_fit_role": Entry(
        422,
        "Wilayah tidak sesuai dengan peran: petugas punya bank sampah, program dan dinas punya kecamatan atau "
        "kabupaten. Tidak ada yang berubah; perbaiki wilayahnya.",
        "The area does not fit the role: operators have waste banks, programme and office have sub-districts or "
        "regencies. Nothing has changed; correct the area.",
    ),
    "unknown_area": Entry(
        422,
        "Bank sampah, kecamatan atau kabupaten itu tidak dikenal. Tidak ada yang berubah; periksa kodenya.",
        "That waste bank, sub-district or regency is not known. Nothing has changed; check the code.",
    ),
    "unknown_tablet_here": Entry(
        404,
        "Tablet itu tidak ditemukan di wilayah Anda. Setoran di tablet tetap aman; periksa daftarnya.",
        "That tablet is not found in your area. The deposits on it are safe; check the list.",
    ),
    "wrong_tablet_code": Entry(
        403,
        "Kode tablet tidak cocok, sudah terpakai atau sudah lewat 15 menit. Tidak ada yang hilang; "
        "periksa kodenya, setelah lima kali salah mintalah kode baru kepada program.",
        "The tablet's code is wrong, used up or older than 15 minutes. Nothing is lost; "
        "check the code, and after five wrong tries ask the programme for a new one.",
    ),
    "wrong_tablet_key": Entry(
        422,
        "Kunci tanda tangan tablet ini tidak dapat dibaca. Tidak ada yang berubah dan kode tablet masih berlaku; "
        "muat ulang aplikasi, lalu pasang tablet sekali lagi.",
        "This tablet's signing key cannot be read. Nothing has changed and the tablet's code is still good; "
        "reload the app, then set the tablet up once more.",
    ),
}
DEPOSIT: dict[str, Entry] = {
    "invalid_deposit": Entry(
        422,
        "Setoran ini tidak dapat dibaca: lihat daftar isian yang salah. Setoran lain tidak terganggu dan tidak ada "
        "saldo yang berubah; catatan tetap di tablet, perbaiki lalu kirim lagi.",
        "This deposit could not be read: see the list of wrong fields. Other deposits are not affected and no credit "
        "has changed; the record stays on the tablet, correct it and send it again.",
    ),
    "deposit_conflict": Entry(
        409,
        "Nomor setoran ini sudah dipakai untuk setoran dengan isi lain. Setoran pertama tetap berlaku dan saldonya "
        "aman; bila isinya salah, buatlah koreksi.",
        "The id of this deposit already belongs to one with other content. The first one stays and its credit is "
        "safe; if it is wrong, correct it.",
    ),
    "deposit_not_found": Entry(
        404,
        "Setoran ini tidak ditemukan. Tidak ada yang berubah; periksa nomornya, atau tunggu sampai tablet terkirim.",
        "This deposit was not found. Nothing has changed; check the id, or wait until the tablet has sent it.",
    ),
    "deposit_already_ended": Entry(
        409,
        "Setoran ini sudah dibatalkan, diganti atau ditolak sebelumnya. Keputusan pertama tetap berlaku dan saldo "
        "tidak berubah; catat setoran baru bila perlu.",
        "This deposit was voided, replaced or rejected before. The first decision stays and no credit has changed; "
        "record a new deposit if one is needed.",
    ),
    "not_your_waste_bank": Entry(
        403,
        "Anda bukan petugas bank sampah ini. Tidak ada yang berubah; mintalah kepada petugas bank sampah itu.",
        "You are not an operator of this waste bank. Nothing has changed; ask one of its operators.",
    ),
    "quarantine_resolved": Entry(
        409,
        "Setoran ini tidak sedang menunggu keputusan: sudah ada yang memutuskan. Saldo tidak berubah; lihat riwayatnya.",
        "This deposit does not wait for a decision: it has been decided. No credit has changed; see its history.",
    ),
    "replaces_itself": Entry(
        422,
        "Setoran pengganti harus memiliki nomor sendiri. Tidak ada yang berubah; buat nomor baru lalu kirim lagi.",
        "A replacing deposit needs an id of its own. Nothing has changed; make a new id and send it again.",
    ),
    "second_person_needed": Entry(
        403,
        "Orang yang mencatat atau membawa setoran ini tidak boleh memutuskannya sendiri. Tidak ada yang berubah; "
        "mintalah petugas lain.",
        "Whoever recorded or carried this deposit may not decide about it alone. Nothing has changed; ask another "
        "person.",
    ),
    "waste_bank_still_unknown": Entry(
        409,
        "Bank sampah pada setoran ini belum terdaftar. Setoran tetap tersimpan dan belum menjadi saldo; "
        "daftarkan bank sampahnya dahulu, atau tolak dengan alasan.",
        "The waste bank of this deposit is not registered yet. The deposit stays stored and is not credited yet; "
        "register the waste bank first, or reject it with a reason.",
    ),
    "bag_conflict": Entry(
        409,
        "Nomor karung ini sudah dipakai untuk karung lain. Karung pertama tetap tercatat dan tidak ada saldo yang "
        "berubah; beri karung ini nomor baru.",
        "The id of this bag already belongs to another bag. The first one stays recorded and no credit has changed; "
        "give this bag a new id.",
    ),
    "bag_not_found": Entry(
        404,
        "Karung ini tidak ditemukan. Tidak ada yang berubah; periksa labelnya, atau tunggu sampai tablet terkirim.",
        "This bag was not found. Nothing has changed; check its label, or wait until the tablet has sent it.",
    ),
    "bag_weighed": Entry(
        409,
        "Karung ini sudah ditimbang, jadi tidak dapat dibuang dari antrean. Saldo tidak berubah; bila salah, batalkan "
        "setorannya.",
        "This bag has been weighed, so it cannot be discarded. No credit has changed; if that is wrong, void its deposit.",
    ),
    "suspicion_decided": Entry(
        409,
        "Kemiripan dua setoran ini sudah diputuskan orang lain. Saldo tidak berubah; lihat riwayat setorannya.",
        "Somebody else has decided about these two deposits already. No credit has changed; see their history.",
    ),
    "suspicion_not_found": Entry(
        404,
        "Tidak ada setoran kembar dengan nomor itu di wilayah Anda. Tidak ada yang berubah; muat ulang daftarnya.",
        "No suspected pair of that number is in your area. Nothing has changed; load the list again.",
    ),
    "suspicion_of_others": Entry(
        422,
        "Setoran itu bukan salah satu dari dua yang mirip. Tidak ada yang berubah; pilih salah satu dari keduanya.",
        "That deposit is not one of the two that look alike. Nothing has changed; choose one of them.",
    ),
    "member_not_found": Entry(
        404,
        "Nasabah ini tidak ditemukan di wilayah Anda. Tidak ada yang berubah; periksa nomornya.",
        "This member is not found in your area. Nothing has changed; check the number.",
    ),
    "signature_wrong": Entry(
        422,
        "Tanda tangan setoran ini tidak cocok: isinya pernah diubah, atau bukan dari tablet itu. Tidak ada yang dicatat "
        "dan saldo aman; pindai ulang struk aslinya, atau serahkan struk ini kepada pengurus program.",
        "The signature of this deposit does not fit: it was altered, or is not from that tablet. Nothing was recorded "
        "and the credit is safe; scan the original receipt again, or hand this one to the programme.",
    ),
    "signed_by_unknown_tablet": Entry(
        422,
        "Setoran ini ditandatangani oleh tablet yang tidak dikenal di wilayah Anda. Tidak ada yang dicatat dan saldo "
        "aman; simpan struknya dan serahkan kepada pengurus program.",
        "This deposit was signed by a tablet that is not known in your area. Nothing was recorded and the credit is "
        "safe; keep the receipt and hand it to the programme.",
    ),
    "signed_text_unreadable": Entry(
        422,
        "Kode ini bukan setoran bertanda tangan yang dapat dibaca. Tidak ada yang dicatat dan saldo aman; "
        "pindai kode pada struk setoran, atau perbarui aplikasi lalu coba lagi.",
        "This code is no signed deposit that can be read. Nothing was recorded and the credit is safe; "
        "scan the code on a deposit's receipt, or update the app and try again.",
    ),
    "tablet_keys_silent": Entry(
        503,
        "Tanda tangan tablet belum dapat diperiksa karena layanan identitas tidak menjawab. Belum ada yang dicatat, "
        "setoran tetap aman di struk dan tablet; coba lagi beberapa saat, kiriman ulang tidak dihitung dua kali.",
        "Tablets' signatures cannot be checked because identity does not answer. Nothing was recorded yet, the deposits "
        "are safe on the receipts and the tablet; try again in a moment, nothing is counted twice.",
    ),
    "tablet_needed": Entry(
        403,
        "Laporan ini hanya dapat dikirim dari tablet yang terdaftar. Tidak ada yang berubah; masuk lewat tablet.",
        "This report is sent by a registered tablet only. Nothing has changed; sign in on the tablet.",
    ),
}
# Deposit's, too: pick-ups, disputes, lots, stock and closed days.
FIELD_DAY: dict[str, Entry] = {
    "pickup_conflict": Entry(
        409,
        "Nomor penjemputan ini sudah dipakai untuk permintaan lain. Permintaan pertama tetap berlaku dan saldo aman; "
        "buat permintaan baru bila perlu.",
        "The id of this pick-up already belongs to another request. The first one stays and the credit is safe; "
        "make a new request if one is needed.",
    ),
    "pickup_not_found": Entry(
        404,
        "Penjemputan ini tidak ditemukan. Tidak ada yang berubah dan saldo aman; periksa nomornya.",
        "This pick-up was not found. Nothing has changed and the credit is safe; check its number.",
    ),
    "pickup_not_offered": Entry(
        422,
        "Bank sampah ini tidak melayani penjemputan. Tidak ada yang dijadwalkan dan saldo aman; antar sendiri, "
        "atau pilih bank sampah lain.",
        "This waste bank does not fetch. Nothing was booked and the credit is safe; bring the waste yourself, "
        "or choose another waste bank.",
    ),
    "pickup_member_unknown": Entry(
        422,
        "Nasabah ini belum dikenal di sini, atau sudah keluar. Tidak ada yang dijadwalkan dan saldo aman; "
        "bila baru didaftarkan, coba lagi sebentar.",
        "This member is not known here yet, or has left. Nothing was booked and the credit is safe; "
        "if they were just enrolled, try again in a moment.",
    ),
    "pickup_below_minimum": Entry(
        422,
        "Penjemputan dilayani mulai {minimum_grams} gram. Tidak ada yang dijadwalkan dan saldo aman; "
        "kumpulkan dahulu, atau antar sendiri.",
        "Pick-ups begin at {minimum_grams} grams. Nothing was booked and the credit is safe; "
        "collect some more first, or bring it yourself.",
    ),
    "pickup_slot_full": Entry(
        409,
        "Jadwal itu sudah penuh. Tidak ada yang dijadwalkan dan saldo aman; yang kosong berikutnya "
        "{next_free_on} ({next_free_slot}).",
        "That slot is full. Nothing was booked and the credit is safe; the next free one is "
        "{next_free_on} ({next_free_slot}).",
    ),
    "pickup_slot_not_offered": Entry(
        422,
        "Tidak ada penjemputan pada hari atau jam itu. Tidak ada yang dijadwalkan dan saldo aman; yang kosong "
        "berikutnya {next_free_on} ({next_free_slot}).",
        "There is no pick-up on that day or at that time. Nothing was booked and the credit is safe; the next free "
        "one is {next_free_on} ({next_free_slot}).",
    ),
    "pickup_no_free_day": Entry(
        409,
        "Semua jadwal penjemputan sedang penuh atau belum dibuka. Tidak ada yang dijadwalkan dan saldo aman; "
        "coba lagi besok, atau antar sendiri.",
        "All pick-up slots are full or not open at the moment. Nothing was booked and the credit is safe; "
        "try again tomorrow, or bring the waste yourself.",
    ),
    "pickup_too_many_open": Entry(
        409,
        "Nasabah ini sudah punya penjemputan yang menunggu. Yang sudah dijadwalkan tetap berlaku dan saldo aman; "
        "batalkan salah satu, atau tunggu sampai dijemput.",
        "This member already has pick-ups waiting. What is booked stays and the credit is safe; "
        "cancel one, or wait until it was fetched.",
    ),
    "pickup_already_ended": Entry(
        409,
        "Penjemputan ini sudah selesai ditimbang. Tidak ada yang berubah dan saldo aman; lihat setorannya.",
        "This pick-up was weighed already. Nothing has changed and the credit is safe; see its deposit.",
    ),
    "pickup_deposit_differs": Entry(
        409,
        "Setoran itu bukan dari penjemputan ini: nasabah atau bank sampahnya lain, atau sudah dipakai penjemputan lain. "
        "Setoran dan saldo tidak berubah; pilih setoran yang benar.",
        "That deposit does not belong to this pick-up: another member or waste bank, or another pick-up has it. "
        "The deposit and the credit are unchanged; choose the right one.",
    ),
    "dispute_conflict": Entry(
        409,
        "Nomor pengaduan ini sudah dipakai untuk pengaduan lain. Pengaduan pertama tetap diproses dan saldo aman; "
        "buat pengaduan baru bila perlu.",
        "The id of this complaint already belongs to another one. The first one goes on and the credit is safe; "
        "make a new complaint if one is needed.",
    ),
    "dispute_not_found": Entry(
        404,
        "Pengaduan ini tidak ditemukan. Tidak ada yang berubah dan saldo aman; periksa nomornya.",
        "This complaint was not found. Nothing has changed and the credit is safe; check its number.",
    ),
    "dispute_complaint_does_not_fit": Entry(
        422,
        "Jenis pengaduan tidak cocok: untuk setoran yang hilang jangan menyebut nomor setoran, untuk yang lain sebutkan. "
        "Belum ada pengaduan yang dibuat dan saldo aman; pilih jenis yang sesuai.",
        "The kind of complaint does not fit: name no deposit if one is missing, and name it for anything else. "
        "No complaint was made yet and the credit is safe; choose the kind that fits.",
    ),
    "dispute_place_unknown": Entry(
        422,
        "Bank sampah untuk pengaduan ini tidak dikenali. Belum ada pengaduan yang dibuat dan saldo aman; "
        "sebutkan bank sampah tempat Anda menyetor.",
        "The waste bank of this complaint is not known. No complaint was made yet and the credit is safe; "
        "name the waste bank where you deposited.",
    ),
    "dispute_said_when": Entry(
        422,
        "Pengaduan di kertas paling lama 60 hari yang lalu dan dicatat oleh petugas. Belum ada pengaduan yang dibuat "
        "dan saldo aman; periksa tanggalnya, atau bicarakan dengan pengelola program.",
        "A complaint left on paper may be at most 60 days old, and staff write it down. No complaint was made yet and "
        "the credit is safe; check the date, or speak with the programme.",
    ),
    "dispute_already_open": Entry(
        409,
        "Setoran ini sudah diadukan dan sedang menunggu jawaban. Pengaduan itu tetap diproses dan saldo aman; "
        "tunggu jawabannya.",
        "There is already a complaint about this deposit that waits for its answer. It goes on and the credit is safe; "
        "wait for the answer.",
    ),
    "dispute_already_answered": Entry(
        409,
        "Pengaduan ini sudah dijawab atau ditarik. Jawaban pertama tetap berlaku dan saldo tidak berubah; "
        "buat pengaduan baru bila masih keberatan.",
        "This complaint was answered or taken back. The first answer stays and no credit has changed; "
        "make a new complaint if you still disagree.",
    ),
    "dispute_own_deposit": Entry(
        403,
        "Anda sendiri yang mencatat setoran ini, jadi orang lain yang menjawab pengaduannya. Tidak ada yang berubah "
        "dan saldo aman; mintalah petugas lain.",
        "You recorded this deposit yourself, so somebody else answers the complaint. Nothing has changed "
        "and the credit is safe; ask another person.",
    ),
    "dispute_not_corrected": Entry(
        409,
        "Setoran itu tidak menggantikan setoran yang diadukan. Jawaban belum dikirim dan saldo tidak berubah; "
        "buat koreksinya dahulu, lalu jawab.",
        "That deposit does not stand in place of the disputed one. The answer was not sent and no credit has changed; "
        "make the correction first, then answer.",
    ),
    "stock_waste_bank_unknown": Entry(
        404,
        "Bank sampah ini tidak dikenal. Tidak ada yang berubah; periksa kodenya.",
        "This waste bank is not known. Nothing has changed; check its code.",
    ),
    "stock_item_unknown": Entry(
        422,
        "Ada jenis sampah yang tidak ada di katalog. Tidak ada yang dicatat dan saldo nasabah aman; "
        "pilih jenisnya dari katalog.",
        "An item is not in the catalogue. Nothing was written down and members' credit is safe; "
        "choose the item from the catalogue.",
    ),
    "stock_item_twice": Entry(
        422,
        "Satu jenis sampah tertulis dua kali. Tidak ada yang dicatat dan saldo nasabah aman; gabungkan barisnya.",
        "One item stands twice. Nothing was written down and members' credit is safe; put its lines together.",
    ),
    "stock_count_conflict": Entry(
        409,
        "Nomor hitung stok ini sudah dipakai dengan isi lain. Hitungan pertama tetap berlaku dan saldo nasabah aman; "
        "hitung lagi dengan nomor baru.",
        "The id of this stock count was used with other content. The first count stays and members' credit is safe; "
        "count again with a new id.",
    ),
    "buyer_conflict": Entry(
        409,
        "Nomor pembeli ini sudah dipakai dengan data lain. Data pertama tetap berlaku dan saldo nasabah aman; "
        "daftarkan dengan nomor baru.",
        "The id of this buyer was used with other data. The first ones stay and members' credit is safe; "
        "add the buyer under a new id.",
    ),
    "buyer_not_found": Entry(
        422,
        "Pembeli ini tidak terdaftar untuk bank sampah itu. Penjualan belum dicatat dan saldo nasabah aman; "
        "daftarkan pembelinya dahulu.",
        "This buyer is not known for that waste bank. The sale was not written down and members' credit is safe; "
        "add the buyer first.",
    ),
    "lot_conflict": Entry(
        409,
        "Nomor penjualan ini sudah dipakai dengan isi lain. Penjualan pertama tetap berlaku dan saldo nasabah aman; "
        "bila salah, batalkan lalu catat lagi.",
        "The id of this sale was used with other content. The first sale stays and members' credit is safe; "
        "if it is wrong, void it and write it down again.",
    ),
    "lot_not_found": Entry(
        404,
        "Penjualan ini tidak ditemukan. Tidak ada yang berubah dan saldo nasabah aman; periksa nomornya.",
        "This sale was not found. Nothing has changed and members' credit is safe; check its number.",
    ),
    "lot_exceeds_stock": Entry(
        409,
        "Yang dijual lebih berat daripada stok di buku. Penjualan belum dicatat dan saldo nasabah aman; periksa beratnya, "
        "atau kirim lagi dengan alasan: stok lalu tercatat minus.",
        "More would be sold than the book has in stock. The sale was not written down and members' credit is safe; "
        "check the weight, or send it again with a reason: the stock is then shown below zero.",
    ),
    "lot_already_void": Entry(
        409,
        "Penjualan ini sudah dibatalkan. Tidak ada yang berubah dan saldo nasabah aman; lihat daftar penjualan.",
        "This sale is void already. Nothing has changed and members' credit is safe; see the list of sales.",
    ),
    "closing_conflict": Entry(
        409,
        "Nomor tutup hari ini sudah dipakai dengan isi lain. Catatan pertama tetap berlaku dan saldo nasabah aman; "
        "periksa daftar tutup hari.",
        "The id of this closing was used with other content. The first one stays and members' credit is safe; "
        "see the list of closings.",
    ),
    "closing_day_already_closed": Entry(
        409,
        "Hari ini sudah ditutup. Catatan itu tetap berlaku dan saldo nasabah aman; bila salah, "
        "mintalah pengurus program membukanya lagi.",
        "This day is closed already. That closing stays and members' credit is safe; if it is wrong, "
        "ask the programme to open it again.",
    ),
    "closing_day_not_begun": Entry(
        422,
        "Hari itu belum tiba, jadi belum dapat ditutup. Tidak ada yang dicatat dan saldo nasabah aman; "
        "periksa tanggalnya.",
        "That day has not come yet, so it cannot be closed. Nothing was written down and members' credit is safe; "
        "check the date.",
    ),
    "closing_not_found": Entry(
        404,
        "Tutup hari ini tidak ditemukan. Tidak ada yang berubah dan saldo nasabah aman; periksa nomornya.",
        "This closing was not found. Nothing has changed and members' credit is safe; check its number.",
    ),
    "closing_already_reopened": Entry(
        409,
        "Hari ini sudah dibuka lagi sebelumnya. Tidak ada yang berubah dan saldo nasabah aman; tutup hari dengan "
        "hitungan yang baru.",
        "This day was opened again before. Nothing has changed and members' credit is safe; close it with "
        "the new count.",
    ),
    "cash_book_silent": Entry(
        503,
        "Buku kas sedang tidak menjawab, jadi hari belum ditutup. Hitungan Anda belum tersimpan di sini, saldo nasabah "
        "aman; coba lagi beberapa saat dengan nomor yang sama.",
        "The cash book does not answer at the moment, so the day is not closed yet. Your count is not stored here, "
        "members' credit is safe; try again in a moment with the same id.",
    ),
}
VALUATION: dict[str, Entry] = {
    "price_waste_bank_unknown": Entry(
        404,
        "Bank sampah itu tidak ada dalam daftar. Tidak ada yang berubah; periksa kodenya.",
        "That waste bank is not on the list. Nothing has changed; check its code.",
    ),
    "price_list_not_in_force": Entry(
        404,
        "Belum ada daftar harga yang berlaku di bank sampah itu pada waktu itu. Tidak ada yang berubah; "
        "hubungi pengelola program.",
        "No price list is in force at that waste bank at that time. Nothing has changed; ask the programme.",
    ),
    "price_item_not_priced": Entry(
        422,
        "Jenis sampah atau mutu itu tidak ada dalam daftar harga. Tidak ada yang berubah; pilih dari katalog.",
        "That item or grade is not in the price list. Nothing has changed; choose one from the catalogue.",
    ),
    "price_list_unknown": Entry(
        404,
        "Daftar harga itu tidak ditemukan. Tidak ada yang berubah; periksa nomornya.",
        "That price list was not found. Nothing has changed; check its number.",
    ),
    "price_list_already_published": Entry(
        409,
        "Daftar harga itu sudah diterbitkan dan tidak dapat diubah lagi. Harga yang sudah dihitung aman; "
        "buat daftar harga baru.",
        "That price list is published and cannot be changed any more. Prices already paid are safe; "
        "write a new list.",
    ),
    "price_list_incomplete": Entry(
        422,
        "Daftar harga belum lengkap: setiap jenis dan mutu di katalog perlu tepat satu harga, dan potongan tidak "
        "boleh melebihi seluruh nilai. Tidak ada yang diterbitkan; lengkapi lalu coba lagi.",
        "The price list is not complete: each item and grade of the catalogue needs exactly one price, and "
        "deductions may not exceed the whole value. Nothing was published; complete it and try again.",
    ),
    "price_list_effective_in_past": Entry(
        422,
        "Waktu berlaku sudah lewat. Harga yang sudah dibayar tidak berubah; pilih waktu mulai sekarang atau nanti.",
        "The time from which it would hold is past. Prices already paid do not change; choose now or later.",
    ),
    "price_list_effective_taken": Entry(
        409,
        "Sudah ada daftar harga yang mulai berlaku pada waktu yang sama untuk bank sampah yang sama. Tidak ada yang "
        "diterbitkan; pilih waktu lain.",
        "Another price list of the same waste banks begins at the same time. Nothing was published; "
        "choose another time.",
    ),
    "valuation_unknown": Entry(
        404,
        "Setoran itu belum dihitung di sini. Setoran yang tercatat tidak hilang; coba lagi sebentar.",
        "That deposit has not been valued here. A recorded deposit is never lost; try again in a moment.",
    ),
    "flag_unknown": Entry(
        404,
        "Tidak ada setoran yang menunggu pemeriksaan dengan nomor itu di bank sampah Anda. Tidak ada yang berubah.",
        "No deposit of that number waits for a check at your waste banks. Nothing has changed.",
    ),
    "flag_closed": Entry(
        409,
        "Setoran itu sudah diputuskan oleh orang lain. Saldo tidak berubah; lihat catatannya.",
        "Somebody else has decided about that deposit already. No credit has changed; see its record.",
    ),
    "flag_own_deposit": Entry(
        403,
        "Anda sendiri yang mencatat atau membawa setoran ini; orang kedua yang memeriksanya. Setoran aman dan tetap "
        "menunggu.",
        "You recorded or carried this deposit yourself; a second person has to check it. The deposit is safe and waits.",
    ),
    "flag_not_priceable": Entry(
        409,
        "Setoran ini tidak dapat dihitung dengan daftar harga yang pernah diterbitkan. Tidak ada yang berubah; "
        "batalkan setoran dan catat ulang dengan benar.",
        "This deposit cannot be priced by any list that was published. Nothing has changed; "
        "void the deposit and record it again correctly.",
    ),
    "price_exception_unknown": Entry(
        404,
        "Pengecualian harga ini tidak ada di wilayah Anda. Tidak ada yang berubah; periksa nomornya.",
        "There is no such price exception in your area. Nothing has changed; check its number.",
    ),
    "price_exception_conflict": Entry(
        409,
        "Nomor pengecualian ini sudah dipakai untuk isi lain. Isi yang lama tetap berlaku; pakai nomor baru.",
        "This exception's number was used for other contents. The earlier ones stand; use a new number.",
    ),
    "price_exception_decided": Entry(
        409,
        "Pengecualian ini sudah diputuskan atau sudah berakhir. Tidak ada yang berubah; usulkan yang baru bila perlu.",
        "This exception has been decided or has ended already. Nothing has changed; propose a new one if needed.",
    ),
    "price_exception_second_person": Entry(
        403,
        "Orang yang mengusulkan pengecualian tidak boleh memutuskannya sendiri. Tidak ada yang berubah; "
        "mintalah petugas program lain.",
        "Whoever proposed an exception may not decide about it alone. Nothing has changed; "
        "ask another person of the programme.",
    ),
    "price_exception_impossible": Entry(
        422,
        "Pengecualian harus menyebut satu harga (barang dan mutunya) atau satu potongan, berakhir setelah mulai dan "
        "setelah sekarang, paling lama {days_max} hari. Tidak ada yang berubah; perbaiki lalu kirim lagi.",
        "An exception names one price (item and grade) or one deduction, ends after it begins and after now, and "
        "holds for {days_max} days at most. Nothing has changed; correct it and send it again.",
    ),
}
WALLET: dict[str, Entry] = {
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
PAYOUT: dict[str, Entry] = {
    "unknown_product": Entry(
        404,
        "Produk ini tidak ada di katalog. Saldo Anda aman; pilih dari daftar produk.",
        "This product is not in the catalogue. Your credit is safe; choose from the list of products.",
    ),
    "product_not_sold_now": Entry(
        409,
        "Produk ini sedang tidak dapat dibeli. Saldo Anda aman; coba lagi nanti atau pilih yang lain.",
        "This product cannot be bought now. Your credit is safe; try later or choose another.",
    ),
    "wrong_phone_number": Entry(
        422,
        "Nomor HP tidak benar: 10 sampai 13 angka, mulai 08. Saldo Anda aman; periksa lalu kirim lagi.",
        "The phone number is not right: 10 to 13 digits, beginning 08. Your credit is safe; check and send it again.",
    ),
    "wrong_meter_number": Entry(
        422,
        "Nomor meter tidak benar: 11 angka, atau 12 angka untuk ID pelanggan. Saldo Anda aman; periksa lalu kirim lagi.",
        "The meter number is not right: 11 digits, or 12 for a subscriber id. Your credit is safe; check and send again.",
    ),
    "meter_not_found": Entry(
        422,
        "PLN tidak mengenal nomor meter ini. Saldo Anda aman; periksa angka pada meteran lalu kirim lagi.",
        "PLN does not know this meter number. Your credit is safe; check the digits on the meter and send it again.",
    ),
    "kwh_over_limit": Entry(
        422,
        "Token sebesar ini melebihi batas kWh sebulan untuk daya meteran Anda. Saldo Anda aman; pilih yang lebih kecil.",
        "A token of this size exceeds the monthly kWh of your meter. Your credit is safe; choose a smaller one.",
    ),
    "below_smallest_reward": Entry(
        422,
        "Penukaran paling kecil adalah Rp{smallest_rupiah}. Saldo Anda aman; pilih produk yang lebih besar.",
        "The smallest redemption is Rp{smallest_rupiah}. Your credit is safe; choose a larger product.",
    ),
    "over_daily_cap": Entry(
        409,
        "Batas penukaran sehari Rp{cap_rupiah}, sisa hari ini Rp{left_rupiah}. Saldo Anda aman; lanjutkan besok.",
        "At most Rp{cap_rupiah} a day can be redeemed, Rp{left_rupiah} is left today. Your credit is safe; "
        "go on tomorrow.",
    ),
    "too_many_inquiries": Entry(
        429,
        "Terlalu banyak nomor meter ditanyakan dalam satu jam. Saldo Anda aman; coba lagi nanti.",
        "Too many meters were asked about within an hour. Your credit is safe; try again later.",
    ),
    "biller_silent": Entry(
        503,
        "Penjual token belum menjawab. Belum ada yang dibeli dan saldo Anda aman; coba lagi beberapa menit.",
        "The seller of tokens does not answer. Nothing was bought and your credit is safe; try again in minutes.",
    ),
    "unknown_area": Entry(
        422,
        "Kecamatan atau bank sampah Anda tidak dikenali. Saldo Anda aman; hubungi petugas bank sampah.",
        "Your sub-district or waste bank is not known. Your credit is safe; ask the staff of your waste bank.",
    ),
    "unknown_quote": Entry(
        404,
        "Penawaran harga ini tidak ada. Saldo Anda aman; minta harga baru.",
        "There is no such quote. Your credit is safe; ask for a new price.",
    ),
    "quote_expired": Entry(
        409,
        "Penawaran harga sudah lewat waktu. Belum ada yang dibeli dan saldo Anda aman; minta harga baru.",
        "The quote has expired. Nothing was bought and your credit is safe; ask for a new price.",
    ),
    "quote_used": Entry(
        409,
        "Penawaran harga ini sudah dipakai. Tidak dibeli dua kali; lihat daftar penukaran Anda.",
        "This quote has been used. It was not bought twice; see the list of your redemptions.",
    ),
    "same_purchase_just_made": Entry(
        409,
        "Pembelian yang sama untuk nomor ini baru saja dibuat. Tidak ada yang dibeli lagi; bila memang ingin dua kali, "
        "tegaskan.",
        "The same purchase for this number was made just now. Nothing more was bought; confirm if you want it twice.",
    ),
    "idempotency_key_conflict": Entry(
        409,
        "Kunci kiriman ini sudah dipakai untuk permintaan lain. Tidak ada yang dibeli dan saldo aman; pakai kunci baru.",
        "This key was used for another request. Nothing was bought and the credit is safe; use a new key.",
    ),
    "unknown_redemption": Entry(
        404,
        "Penukaran ini tidak ditemukan. Saldo Anda aman; lihat daftar penukaran Anda.",
        "There is no such redemption. Your credit is safe; see the list of your redemptions.",
    ),
    "redemption_not_cancellable": Entry(
        409,
        "Penukaran ini tidak dapat dibatalkan lagi karena sudah diproses atau berakhir. Lihat statusnya.",
        "This redemption can no longer be cancelled because it is being processed or has ended. See its state.",
    ),
    "redemption_not_in_review": Entry(
        409,
        "Penukaran ini tidak sedang menunggu keputusan. Tidak ada yang berubah; muat ulang daftar.",
        "This redemption does not wait for a decision. Nothing has changed; load the list again.",
    ),
    "review_decision_impossible": Entry(
        409,
        "Keputusan ini bertentangan dengan yang sudah terjadi pada saldo. Tidak ada yang berubah; pilih keputusan lain.",
        "This decision contradicts what already happened to the credit. Nothing has changed; decide otherwise.",
    ),
    "unknown_provider": Entry(
        404,
        "Penjual ini tidak dikenal. Tidak ada yang berubah; periksa namanya.",
        "This biller is not known. Nothing has changed; check its name.",
    ),
    "card_code_needed": Entry(
        403,
        "Perangkat ini belum dikenal, jadi belum boleh dipakai menukar. Saldo Anda aman; ketik kode yang tercetak di "
        "kartu Anda satu kali saja, lalu ulangi.",
        "This device is not known yet, so nothing can be redeemed on it. Your balance is safe; type the code that is "
        "printed on your card once, then try again.",
    ),
    "over_counter_cap": Entry(
        409,
        "Di loket paling banyak Rp{cap_rupiah} sehari, sisa hari ini Rp{left_rupiah}. Saldo Anda aman; lanjutkan besok "
        "atau lewat HP Anda sendiri.",
        "At a counter at most Rp{cap_rupiah} a day can be redeemed, Rp{left_rupiah} is left today. Your credit is safe; "
        "go on tomorrow or on your own phone.",
    ),
    "membership_ended": Entry(
        403,
        "Keanggotaan ini sudah berakhir dan datanya sudah dihapus. Tidak ada yang dibeli; hubungi petugas bank sampah.",
        "This membership has ended and its records were erased. Nothing was bought; ask the staff of the waste bank.",
    ),
    "cash_amount_wrong": Entry(
        422,
        "Uang tunai dapat diambil dari Rp{smallest_rupiah} sampai Rp{largest_rupiah}, dalam kelipatan Rp{step_rupiah}. "
        "Saldo Anda aman; pilih jumlah lain.",
        "Cash can be had from Rp{smallest_rupiah} to Rp{largest_rupiah}, in steps of Rp{step_rupiah}. "
        "Your credit is safe; choose another amount.",
    ),
    "cash_box_empty": Entry(
        409,
        "Kas bank sampah tidak cukup menurut catatan. Tidak ada yang berubah dan saldo nasabah aman; mintalah program "
        "mengisi kas dahulu.",
        "By the book the cash box does not hold so much. Nothing has changed and the member's credit is safe; "
        "ask the programme to bring cash first.",
    ),
    "redemption_not_for_hand_over": Entry(
        409,
        "Penukaran ini tidak sedang menunggu uang tunai: saldonya belum disisihkan, dibatalkan, atau sudah lewat "
        "waktu. Jangan serahkan uang; lihat statusnya.",
        "This redemption does not wait for cash: its credit is not set aside yet, or it was cancelled or ran out of "
        "time. Hand nothing over; see its state.",
    ),
    "hand_over_to_oneself": Entry(
        403,
        "Uang tunai untuk diri sendiri harus diserahkan petugas lain. Tidak ada yang berubah dan saldo Anda aman.",
        "Cash for oneself has to be handed over by another operator. Nothing has changed and your credit is safe.",
    ),
    "unknown_cash_box": Entry(
        404,
        "Bank sampah itu tidak ditemukan di wilayah Anda. Tidak ada yang berubah; periksa kodenya.",
        "That waste bank is not found in your area. Nothing has changed; check its code.",
    ),
    "unknown_redemption_dispute": Entry(
        404,
        "Keluhan ini tidak ditemukan. Tidak ada yang berubah; lihat daftar keluhan Anda.",
        "There is no such dispute. Nothing has changed; see the list of your disputes.",
    ),
    "redemption_dispute_conflict": Entry(
        409,
        "Nomor keluhan ini sudah dipakai untuk keluhan lain. Keluhan pertama tetap tercatat; buat nomor baru.",
        "This id already belongs to another dispute. The first one stays recorded; make a new id.",
    ),
    "redemption_dispute_already_open": Entry(
        409,
        "Penukaran ini sudah punya keluhan yang menunggu jawaban. Saldo Anda aman; tunggu jawabannya.",
        "A dispute about this redemption already waits for an answer. Your credit is safe; wait for the answer.",
    ),
    "redemption_dispute_answered": Entry(
        409,
        "Keluhan ini sudah dijawab atau ditarik. Jawaban pertama tetap berlaku; buka keluhan baru bila perlu.",
        "This dispute was answered or withdrawn before. The first answer stays; open a new one if needed.",
    ),
    "webhook_not_signed": Entry(
        401,
        "Pesan tanpa tanda tangan yang benar tidak diterima. Tidak ada yang berubah.",
        "A message without the right signature is not accepted. Nothing has changed.",
    ),
}
ADOPTION: dict[str, Entry] = {
    "period_out_of_bounds": Entry(
        422,
        "Rentang hari itu tidak dapat dihitung: hari pertama harus sebelum hari terakhir, paling lama {days_max} hari. "
        "Tidak ada yang berubah; pilih rentang lain.",
        "That period cannot be counted: its first day must come before its last, at most {days_max} days apart. "
        "Nothing has changed; choose another period.",
    ),
}

WEB: dict[str, Entry] = {
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

CATALOGUE: dict[str, Entry] = {
    **SHARED,
    **IDENTITY,
    **DEPOSIT,
    **FIELD_DAY,
    **VALUATION,
    **WALLET,
    **PAYOUT,
    **ADOPTION,
    **WEB,
}
