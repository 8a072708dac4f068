"""What the panels ask, in SQL over the schema `reporting`; columns are named as people read them."""

# The end of the time range chooses the quarter whose targets are shown.
QUARTER = "to_char($__timeTo()::timestamptz at time zone 'UTC' + interval '7 hours', 'YYYY\"-Q\"Q')"

COMPLETENESS = """
select case when tablets = 0 then 'belum ada tablet yang mengirim'
    else 'lengkap s.d. ' || to_char(complete_until at time zone 'UTC' + interval '7 hours', 'DD-MM-YYYY HH24.MI')
        || ' WIB; ' || tablets_late || ' dari ' || tablets || ' tablet belum mengirim dalam 24 jam'
    end as "Kelengkapan"
from reporting.completeness
"""

REGISTERED = f"""
select sum(registered_members) as "Terdaftar" from reporting.standing where quarter = {QUARTER}
"""  # noqa: S608 - one expression of our own

ACTIVE = f"""
select sum(active_members) as "Aktif" from reporting.standing where quarter = {QUARTER}
"""  # noqa: S608 - one expression of our own

WEIGHT = f"""
select sum(weight_kg) as "Berat" from reporting.standing where quarter = {QUARTER}
"""  # noqa: S608 - one expression of our own

OWED = """
select owed_rupiah as "Saldo nasabah", held_rupiah as "Ditahan", opening_rupiah as "Saldo awal"
from reporting.credit_standing
"""

OPEN = """
select coalesce(sum(redemptions), 0) as "Belum selesai",
    extract(epoch from now() - min(oldest_requested_at)) as "Terlama"
from reporting.open_redemption
"""

STANDING = f"""
select name as "Kecamatan", phase as "Tahap", phase_since as "Sejak",
    registered_members as "Terdaftar", registered_target as "Sasaran terdaftar",
    registered_percent as "Capaian terdaftar",
    active_members as "Aktif", active_target as "Sasaran aktif", active_percent as "Capaian aktif",
    weight_kg as "Berat", weight_kg_target as "Sasaran berat", weight_percent as "Capaian berat",
    deposits as "Setoran", registered_percent_of_population as "Terdaftar per penduduk"
from reporting.standing where quarter = {QUARTER}
order by least(registered_percent, active_percent, weight_percent) nulls last, position
"""  # noqa: S608 - one expression of our own

CLASSES = """
select starts_at as time, class_name as metric, sum(grams) / 1000.0 as "kg"
from reporting.daily_class where $__timeFilter(starts_at)
group by 1, 2 order by 1, 2
"""

DEPOSITS = """
select starts_at as time, coalesce(name, subdistrict_code) as metric, sum(deposits) as "setoran"
from reporting.daily where $__timeFilter(starts_at) and deposits <> 0
group by 1, 2 order by 1, 2
"""

RUPIAH = """
select starts_at as time, sum(credited_rupiah) as "Dikreditkan", sum(redeemed_rupiah) as "Ditukarkan"
from reporting.daily where $__timeFilter(starts_at) and (credited_rupiah <> 0 or redeemed_rupiah <> 0)
group by 1 order by 1
"""

REDEMPTIONS = """
select day as "Hari", coalesce(name, subdistrict_code) as "Kecamatan", delivered as "Berhasil",
    delivered_late as "Berhasil terlambat", redeemed_rupiah as "Nilai",
    median_seconds as "Lama (tengah)", p95_seconds as "Lama (95%)", slowest_seconds as "Terlama"
from reporting.daily_redemption where $__timeFilter(starts_at)
order by day desc, name
"""

PHASES = """
select coalesce(name, subdistrict_code) as "Kecamatan", phase as "Tahap", since_on as "Berlaku sejak",
    loaded_at as "Dimuat", withdrawn_at as "Ditarik"
from reporting.phase_history
order by coalesce(withdrawn_at, loaded_at) desc, since_on desc, name
"""
