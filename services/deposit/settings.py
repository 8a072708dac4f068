"""What deposit is told from outside."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from shared.runtime.settings import ServiceSettings, door_of


class DepositSettings(ServiceSettings):
    """Read from `DEPOSIT_…` and the names that all services share."""

    model_config = SettingsConfigDict(env_prefix="DEPOSIT_", frozen=True, extra="ignore")

    port: int = Field(default=8402, ge=1, le=65_535)
    identity_url: str = door_of(
        "identity", 8401, "asked for the members of a waste bank, and for the keys that tablets sign with"
    )
    valuation_url: str = door_of("valuation", 8403, "a tablet's morning asks it for prices")
    payout_url: str = door_of("payout", 8405, "closing a day asks it what cash should be in the box")
    key_file: Path = Field(
        default=Path(".run/deposit.key"),
        description="Secrets, one a line, newest first; made when it is missing and nothing was sealed yet",
    )
    catalogue_folder: Path = Field(
        default=Path("deploy/catalogue"),
        description="items.yaml says of which class an item is, and what a piece or litre of it weighs",
    )
    waiting_hours: float = Field(
        default=24,
        gt=0,
        description="How long a deposit waits for its member before a person has to look at it",
    )
    waiting_check_seconds: float = Field(
        default=30, gt=0, description="How often overdue deposits are looked for"
    )
    pickup_grace_hours: float = Field(
        default=6,
        ge=0,
        description="How long after its day a pick-up may still be reported done before it is offered again",
    )
    pickup_check_seconds: float = Field(
        default=60, gt=0, description="How often missed pick-ups are looked for"
    )
    stock_check_seconds: float = Field(
        # What changed since is counted at the asking: this only bounds how much that is.
        default=300,
        gt=0,
        description="How often the sums behind the stock are brought up to date",
    )
    dispute_check_seconds: float = Field(
        default=30, gt=0, description="How often open and late disputes are counted for the gauges"
    )
