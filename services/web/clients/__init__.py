"""The doors of the other services, as pages and the gateway use them.

    door = doors_of(request).of(session)            # with the session's token, in the reader's language
    door = doors_of(request).anonymous(request)     # without a token
    balance = await door.get("wallet", "/v1/balance", member_id=str(session.member_id))
    made = await door.post("payout", "/v1/redemptions", {"quote_id": ...}, headers={"Idempotency-Key": key})

Both raise `Refused` (the other service said no: `.code`, `.detail`, `.status`, `.parameters`, `.errors`) and `Silent`
(no answer, or one that says nothing: the change may have happened). Pages need to catch only what they can explain
better; everything else becomes the problem page.
"""

from starlette.requests import Request

from services.web.clients.doors import Answer, Door, Doors, Passed, Refused, Silent

__all__ = ["Answer", "Door", "Doors", "Passed", "Refused", "Silent", "doors_of"]


def doors_of(request: Request) -> Doors:
    """The doors of the other services."""
    found: Doors = request.app.state.means.doors
    return found
