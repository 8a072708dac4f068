"""The dashboard "Ringkasan Kabupaten" answers one question: which sub-districts are on target.

`python -m deploy.grafana` writes the JSON that stands beside this; a test fails when the two differ.
"""

from typing import Any

from grafana_foundation_sdk.builders import common as common_builders
from grafana_foundation_sdk.builders import dashboard as builders
from grafana_foundation_sdk.builders import stat, table, timeseries
from grafana_foundation_sdk.models import common
from grafana_foundation_sdk.models.dashboard import (
    Dashboard,
    DashboardCursorSync,
    DynamicConfigValue,
    GridPos,
    Threshold,
    ThresholdsMode,
    ValueMap,
    ValueMappingResult,
)

from deploy.grafana import queries
from deploy.grafana.sql import Format, SqlQuery, sql_source

UID = "timbang-ringkasan-kabupaten"
TITLE = "Ringkasan Kabupaten"
RUPIAH = "currencyIDR"
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

Panel = stat.Panel | table.Panel | timeseries.Panel


def build() -> Dashboard:
    """The dashboard: twelve panels on a grid of 24 columns, with fixed ids and places."""
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
    return board.build()


def _figures() -> list[Panel]:
    return [
        _figure("Kelengkapan data", queries.COMPLETENESS, "string", GridPos(4, 24, 0, 0))
        .description(
            "Sampai kapan semua tablet yang dipakai dalam 30 hari terakhir sudah mengirim. Angka setelah saat itu "
            "masih dapat bertambah, dan bertambahnya pada hari penimbangan."
        )
        .reduce_options(common_builders.ReduceDataOptions().calcs(["lastNotNull"]).fields("/.*/"))
        .text_mode(common.BigValueTextMode.VALUE),
        _figure("Nasabah terdaftar", queries.REGISTERED, "short", GridPos(4, 5, 0, 4)).description(
            "Semua nasabah yang terdaftar sampai akhir triwulan yang dipilih."
        ),
        _figure("Nasabah aktif (90 hari)", queries.ACTIVE, "short", GridPos(4, 5, 5, 4)).description(
            "Nasabah yang menyetor sekali atau lebih dalam 90 hari terakhir; setoran yang dibatalkan tidak dihitung."
        ),
        _figure("Berat triwulan ini", queries.WEIGHT, "masskg", GridPos(4, 5, 10, 4))
        .decimals(1)
        .description("Berat yang sudah dinilai; buah dan liter memakai taksiran untuk laporan."),
        _figure("Saldo nasabah", queries.OWED, RUPIAH, GridPos(4, 5, 15, 4))
        .decimals(0)
        .description(
            "Semua saldo yang menjadi kewajiban program, dan bagiannya yang ditahan untuk penukaran."
        ),
        _figure("Penukaran belum selesai", queries.OPEN, "short", GridPos(4, 4, 20, 4))
        .override_by_name("Terlama", [_property("unit", "s")])
        .description(
            "Penukaran yang diminta tetapi belum berhasil, gagal, atau ditolak; dan umur yang terlama."
        ),
    ]


