"""The three kinds of panels that our dashboards are made of, with what all of them have in common."""

from typing import Any

from grafana_foundation_sdk.builders import common as common_builders
from grafana_foundation_sdk.builders import stat, table, timeseries
from grafana_foundation_sdk.models import common
from grafana_foundation_sdk.models.dashboard import DynamicConfigValue, GridPos

from deploy.grafana.sql import Format, SqlQuery

RUPIAH = "currencyIDR"
DAY, MINUTE = "time:DD-MM-YYYY", "time:DD-MM-YYYY HH:mm"

Panel = stat.Panel | table.Panel | timeseries.Panel


def figure(title: str, sql: str, unit: str, place: GridPos) -> stat.Panel:
    """Single numbers, as large as they fit."""
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


def table_of(title: str, sql: str, place: GridPos) -> table.Panel:
    """Rows, in the order of the query."""
    return (
        table.Panel()
        .title(title)
        .grid_pos(place)
        .unit("short")
        .no_value("-")
        .with_target(_query(sql, "table"))
    )


def chart(title: str, sql: str, unit: str, place: GridPos) -> timeseries.Panel:
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


def setting(name: str, value: Any) -> DynamicConfigValue:
    """One property of the fields that an override names."""
    return DynamicConfigValue(name, value)
