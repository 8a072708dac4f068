"""What every service is told from outside. Each service adds its own in its settings.py, under its own prefix."""

from pathlib import Path

from pydantic import AliasChoices, Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class ServiceSettings(BaseSettings):
    """Read from the environment: `<SERVICE>_…` for one service, the unprefixed names for all of them."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore")

    database_url: str = Field(
        description="postgresql://user:password@host:port/database of this service alone"
    )
    host: str = "127.0.0.1"
    port: int = Field(ge=1, le=65_535)
    pool_connections_max: int = Field(default=12, ge=2, le=200)

    kafka_bootstrap_servers: str = Field(
        default="127.0.0.1:8492", validation_alias=AliasChoices("KAFKA_BOOTSTRAP_SERVERS")
    )
    topic_prefix: str = Field(default="", validation_alias=AliasChoices("TOPIC_PREFIX"))
    jwks_url: str = Field(default="http://127.0.0.1:8401/v1/jwks", validation_alias=AliasChoices("JWKS_URL"))
    token_issuer: str = Field(default="timbang", validation_alias=AliasChoices("TOKEN_ISSUER"))
    rollout_path: Path = Field(
        default=Path("deploy/rollout/deli-serdang.yaml"), validation_alias=AliasChoices("ROLLOUT_PATH")
    )
    log_level: str = Field(default="INFO", validation_alias=AliasChoices("LOG_LEVEL"))
    # Tablets send up to 500 deposits of 60 lines at once; nothing larger is honest.
    request_bytes_max: int = Field(default=4_194_304, validation_alias=AliasChoices("REQUEST_BYTES_MAX"))
