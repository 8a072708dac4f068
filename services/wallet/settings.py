"""What wallet is told from outside."""

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from shared.runtime.settings import ServiceSettings


class WalletSettings(ServiceSettings):
    """Read from `WALLET_…` and the shared names."""

    model_config = SettingsConfigDict(env_prefix="WALLET_", frozen=True, extra="ignore")

    port: int = Field(default=8404, ge=1, le=65_535)
    check_seconds: float = Field(
        default=15,
        gt=0,
        description="how often the ledger's gauges are computed; summing all entries takes at most 1 % of the time",
    )
