"""What adoption is told from outside: how often it folds its figures and publishes its gauges."""

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from shared.runtime.settings import ServiceSettings


class AdoptionSettings(ServiceSettings):
    """Read from `ADOPTION_…`."""

    model_config = SettingsConfigDict(env_prefix="ADOPTION_", frozen=True, extra="ignore")

    port: int = Field(default=8406, ge=1, le=65_535)
    fold_seconds: float = Field(
        default=5,
        ge=0.1,
        le=600,
        description="how often what consumers added is folded into the figures by day",
    )
    gauges_seconds: float = Field(
        default=15, ge=0.5, le=600, description="how often the business gauges are counted anew"
    )
