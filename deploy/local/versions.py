"""Which programs the embedded stack is made of; nothing else names a version of them."""

from __future__ import annotations

KAFKA_VERSION = "4.3.1"
POSTGRES_MAJOR = 18

# The `!` makes jgo take each coordinate as it is. Without it every input is treated as a list of
# recommended versions, and log4j's own list silently swaps kafka-clients for an older one.
KAFKA_COORDINATES = (
    f"org.apache.kafka:kafka_2.13:{KAFKA_VERSION}!",
    "org.apache.logging.log4j:log4j-slf4j-impl:2.25.4!",
    f"org.apache.kafka:kafka-tools:{KAFKA_VERSION}!",
)
