"""What the sandbox can be told by its environment; every delay and every limit is one of these."""

from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

HERE = Path(__file__).parent


class SandboxSettings(BaseSettings):
    """Settings read from `SANDBOX_…`. Times are seconds of the sandbox's own clock, money is rupiah."""

    model_config = SettingsConfigDict(env_prefix="SANDBOX_", extra="ignore", use_attribute_docstrings=True)

    host: str = "127.0.0.1"
    """The address that the door listens on."""
    port: int = Field(default=8407, ge=1, le=65535)
    """The port that the door listens on."""
    log_level: str = "info"
    """debug, info, warning or error."""

    file: Path = Field(
        default=Path(".run/sandbox.sqlite3"), description="Where the sandbox keeps all it sold."
    )
    products_file: Path = Field(default=HERE / "products.yaml", description="What it sells, at which price.")
    clock_file: Path | None = Field(
        default=None, description="A file with whole seconds by which the clock is moved; may be shared."
    )

    username: str = "timbang"
    """The buyer's name."""
    api_key: SecretStr = SecretStr("dev-timbang-sandbox")
    """The buyer's key, with which requests must be signed."""
    allowed_addresses: str = Field(default="", description="Comma-separated buyers' IPs; empty lets all in.")
    webhook_url: str = Field(default="", description="Where changes are told; empty tells nobody.")
    webhook_secret: SecretStr = SecretStr("")
    """What webhooks are signed with; without one they are not."""
    webhook_id: str = "timbang"
    """The id under which the buyer may ask for a ping."""

    opening_float_rupiah: int = Field(default=25_000_000, ge=0)
    """The buyer's float when the file is new."""
    control: bool = Field(default=False, description="Opens /_control/, which moves money and time.")

    throttles: bool = Field(default=True, description="Codes 83, 85 and 86 for callers that ask too often.")
    price_list_gap_seconds: int = 300
    """How often the whole price list may be asked for."""
    price_one_gap_seconds: int = 1
    """How often the price of one article may be asked for."""
    transactions_per_minute: int = 600
    """How many purchases a minute are taken."""
    inquiries_per_minute: int = 60
    """How many meter inquiries a minute are answered."""

    pending_seconds: float = Field(default=30.0, ge=0, description="How long a pending sale stays pending.")
    late_seconds: float = Field(
        default=1800.0, ge=0, description="When a failed sale turns out sold after all."
    )
    reversal_seconds: float = Field(default=60.0, ge=0, description="When a sold one is taken back (74).")
    slow_seconds: float = Field(
        default=45.0, ge=0, description="How long a slow answer keeps its caller waiting."
    )
    webhook_late_seconds: float = Field(default=120.0, ge=0, description="How late a late webhook is.")
    tick_seconds: float = Field(
        default=0.1, gt=0, description="How often due turns and webhooks are looked for."
    )
