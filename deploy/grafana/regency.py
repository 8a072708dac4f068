"""The dashboard "Ringkasan Kabupaten" answers one question: which sub-districts are on target.

`python -m deploy.grafana` writes the JSON that stands beside this; a test fails when the two differ.
"""

from grafana_foundation_sdk.builders import common as common_builders
from grafana_foundation_sdk.builders import dashboard as builders
from grafana_foundation_sdk.builders import table
from grafana_foundation_sdk.models import common
from grafana_foundation_sdk.models.dashboard import (
    Dashboard,
    DashboardCursorSync,
    GridPos,
    Threshold,
    ThresholdsMode,
    ValueMap,
    ValueMappingResult,
)

from deploy.grafana import field_day, queries
from deploy.grafana.parts import RUPIAH, Panel, chart, figure, setting, table_of
from deploy.grafana.sql import sql_source

UID = "timbang-ringkasan-kabupaten"
TITLE = "Ringkasan Kabupaten"
PHASES = {
    "planned": ("direncanakan", "text"),
    "preparing": ("persiapan", "yellow"),
    "open": ("buka", "green"),
    "paused": ("dihentikan sementara", "orange"),
    "closed": ("ditutup", "red"),
}
NO_TARGET = "belum ada sasaran"
NO_DENOMINATOR = "jumlah penduduk belum ada"
# Below 60 % of the target red, below 90 % yellow.
STEPS = ((None, "red"), (60.0, "yellow"), (90.0, "green"))


def build() -> Dashboard:
    """The dashboard: twelve panels and a row of services on a grid of 24 columns, with fixed ids and places."""
    board = (
        builders.Dashboard(TITLE)
        .uid(UID)
        .description(
            "Capaian semua kecamatan terhadap sasaran triwulan, dihitung menurut hari penimbangan (WIB)."
        )
        .tags(["timbang"])
        .readonly()
        .timezone("Asia/Jakarta")
        .time("now-30d", "now")
        .refresh("1m")
        .tooltip(DashboardCursorSync.CROSSHAIR)
    )
    for number, panel in enumerate((*_figures(), *_tables_and_charts()), start=1):
        board = board.with_panel(panel.id(number).datasource(sql_source()))
    board = board.with_row(builders.Row(field_day.TITLE).id(100).grid_pos(GridPos(1, 24, 0, 50)))
    for number, panel in enumerate(field_day.panels(51), start=101):
        board = board.with_panel(panel.id(number).datasource(sql_source()))
    return board.build()


def _figures() -> list[Panel]:
    return [
        figure("Kelengkapan data", queries.COMPLETENESS, "string", GridPos(4, 24, 0, 0))
        .description(
            "Sampai kapan semua tablet yang dipakai dalam 30 hari terakhir sudah mengirim. Angka setelah saat itu "
            "masih dapat bertambah, dan bertambahnya pada hari penimbangan."
        )
        .reduce_options(common_builders.ReduceDataOptions().calcs(["lastNotNull"]).fields("/.*/"))
        .text_mode(common.BigValueTextMode.VALUE),
        figure("Nasabah terdaftar", queries.REGISTERED, "short", GridPos(4, 5, 0, 4)).description(
            "Semua nasabah yang terdaftar sampai akhir triwulan yang dipilih."
        ),
        figure("Nasabah aktif (90 hari)", queries.ACTIVE, "short", GridPos(4, 5, 5, 4)).description(
            "Nasabah yang menyetor sekali atau lebih dalam 90 hari terakhir; setoran yang dibatalkan tidak dihitung."
        ),
        figure("Berat triwulan ini", queries.WEIGHT, "masskg", GridPos(4, 5, 10, 4))
        .decimals(1)
        .description("Berat yang sudah dinilai; buah dan liter memakai taksiran untuk laporan."),
        figure("Saldo nasabah", queries.OWED, RUPIAH, GridPos(4, 5, 15, 4))
        .decimals(0)
        .description(
            "Semua saldo yang menjadi kewajiban program, bagiannya yang ditahan untuk penukaran, dan yang pindah dari "
            "buku tabungan kertas."
        ),
        figure("Penukaran belum selesai", queries.OPEN, "short", GridPos(4, 4, 20, 4))
        .override_by_name("Terlama", [setting("unit", "s")])
        .description(
            "Penukaran yang diminta tetapi belum berhasil, gagal, atau ditolak; dan umur yang terlama."
        ),
    ]


