"""What deposit answers about weighings, bags, quarantine and tablets."""

from shared.runtime.problem_catalogue.entry import Entry

ENTRIES = {
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
