"""What identity is told from outside: where its secret lies and how long a sign-in lasts."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from shared.runtime.settings import ServiceSettings, door_of


class IdentitySettings(ServiceSettings):
    """Read from `IDENTITY_…`."""

    model_config = SettingsConfigDict(env_prefix="IDENTITY_", frozen=True, extra="ignore")

    port: int = Field(default=8401, ge=1, le=65_535)
    wallet_url: str = door_of("wallet", 8404, "asked for the balance of whoever wants to leave")
    key_file: Path = Field(
        default=Path(".run/identity.key"),
        description="Secrets, one a line, newest first; made when it is missing and nothing was sealed yet",
    )
    member_token_minutes: int = Field(
        default=10, ge=1, le=60, description="how long a member's access token is good"
    )
    staff_token_minutes: int = Field(
        default=15, ge=1, le=240, description="how long the access token of staff without a tablet is good"
    )
    # A tablet signs in where there is a signal and sends at the end of the day where there is one again: a short token
    # would be no safer, because a revoked tablet is refused at once through the list of revocations.
    tablet_token_minutes: int = Field(
        default=720,
        ge=1,
        le=4_320,
        description="how long the access token of an operator on a tablet is good",
    )
    counter_token_minutes: int = Field(
        default=5, ge=1, le=60, description="how long a member is signed in with card and PIN at a counter"
    )
    member_session_days: int = Field(
        default=30, ge=1, le=90, description="how long a member's tokens can be refreshed without the PIN"
    )
    staff_session_hours: int = Field(
        default=12, ge=1, le=72, description="how long the tokens of staff can be refreshed without the PIN"
    )
    tablet_session_days: int = Field(
        default=30, ge=1, le=90, description="how long a tablet's tokens can be refreshed without the PIN"
    )
    jwks_max_age_seconds: int = Field(
        default=300,
        ge=0,
        le=86_400,
        description="for how long anybody may keep the public keys without asking",
    )
