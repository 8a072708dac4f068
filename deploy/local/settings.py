"""Every choice about the embedded stack is one typed setting that an environment variable can change."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

REPOSITORY = Path(__file__).resolve().parents[2]


class LocalSettings(BaseSettings):
    """Where the embedded stack lives and on which ports of 127.0.0.1 it listens.

    `home` holds everything that one stack remembers (below `home/.run`); two stacks with different homes and
    ports run beside one another. `cache` holds what all of them share: Kafka's jars and its start-up cache.
    """

    model_config = SettingsConfigDict(env_prefix="TIMBANG_", extra="ignore", use_attribute_docstrings=True)

    home: Path = REPOSITORY
    """Everything that this stack remembers is below `.run` in it."""
    cache: Path = REPOSITORY / ".state"
    """Kafka's jars and its start-up cache; stacks may share it."""
    postgres_port: int = Field(8432, ge=1024, le=65535)
    """The embedded PostgreSQL's port."""
    kafka_port: int = Field(8492, ge=1024, le=65535)
    """The embedded Kafka's port."""
    kafka_controller_port: int = Field(8493, ge=1024, le=65535)
    """The port of its controller."""
    kafka_replication_factor: int = Field(1, ge=1)
    """Copies of each partition; more than one only where KAFKA_BOOTSTRAP_SERVERS names a cluster."""
    split: str = ""
    """Services (comma-separated) that run as three processes: door, consumers and relay."""
    start_seconds: float = 180
    """How long a start may take after everything is downloaded, before it counts as failed."""
