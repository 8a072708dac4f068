"""What payout can be told by its environment: where the biller is, how patient to be, and the keys of the safe."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, SecretStr
from pydantic_settings import NoDecode, SettingsConfigDict

from shared.runtime.settings import ServiceSettings


def _durations(value: Any) -> Any:
    """`60,120,300`: seconds, as a person writes them into the environment."""
    if isinstance(value, str):
        return tuple(timedelta(seconds=float(part)) for part in value.split(",") if part.strip())
    return value


Durations = Annotated[tuple[timedelta, ...], NoDecode, BeforeValidator(_durations)]
Seconds = Annotated[float, Field(ge=0)]


class PayoutSettings(ServiceSettings):
    """Read from `PAYOUT_…` and from the settings that all services share."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", env_prefix="PAYOUT_")

    port: int = Field(default=8405, ge=1, le=65_535)
    products_path: Path = Path("deploy/products/catalogue.yaml")
    clock_file: Path | None = Field(
        default=None,
        description="Whole seconds by which the clock is moved; for rehearsals with the sandbox only",
    )
    encryption_keys: SecretStr = Field(
        description="`id:key` pairs by comma, keys of 32 bytes in base64; the first one seals, all of them open"
    )

    digiflazz_url: str = "http://127.0.0.1:8407/v1"
    digiflazz_username: str = "timbang"
    digiflazz_api_key: SecretStr = SecretStr("")
    digiflazz_webhook_secret: SecretStr = SecretStr("")
    biller_connect_seconds: Seconds = 5
    biller_read_seconds: Seconds = 30

    # Digiflazz asks not to be asked about the same purchase more than once a minute.
    ask_gap_seconds: Seconds = 60
    poll_seconds: Durations = _durations("60,120,180,300,600,1200,1800")
    suspect_grace_seconds: Seconds = 600
    suspect_asks: int = Field(default=2, ge=1)
    review_after_seconds: Seconds = 86_400
    funds_seconds: Seconds = Field(default=300, description="How often to try again while the float is empty")
    watch_failed_seconds: Durations = _durations("3600,21600,86400")
    watch_delivered_seconds: Durations = _durations("86400")

    quote_seconds: Seconds = 300
    repeat_seconds: Seconds = Field(
        default=600, description="The same purchase again so soon needs a confirmation"
    )
    inquiries_an_hour: int = Field(default=20, ge=1)
    meter_known_seconds: Seconds = 86_400
    price_tolerance_rupiah: int = Field(default=500, ge=0)
    price_list_seconds: Seconds = 300
    price_list_retry_seconds: Seconds = 15
    offers_age_seconds_max: Seconds = 3600

    courier_purchases_at_once: int = Field(default=8, ge=1, le=64)
    courier_look_seconds: Annotated[float, Field(gt=0)] = 0.25
