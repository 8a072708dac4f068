"""A query in SQL: the one kind of target that the SDK has no class for."""

from dataclasses import dataclass
from typing import Literal

from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.cog.variants import Dataquery
from grafana_foundation_sdk.models.common import DataSourceRef

SQL_UID = "timbang-sql"
# The old name: Grafana 12 and newer take it as an alias, older ones know no other.
SQL_TYPE = "postgres"

Format = Literal["table", "time_series"]


def sql_source() -> DataSourceRef:
    """The data source that every SQL panel names, by its fixed uid."""
    return DataSourceRef(type_val=SQL_TYPE, uid=SQL_UID)


@dataclass
class SqlQuery(Dataquery, Builder[Dataquery]):
    """A target of the PostgreSQL data source, in the form that Grafana's own editor writes."""

    raw_sql: str
    format: Format = "table"
    ref_id: str = "A"

    def build(self) -> Dataquery:
        """Itself: there is nothing to assemble."""
        return self

    def to_json(self) -> dict[str, object]:
        """As it stands in the dashboard's JSON."""
        return {
            "refId": self.ref_id,
            "datasource": {"type": SQL_TYPE, "uid": SQL_UID},
            "editorMode": "code",
            "format": self.format,
            "rawQuery": True,
            "rawSql": self.raw_sql,
        }
