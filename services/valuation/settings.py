"""What valuation is told from outside: where the catalogue and the first price lists lie."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from shared.runtime.settings import ServiceSettings


class ValuationSettings(ServiceSettings):
    """Read from `VALUATION_…`."""

    model_config = SettingsConfigDict(env_prefix="VALUATION_", frozen=True, extra="ignore")

    port: int = Field(default=8403, ge=1, le=65_535)
    catalogue_folder: Path = Field(
        default=Path("deploy/catalogue"), description="items.yaml and prices-*.yaml, taken up at every start"
    )
