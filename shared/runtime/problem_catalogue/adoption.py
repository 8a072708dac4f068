"""What adoption answers."""

from shared.runtime.problem_catalogue.entry import Entry

ENTRIES = {
    "period_out_of_bounds": Entry(
        422,
        "Rentang hari itu tidak dapat dihitung: hari pertama harus sebelum hari terakhir, paling lama {days_max} hari. "
        "Tidak ada yang berubah; pilih rentang lain.",
        "That period cannot be counted: its first day must come before its last, at most {days_max} days apart. "
        "Nothing has changed; choose another period.",
    ),
}
