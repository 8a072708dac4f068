"""What payout answers about products, quotes, redemptions, cash and disputes."""

from shared.runtime.problem_catalogue.entry import Entry

ENTRIES = {
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
    "reference_forgotten": Entry(
        409,
        "Penjual mungkin sudah melupakan rujukan ini; bertanya lagi bisa membeli dua kali. Tidak ada yang berubah dan "
        "saldo tetap disimpan; putuskan menurut buku penjual.",
        "The biller may have forgotten this reference; asking again could buy twice. Nothing has changed and the credit "
        "stays set aside; decide by the biller's own book.",
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
