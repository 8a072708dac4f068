"""Whether all partitions that a group listens to are somebody's, asked before one of its members comes back.

Kafka gives a member that comes back under its own name the share that it had, and has nobody share anew. If a topic was
not there when shares were last given out, because somebody had deleted it, its partitions stay nobody's after it was
made again, through every restart.
"""

from collections.abc import Sequence

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.coordinator.protocol import ConsumerProtocolMemberAssignment, ConsumerProtocolMemberMetadata


async def all_are_given_out(bootstrap_servers: str, group: str, topics: Sequence[str]) -> bool:
    """True unless the group has settled and left a partition to nobody. Raises KafkaError."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap_servers)
    try:
        await admin.start()
        wanted = {
            (topic["topic"], partition["partition"])
            for topic in await admin.describe_topics(list(topics))
            for partition in topic["partitions"]
        }
        (answer,) = await admin.describe_consumer_groups([group])
    finally:
        await admin.close()
    _, _, state, _, _, members, *_ = answer.groups[0]
    if state != "Stable":  # they are sharing out now, or whoever joins first will
        return True
    # A topic of which nobody knows yet comes with a new release, and has them share anew by itself.
    known = {
        topic
        for _, _, _, wishes, *_ in members
        if wishes
        for topic in ConsumerProtocolMemberMetadata.decode(wishes).subscription
    }
    given = {
        (topic, partition)
        for _, _, _, _, share, *_ in members
        if share
        for topic, partitions in ConsumerProtocolMemberAssignment.decode(share).assignment
        for partition in partitions
    }
    return {place for place in wanted if place[0] in known} <= given
