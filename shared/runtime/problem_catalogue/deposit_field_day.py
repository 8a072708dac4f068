"""What deposit answers about the rest of a waste bank's day: pick-ups, disputes, lots, stock and closed days."""

from shared.runtime.problem_catalogue.entry import Entry

ENTRIES = {
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
