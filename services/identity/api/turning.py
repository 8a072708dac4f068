"""When a PIN is looked at: from where it is asked, whether that place still has patience, and when it is its turn."""

import contextlib
import time
from collections.abc import AsyncIterator
from ipaddress import IPv6Address, ip_address, ip_network
from math import ceil

from fastapi import Request

from services.identity.api.means import Means
from services.identity.workflows.metrics import SIGN_IN_WAIT_SECONDS, SIGN_INS
from services.identity.workflows.turns import AGAIN_SECONDS, Asker, TooManySignInsError
from shared.runtime.problems import Problem
from shared.runtime.tokens import Caller

# What one household or phone gets of IPv6: whoever has it has all addresses in it.
_IPV6_PLACE_BITS = 64


def place_of(request: Request) -> Asker:
    """From where a stranger asks, as far as `TRUSTED_PROXIES` let us know it truthfully.

    An address of this machine or of a private network may be a proxy that speaks for everybody: what is wrong from
    there is not counted together, or one of them could shut out all the others.
    """
    host = "" if request.client is None else request.client.host
    try:
        address = ip_address(host)
    except ValueError:
        return Asker(host)
    if isinstance(address, IPv6Address):
        address = address.ipv4_mapped or address
    if isinstance(address, IPv6Address):
        whole = ip_network((address.packed, _IPV6_PLACE_BITS), strict=False)
        return Asker(str(whole), counted=address.is_global)
    return Asker(str(address), counted=address.is_global)


def asker_of(who: Caller) -> Asker:
    """Somebody who is signed in."""
    return Asker(f"person {who.subject}", known=True)


@contextlib.asynccontextmanager
async def turn_to_sign_in(means: Means, asker: Asker) -> AsyncIterator[None]:
    """The turn of somebody who signs in. Raises Problem: sign_in_busy, too_many_wrong_sign_ins."""
    _refuse_impatiently(means, asker)
    begun = time.perf_counter()
    try:
        async with means.turns.turn(asker):
            SIGN_IN_WAIT_SECONDS.labels("known" if asker.known else "stranger").observe(
                time.perf_counter() - begun
            )
            # Others of the same place may have been wrong while this one waited.
            _refuse_impatiently(means, asker)
            yield
    except TooManySignInsError as error:
        raise _refusal("sign_in_busy", "busy", AGAIN_SECONDS) from error


@contextlib.asynccontextmanager
async def turn_at_work(means: Means, asker: Asker) -> AsyncIterator[None]:
    """The turn of somebody who is known already, to set or change a PIN. Raises Problem: try_again."""
    try:
        async with means.turns.turn(asker):
            yield
    except TooManySignInsError as error:
        raise Problem("try_again") from error


def count_wrong(means: Means, asker: Asker) -> None:
    """A PIN was looked at in vain."""
    if asker.counted:
        means.patience.count_wrong(asker.key)


def _refuse_impatiently(means: Means, asker: Asker) -> None:
    if not asker.counted:
        return
    seconds = means.patience.seconds_to_wait(asker.key)
    if seconds > 0:
        raise _refusal("too_many_wrong_sign_ins", "barred", ceil(seconds))


def _refusal(code: str, outcome: str, seconds: int) -> Problem:
    SIGN_INS.labels(outcome).inc()
    problem = Problem(code, seconds=seconds)
    problem.headers = {"Retry-After": str(seconds)}
    return problem
