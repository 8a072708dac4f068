"""The row "Layanan": are complaints answered, is what was promised fetched and weighed, do the tablets send."""

from collections.abc import Sequence

from grafana_foundation_sdk.models.dashboard import GridPos

from deploy.grafana.parts import DAY, MINUTE, RUPIAH, Panel, chart, figure, setting, table_of

TITLE = "Layanan"

OPEN_DISPUTES = """
select coalesce(sum(disputes), 0) as "Belum dijawab", coalesce(sum(overdue), 0) as "Lewat batas"
from reporting.open_dispute
"""

OPEN_PICKUPS = """
select coalesce(sum(pickups), 0) as "Belum dijemput", coalesce(sum(overdue), 0) as "Lewat hari"
from reporting.open_pickup
"""

UNSENT = """
select coalesce(sum(queue_length), 0) as "Catatan belum terkirim",
    count(*) filter (where queue_length > 0) as "Tablet"
from reporting.tablet where reported_at > now() - interval '30 days'
"""

ANSWERS = """
select day as "Hari", coalesce(name, subdistrict_code) as "Kecamatan",
    case about when 'deposit' then 'setoran' else 'penukaran' end as "Tentang", opened as "Dibuka",
    answered as "Dijawab", answered_late as "Terlambat", median_hours * 3600 as "Lama (tengah)",
    p95_hours * 3600 as "Lama (95%)"
from reporting.daily_dispute where $__timeFilter(starts_at)
order by day desc, 2, 3
"""

PICKUPS = """
select starts_at as time, sum(requested) as "Diminta", sum(done) as "Dijemput",
    sum(cancelled_by_member + cancelled_by_waste_bank + given_up) as "Batal", sum(missed) as "Terlewat"
from reporting.daily_pickup where $__timeFilter(starts_at)
group by 1 order by 1
"""

TABLETS = """
select waste_bank_id as "Bank sampah", last_heard_at as "Terakhir terdengar", reported_at as "Laporan terakhir",
    queue_length as "Belum terkirim", oldest_queued_at as "Tertua", app_version as "Versi",
    battery_percent as "Baterai", clock_offset_ms / 1000.0 as "Selisih jam"
from reporting.tablet
order by queue_length desc nulls last, last_heard_at
"""

SALES = """
select s.starts_at as time, sum(s.grams) / 1000.0 as "Terjual (kg)", sum(s.amount_rupiah) as "Hasil (Rp)"
from reporting.daily_sale s where $__timeFilter(s.starts_at)
group by 1 order by 1
"""

CLOSINGS = """
select day as "Hari", coalesce(name, subdistrict_code) as "Kecamatan", closings as "Bank ditutup",
    shrinkage_grams / 1000.0 as "Susut", cash_difference_rupiah as "Selisih kas"
from reporting.daily_closing where $__timeFilter(starts_at)
order by day desc, 2
"""

OPEN_BAGS = """
select waste_bank_id as "Bank sampah", coalesce(name, subdistrict_code) as "Kecamatan", bags as "Karung",
    oldest_received_at as "Terlama masuk", oldest_hours * 3600 as "Menunggu"
from reporting.open_bag
order by oldest_received_at, waste_bank_id
"""

BAGS = """
select day as "Hari masuk", coalesce(name, subdistrict_code) as "Kecamatan", bags as "Karung", weighed as "Ditimbang",
    discarded as "Dibatalkan", waiting as "Masih menunggu", median_hours * 3600 as "Lama (tengah)",
    slowest_hours * 3600 as "Terlama"
from reporting.daily_bag where $__timeFilter(starts_at)
order by day desc, 2
"""


def panels(top: int) -> Sequence[Panel]:
    """Ten panels below that line of the grid."""
    return [
        figure("Sengketa belum dijawab", OPEN_DISPUTES, "short", GridPos(4, 8, 0, top)).description(
            "Keberatan nasabah tentang setoran atau penukaran yang belum dijawab, dan yang melewati batas waktunya."
        ),
        figure("Jemput sampah belum selesai", OPEN_PICKUPS, "short", GridPos(4, 8, 8, top)).description(
            "Permintaan jemput yang belum ditimbang dan belum batal, dan yang harinya sudah lewat."
        ),
        figure("Belum terkirim dari tablet", UNSENT, "short", GridPos(4, 8, 16, top)).description(
            "Menurut laporan terakhir setiap tablet dalam 30 hari: catatan yang masih menunggu sinyal."
        ),
        table_of("Sengketa dan lama jawabannya", ANSWERS, GridPos(9, 12, 0, top + 4))
        .override_by_name("Hari", [setting("unit", DAY)])
        .override_by_regexp("Lama.*", [setting("unit", "s")])
        .description(
            "Dibuka menurut hari dibukanya; dijawab, terlambat dan lamanya menurut hari jawabannya."
        ),
        chart("Jemput sampah per hari", PICKUPS, "short", GridPos(9, 12, 12, top + 4)).description(
            "Diminta, dijemput, batal (oleh siapa pun) dan terlewat, masing-masing menurut harinya."
        ),
        table_of("Tablet", TABLETS, GridPos(9, 24, 0, top + 13))
        .override_by_regexp("Terakhir terdengar|Laporan terakhir|Tertua", [setting("unit", MINUTE)])
        .override_by_name("Baterai", [setting("unit", "percent")])
        .override_by_name("Selisih jam", [setting("unit", "s"), setting("decimals", 1)])
        .description("Setiap tablet: kapan terakhir terdengar, dan apa yang dilaporkannya tentang dirinya."),
        chart("Penjualan sampah terpilah", SALES, "short", GridPos(9, 12, 0, top + 22))
        .override_by_name("Terjual (kg)", [setting("unit", "masskg")])
        .override_by_name("Hasil (Rp)", [setting("unit", RUPIAH), setting("custom.axisPlacement", "right")])
        .description("Berat menurut timbangan pembeli dan hasilnya, menurut hari penjualan."),
        table_of("Tutup hari: susut dan selisih kas", CLOSINGS, GridPos(9, 12, 12, top + 22))
        .override_by_name("Hari", [setting("unit", DAY)])
        .override_by_name("Susut", [setting("unit", "masskg"), setting("decimals", 1)])
        .override_by_name("Selisih kas", [setting("unit", RUPIAH), setting("decimals", 0)])
        .description(
            "Buku dikurangi hitungan (kg), dan kas terhitung dikurangi kas buku (Rp), menurut hari."
        ),
        table_of("Karung menunggu ditimbang", OPEN_BAGS, GridPos(9, 12, 0, top + 31))
        .override_by_name("Terlama masuk", [setting("unit", MINUTE)])
        .override_by_name("Menunggu", [setting("unit", "s")])
        .description(
            "Karung berlabel yang belum ditimbang dan belum dibatalkan, menurut bank sampah, dan sejak kapan yang "
            "terlama menunggu. Saldo warga baru bertambah setelah karungnya ditimbang."
        ),
        table_of("Karung per hari masuk", BAGS, GridPos(9, 12, 12, top + 31))
        .override_by_name("Hari masuk", [setting("unit", DAY)])
        .override_by_regexp("Lama.*|Terlama", [setting("unit", "s")])
        .description(
            "Karung yang masuk pada hari itu: apa jadinya sampai sekarang, dan berapa lama sampai ditimbang."
        ),
    ]