def _tables_and_charts() -> list[Panel]:
    return [
        _standing(),
        _chart("Berat per golongan sampah", queries.CLASSES, "masskg", GridPos(9, 12, 0, 24)).description(
            "Menurut hari penimbangan dan golongan komposisi SIPSN; kiriman terlambat menambah hari penimbangannya."
        ),
        _chart("Setoran per hari", queries.DEPOSITS, "short", GridPos(9, 12, 12, 24)).description(
            "Setoran menurut hari penimbangan; yang dibatalkan mengurangi hari itu."
        ),
        _chart("Rupiah dikreditkan dan ditukarkan", queries.RUPIAH, RUPIAH, GridPos(9, 12, 0, 33))
        .stacking(common_builders.StackingConfig().mode(common.StackingMode.NONE))
        .description("Kredit menurut hari penimbangan; penukaran menurut hari berhasilnya."),
        _table("Penukaran berhasil dan lamanya", queries.REDEMPTIONS, GridPos(9, 12, 12, 33))
        .override_by_name("Nilai", [_property("unit", RUPIAH), _property("decimals", 0)])
        .override_by_regexp("Lama.*|Terlama", [_property("unit", "s")])
        .override_by_name("Hari", [_property("unit", "time:DD-MM-YYYY")])
        .description(
            "Per hari berhasilnya: berapa penukaran, berapa nilainya, dan berapa lama sejak diminta."
        ),
        _table("Riwayat tahap peluncuran", queries.PHASES, GridPos(8, 24, 0, 42))
        .override_by_name("Tahap", [_property("mappings", [_phases()])])
        .override_by_regexp("Berlaku sejak", [_property("unit", "time:DD-MM-YYYY")])
        .override_by_regexp("Dimuat|Ditarik", [_property("unit", "time:DD-MM-YYYY HH:mm")])
        .description(
            "Tahap setiap kecamatan, sejak kapan berlaku, dan kapan berkas peluncuran yang memuatnya dibaca."
        ),
    ]


def _standing() -> table.Panel:
    panel = _table("Sasaran dan capaian per kecamatan", queries.STANDING, GridPos(16, 24, 0, 8)).description(
        "Semua kecamatan, yang terjauh di bawah sasaran lebih dahulu. Tanpa sasaran atau jumlah penduduk tidak ada "
        "persentase: bukan nol."
    )
    for measure in ("terdaftar", "aktif", "berat"):
        panel = panel.override_by_name(
            f"Capaian {measure}",
            [
                _property("unit", "percent"),
                _property("decimals", 0),
                _property("min", 0),
                _property("max", 100),
                _property("noValue", NO_TARGET),
                _property(
                    "custom.cellOptions", {"type": "gauge", "mode": "basic", "valueDisplayMode": "text"}
                ),
            ],
        ).override_by_name(f"Sasaran {measure}", [_property("noValue", NO_TARGET)])
    return (
        panel.override_by_name("Tahap", [_property("mappings", [_phases()])])
        .override_by_regexp("Berat|Sasaran berat", [_property("unit", "masskg"), _property("decimals", 1)])
        .override_by_name("Sejak", [_property("unit", "time:DD-MM-YYYY")])
        .override_by_name(
            "Terdaftar per penduduk",
            [_property("unit", "percent"), _property("decimals", 2), _property("noValue", NO_DENOMINATOR)],
        )
        .thresholds(_steps())
    )


def _figure(title: str, sql: str, unit: str, place: GridPos) -> stat.Panel:
    return (
        stat.Panel()
        .title(title)
        .grid_pos(place)
        .unit(unit)
        .graph_mode(common.BigValueGraphMode.NONE)
        .color_mode(common.BigValueColorMode.NONE)
        .no_value("belum ada")
        .with_target(_query(sql, "table"))
    )


def _table(title: str, sql: str, place: GridPos) -> table.Panel:
    return (
        table.Panel()
        .title(title)
        .grid_pos(place)
        .unit("short")
        .no_value("-")
        .with_target(_query(sql, "table"))
    )


def _chart(title: str, sql: str, unit: str, place: GridPos) -> timeseries.Panel:
    """Bars by day. The legend is asked for: without it the SDK writes that none is shown."""
    return (
        timeseries.Panel()
        .title(title)
        .grid_pos(place)
        .unit(unit)
        .draw_style(common.GraphDrawStyle.BARS)
        .fill_opacity(70)
        .stacking(common_builders.StackingConfig().mode(common.StackingMode.NORMAL))
        .legend(
            common_builders.VizLegendOptions()
            .show_legend(True)  # noqa: FBT003 - the SDK's way
            .display_mode(common.LegendDisplayMode.LIST)
            .placement(common.LegendPlacement.BOTTOM)
        )
        .no_value("belum ada")
        .with_target(_query(sql, "time_series"))
    )


def _query(sql: str, shape: Format) -> SqlQuery:
    return SqlQuery(sql.strip(), shape)


def _property(name: str, value: Any) -> DynamicConfigValue:
    return DynamicConfigValue(name, value)


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
