"""One sign-in with a PIN, from its turn to its outcome, which is counted whatever it is."""

from services.identity.api.means import Means, refuse_locked
from services.identity.api.turning import count_wrong, turn_to_sign_in
from services.identity.domain.refusals import Refusal
from services.identity.workflows import phone_sign_in, sign_in
from services.identity.workflows.guessing import Locked
from services.identity.workflows.metrics import SIGN_INS
from services.identity.workflows.sign_in import Begun, Shown, Welcome
from services.identity.workflows.turns import Asker
from shared.runtime.problems import Problem

_WRONG = (Refusal.WRONG_CODE_OR_PIN, Refusal.WRONG_PHONE_OR_PIN)


async def sign_in_with(means: Means, shown: Shown, pin: str, place: Asker) -> Welcome:
    """Wait for one's turn, and sign in. Raises Problem."""
    asker = await _asker(means, shown, place)
    async with turn_to_sign_in(means, asker):
        by = _by_code if shown.phone is None else _by_phone
        outcome, counted = await by(means, shown, pin)
        SIGN_INS.labels(counted).inc()
        if outcome in _WRONG:
            count_wrong(means, asker)
    if isinstance(outcome, Problem):
        raise outcome
    if isinstance(outcome, Refusal):
        raise Problem(outcome.value)
    return outcome


async def _asker(means: Means, shown: Shown, place: Asker) -> Asker:
    if shown.tablet_secret is None and shown.device_token is None:
        return place
    async with means.database.reading() as tx:
        return await sign_in.recognise(tx, shown, place)


async def _by_code(means: Means, shown: Shown, pin: str) -> tuple[Welcome | Refusal | Problem, str]:
    now = means.clock.now()
    async with means.database.transaction() as tx:
        begun = await sign_in.begin_sign_in(tx, means.sealer, shown, now)
    if isinstance(begun, Locked):
        return refuse_locked(Refusal.SIGN_IN_LOCKED, begun, now), "locked"
    right = await means.pins.matches(begun.credential.pin_hash if isinstance(begun, Begun) else None, pin)
    if not isinstance(begun, Begun):
        return Refusal.WRONG_CODE_OR_PIN, begun.value
    if not right:
        return Refusal.WRONG_CODE_OR_PIN, "wrong"
    async with means.database.transaction() as tx:
        return _told(await sign_in.finish_sign_in(tx, means.issuing(), begun, shown, means.clock.now()))


async def _by_phone(means: Means, shown: Shown, pin: str) -> tuple[Welcome | Refusal | Problem, str]:
    now = means.clock.now()
    async with means.database.transaction() as tx:
        tried = await phone_sign_in.begin_by_phone(tx, means.sealer, shown, now)
    if isinstance(tried, Locked):
        return refuse_locked(Refusal.PHONE_SIGN_IN_LOCKED, tried, now), "locked"
    if not tried:
        await means.pins.matches(None, pin)
        return Refusal.WRONG_PHONE_OR_PIN, "unknown"
    right = [each for each in tried if await means.pins.matches(each.credential.pin_hash, pin)]
    async with means.database.transaction() as tx:
        return _told(
            await phone_sign_in.finish_by_phone(tx, means.issuing(), tried, right, shown, means.clock.now())
        )


def _told(outcome: Welcome | Refusal) -> tuple[Welcome | Refusal | Problem, str]:
    return outcome, "wrong" if isinstance(outcome, Refusal) else "right"
