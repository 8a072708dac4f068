"""What the web service is told from outside: where the other doors are, and where its one secret lies."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from shared.runtime.settings import DoorSettings, door_of


class WebSettings(DoorSettings):
    """Read from `WEB_…`; the addresses of the other doors from the names that all services share."""

    model_config = SettingsConfigDict(env_prefix="WEB_", frozen=True, extra="ignore")

    port: int = Field(default=8400, ge=1, le=65_535)
    public_url: str = Field(
        default="http://127.0.0.1:8400",
        description="the address that people type; with https, cookies travel encrypted only",
    )
    key_file: Path = Field(
        default=Path(".run/web.key"),
        description="Secrets that seal sessions into cookies, one a line, newest first; made when it is missing",
    )
    static_folder: Path = Field(
        default=Path(__file__).parent / "static", description="what `make web` built, as browsers load it"
    )
    demo_people_file: Path | None = Field(
        default=None,
        description="invented people whose codes and PINs /mulai shows; never set it where real people are",
    )
    grafana_url: str | None = Field(
        default=None, description="where the office's dashboards are; a link on /kantor if it is set"
    )
    door_seconds: float = Field(
        default=20.0, gt=0, le=60, description="how long another service may take before it counts as silent"
    )
    answer_bytes_max: int = Field(
        default=8_388_608, ge=65_536, description="a longer answer of another service is not passed on"
    )
    identity_url: str = door_of("identity", 8401, "people, cards, tablets and sign-in")
    deposit_url: str = door_of("deposit", 8402, "weighings, pick-ups and disputes about them")
    valuation_url: str = door_of("valuation", 8403, "prices")
    wallet_url: str = door_of("wallet", 8404, "balances and statements")
    payout_url: str = door_of("payout", 8405, "redemptions")
    adoption_url: str = door_of("adoption", 8406, "figures of the programme")

    def doors(self) -> dict[str, str]:
        """The address of every service that pages may ask, by its name."""
        return {
            "identity": self.identity_url,
            "deposit": self.deposit_url,
            "valuation": self.valuation_url,
            "wallet": self.wallet_url,
            "payout": self.payout_url,
            "adoption": self.adoption_url,
        }