def _tables_and_charts() -> list[Panel]:
    return [
        _standing(),
        chart("Berat per golongan sampah", queries.CLASSES, "masskg", GridPos(9, 12, 0, 24)).description(
            "Menurut hari penimbangan dan golongan komposisi SIPSN; kiriman terlambat menambah hari penimbangannya."
        ),
        chart("Setoran per hari", queries.DEPOSITS, "short", GridPos(9, 12, 12, 24)).description(
            "Setoran menurut hari penimbangan; yang dibatalkan mengurangi hari itu."
        ),
        chart("Rupiah dikreditkan dan ditukarkan", queries.RUPIAH, RUPIAH, GridPos(9, 12, 0, 33))
        .stacking(common_builders.StackingConfig().mode(common.StackingMode.NONE))
        .description("Kredit menurut hari penimbangan; penukaran menurut hari berhasilnya."),
        table_of("Penukaran berhasil dan lamanya", queries.REDEMPTIONS, GridPos(9, 12, 12, 33))
        .override_by_name("Nilai", [setting("unit", RUPIAH), setting("decimals", 0)])
        .override_by_regexp("Lama.*|Terlama", [setting("unit", "s")])
        .override_by_name("Hari", [setting("unit", "time:DD-MM-YYYY")])
        .description(
            "Per hari berhasilnya: berapa penukaran, berapa nilainya, dan berapa lama sejak diminta."
        ),
        table_of("Riwayat tahap peluncuran", queries.PHASES, GridPos(8, 24, 0, 42))
        .override_by_name("Tahap", [setting("mappings", [_phases()])])
        .override_by_regexp("Berlaku sejak", [setting("unit", "time:DD-MM-YYYY")])
        .override_by_regexp("Dimuat|Ditarik", [setting("unit", "time:DD-MM-YYYY HH:mm")])
        .description(
            "Tahap setiap kecamatan, sejak kapan berlaku, dan kapan berkas peluncuran yang memuatnya dibaca."
        ),
    ]


def _standing() -> table.Panel:
    panel = table_of(
        "Sasaran dan capaian per kecamatan", queries.STANDING, GridPos(16, 24, 0, 8)
    ).description(
        "Semua kecamatan, yang terjauh di bawah sasaran lebih dahulu. Tanpa sasaran atau jumlah penduduk tidak ada "
        "persentase: bukan nol."
    )
    for measure in ("terdaftar", "aktif", "berat"):
        panel = panel.override_by_name(
            f"Capaian {measure}",
            [
                setting("unit", "percent"),
                setting("decimals", 0),
                setting("min", 0),
                setting("max", 100),
                setting("noValue", NO_TARGET),
                setting("custom.cellOptions", {"type": "gauge", "mode": "basic", "valueDisplayMode": "text"}),
            ],
        ).override_by_name(f"Sasaran {measure}", [setting("noValue", NO_TARGET)])
    return (
        panel.override_by_name("Tahap", [setting("mappings", [_phases()])])
        .override_by_regexp("Berat|Sasaran berat", [setting("unit", "masskg"), setting("decimals", 1)])
        .override_by_name("Sejak", [setting("unit", "time:DD-MM-YYYY")])
        .override_by_name(
            "Terdaftar per penduduk",
            [setting("unit", "percent"), setting("decimals", 2), setting("noValue", NO_DENOMINATOR)],
        )
        .thresholds(_steps())
    )


def _phases() -> ValueMap:
    return ValueMap(
        {
            phase: ValueMappingResult(text=words, color=color, index=index)
            for index, (phase, (words, color)) in enumerate(PHASES.items())
        }
    )


def _steps() -> builders.ThresholdsConfig:
    return (
        builders.ThresholdsConfig()
        .mode(ThresholdsMode.ABSOLUTE)
        .steps([Threshold(value, color) for value, color in STEPS])
    )
