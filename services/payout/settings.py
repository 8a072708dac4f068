"""What payout can be told by its environment: where the biller is, how patient to be, and the key of the safe."""

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

    model_config = SettingsConfigDict(
        frozen=True, extra="ignore", use_attribute_docstrings=True, env_prefix="PAYOUT_"
    )

    port: int = Field(default=8405, ge=1, le=65_535)
    products_path: Path = Path("deploy/products/catalogue.yaml")
    """What can be had for credit, and its article number at the biller."""
    clock_file: Path | None = Field(
        default=None,
        description="Whole seconds by which the clock is moved; for rehearsals with the sandbox only",
    )
    key_file: Path = Field(
        default=Path(".run/payout.key"),
        description="Secrets, one a line, newest first; made when it is missing and nothing was sealed yet",
    )

    digiflazz_url: str = "http://127.0.0.1:8407/v1"
    """Digiflazz's address up to `/v1`; the default is the sandbox."""
    digiflazz_username: str = "timbang"
    """The account's name at Digiflazz."""
    digiflazz_api_key: SecretStr = SecretStr("")
    """The account's key; every request is signed with it."""
    digiflazz_webhook_secret: SecretStr = SecretStr("")
    """What Digiflazz signs its webhooks with; without one no webhook is taken."""
    biller_connect_seconds: Seconds = 5
    """How long a connection to the biller may take."""
    biller_read_seconds: Seconds = 30
    """How long the biller may take to answer; after that the outcome is unknown and is asked for."""

    # Digiflazz asks not to be asked about the same purchase more than once a minute.
    ask_gap_seconds: Seconds = 60
    """The least time between two questions about one purchase; Digiflazz asks for a minute."""
    poll_seconds: Durations = _durations("60,120,180,300,600,1200,1800")
    """The pauses between questions about an open purchase, in seconds by comma; the last one repeats."""
    suspect_grace_seconds: Seconds = 600
    """How long an official failure is doubted before the credit goes back."""
    suspect_asks: int = Field(default=2, ge=1)
    """How often the biller must repeat a failure before the credit goes back."""
    review_after_seconds: Seconds = 86_400
    """After how long without an end a person decides."""
    funds_seconds: Seconds = Field(default=300, description="How often to try again while the float is empty")
    watch_failed_seconds: Durations = _durations("3600,21600,86400")
    """When a failed purchase is asked about again, seconds by comma: it may turn out delivered."""
    watch_delivered_seconds: Durations = _durations("86400")
    """When a delivered purchase is asked about again, seconds by comma: it may be taken back."""

    hand_over_hours: Annotated[float, Field(gt=0, le=720)] = 72
    """For how long cash waits at the counter; not fetched by then, the credit goes back."""

    quote_seconds: Seconds = 300
    """How long a quoted price is good."""
    repeat_seconds: Seconds = Field(
        default=600, description="The same purchase again so soon needs a confirmation"
    )
    inquiries_an_hour: int = Field(default=20, ge=1)
    """How many meters one member may look up in an hour."""
    meter_known_seconds: Seconds = 86_400
    """How long a meter's owner is remembered."""
    price_tolerance_rupiah: int = Field(default=500, ge=0)
    """By how much the biller may have become dearer; it comes out of our fee."""
    price_list_seconds: Seconds = 300
    """How often the biller's price list is read."""
    price_list_retry_seconds: Seconds = 15
    """How soon it is read again after a failure."""
    offers_age_seconds_max: Seconds = 3600
    """A price that was read longer ago is not promised to anybody."""

    courier_purchases_at_once: int = Field(default=8, ge=1, le=64)
    """How many purchases one process has under way at a time."""
    courier_look_seconds: Annotated[float, Field(gt=0)] = 0.25
    """How often due purchases are looked for."""
