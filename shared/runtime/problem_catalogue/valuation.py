"""What valuation answers about prices, flags and exceptions."""

from shared.runtime.problem_catalogue.entry import Entry

ENTRIES = {
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
