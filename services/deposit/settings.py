"""What deposit is told from outside."""

from pydantic import AliasChoices, Field
from pydantic_settings import SettingsConfigDict

from shared.runtime.settings import ServiceSettings


class DepositSettings(ServiceSettings):
    """Read from `DEPOSIT_…` and the names that all services share."""

    model_config = SettingsConfigDict(env_prefix="DEPOSIT_", frozen=True, extra="ignore")

    port: int = Field(default=8402, ge=1, le=65_535)
    identity_url: str = Field(
        default="http://127.0.0.1:8401",
        description="identity's door: a tablet's morning asks it for the members of a waste bank",
        validation_alias=AliasChoices("IDENTITY_URL"),
    )
    valuation_url: str = Field(
        default="http://127.0.0.1:8403",
        description="valuation's door: a tablet's morning asks it for prices",
        validation_alias=AliasChoices("VALUATION_URL"),
    )
    waiting_hours: float = Field(
        default=24,
        gt=0,
        description="How long a deposit waits for its member before a person has to look at it",
    )
    waiting_check_seconds: float = Field(
        default=30, gt=0, description="How often overdue deposits are looked for"
    )
