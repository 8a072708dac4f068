"""What deposit is told from outside."""

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from shared.runtime.settings import ServiceSettings


class DepositSettings(ServiceSettings):
    """Read from `DEPOSIT_…` and the names that all services share."""

    model_config = SettingsConfigDict(env_prefix="DEPOSIT_", frozen=True, extra="ignore")

    port: int = Field(default=8402, ge=1, le=65_535)
    waiting_hours: float = Field(
        default=24,
        gt=0,
        description="How long a deposit waits for its member before a person has to look at it",
    )
    waiting_check_seconds: float = Field(
        default=30, gt=0, description="How often overdue deposits are looked for"
    )
