"""A broker that cannot say yet what a group has committed is asked again, instead of being taken to say "nothing".

Kafka answers so for a moment after it was away or stood still, while it loads what groups have committed: with an error
for the whole answer and no places in it. aiokafka 0.14 reads the places alone, and takes their absence for a group that
has never committed: its consumers would begin at the oldest record, and we would call everything before the next one
lost.
"""

from typing import Any

from aiokafka.consumer.group_coordinator import GroupCoordinator
from aiokafka.errors import GroupLoadInProgressError, for_code
from aiokafka.protocol.commit import OffsetFetchResponse_v2, OffsetFetchResponse_v3

_ask = GroupCoordinator._send_req  # noqa: SLF001 - the library has no other place for it


async def _ask_and_look(self: GroupCoordinator, request: Any) -> Any:
    response = await _ask(self, request)
    if isinstance(response, OffsetFetchResponse_v2 | OffsetFetchResponse_v3) and response.error_code:
        error = for_code(response.error_code)
        if error is not GroupLoadInProgressError:
            self.coordinator_dead()  # somebody else may be it by now
        raise error
    return response


def heed_loading() -> None:
    """Have every consumer of this process heed it; whoever asked waits a moment and asks again. May be repeated."""
    GroupCoordinator._send_req = _ask_and_look  # noqa: SLF001
