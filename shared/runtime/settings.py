"""What every service is told from outside. Each service adds its own in its settings.py, under its own prefix."""

from pathlib import Path
from typing import Any

from pydantic import AliasChoices, Field
from pydantic_settings import BaseSettings, SettingsConfigDict


def door_of(service: str, port: int, words: str) -> Any:
    """Where another service's door is: `<SERVICE>_URL`, the same for all who ask it; by default on this machine."""
    return Field(
        default=f"http://127.0.0.1:{port}",
        description=f"{service}'s door: {words}",
        validation_alias=AliasChoices(f"{service.upper()}_URL"),
    )


class DoorSettings(BaseSettings):
    """Of every service with a door. From the environment: `<SERVICE>_…` for one, the unprefixed names for all."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore")

    host: str = Field(default="127.0.0.1", description="the address that the door listens on")
    port: int = Field(ge=1, le=65_535, description="the port that the door listens on")

    trusted_proxies: str = Field(
        default="127.0.0.1,::1",
        description="addresses or networks, by comma, whose X-Forwarded-For is believed: web, and the proxy before it; "
        "sign-ins are counted by the address that is found so",
        validation_alias=AliasChoices("TRUSTED_PROXIES"),
    )

    jwks_url: str = Field(
        default="http://127.0.0.1:8401/v1/jwks",
        description="where identity publishes the keys that tokens are verified with",
        validation_alias=AliasChoices("JWKS_URL"),
    )
    token_issuer: str = Field(
        default="timbang",
        description="who must have signed a token; the same for all services",
        validation_alias=AliasChoices("TOKEN_ISSUER"),
    )
    rollout_path: Path = Field(
        default=Path("deploy/rollout/deli-serdang.yaml"),
        description="the file that opens sub-districts; an edit is taken up while running",
        validation_alias=AliasChoices("ROLLOUT_PATH"),
    )
    log_level: str = Field(
        default="INFO",
        description="DEBUG, INFO, WARNING or ERROR",
        validation_alias=AliasChoices("LOG_LEVEL"),
    )
    request_bytes_max: int = Field(
        # Tablets send up to 500 deposits of 60 lines at once; nothing larger is honest.
        default=4_194_304,
        description="a larger request is refused before it is read",
        validation_alias=AliasChoices("REQUEST_BYTES_MAX"),
    )


class ServiceSettings(DoorSettings):
    """Of every service that keeps something: its database, and the Kafka it hears and speaks through."""

    database_url: str = Field(
        description="postgresql://user:password@host:port/database of this service alone"
    )
    pool_connections_max: int = Field(
        default=12, ge=2, le=200, description="how many connections to the database one process may hold"
    )

    kafka_bootstrap_servers: str = Field(
        default="127.0.0.1:8492",
        description="Kafka's addresses, `host:port` by comma",
        validation_alias=AliasChoices("KAFKA_BOOTSTRAP_SERVERS"),
    )
    topic_prefix: str = Field(
        default="",
        description="put before every topic and group, so that several systems may share one Kafka",
        validation_alias=AliasChoices("TOPIC_PREFIX"),
    )
