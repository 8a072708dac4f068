"""What identity answers about PINs, cards as keys, sessions, staff and tablets."""

from shared.runtime.problem_catalogue.entry import Entry

ENTRIES = {
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
    "sign_in_busy": Entry(
        429,
        "Sedang terlalu banyak yang masuk, jadi PIN Anda belum diperiksa dan tidak dihitung salah. Saldo aman; "
        "coba lagi {seconds} detik lagi.",
        "Too many are signing in at this moment, so your PIN was not looked at and does not count as wrong. The credit "
        "is safe; try again in {seconds} seconds.",
    ),
    "too_many_wrong_sign_ins": Entry(
        429,
        "Terlalu banyak percobaan masuk yang salah dari jaringan internet ini, jadi PIN Anda belum diperiksa. Saldo "
        "aman; coba lagi {seconds} detik lagi, pakai HP yang sudah dikenal, atau datanglah ke bank sampah dengan kartu.",
        "Too many wrong sign-ins came from this internet connection, so your PIN was not looked at. The credit is safe; "
        "try again in {seconds} seconds, use a phone that is known already, or come to the waste bank with your card.",
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
    "first_pin_needs_two": Entry(
        409,
        "Nasabah ini sudah terdaftar tanpa PIN, jadi PIN pertamanya perlu dua petugas. Tidak ada yang berubah dan saldo "
        "aman; ajukan PIN baru untuk kodenya, lalu mintalah petugas lain menyetujuinya.",
        "This member is enrolled without a PIN, so the first one takes two of the staff. Nothing has changed and the "
        "credit is safe; ask for a new PIN for their code, and let a colleague confirm it.",
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
