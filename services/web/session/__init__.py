"""Who is signed in, kept in sealed cookies alone.

    session = await need_session(request, Face.RESIDENT)      # or the way to the sign-in page
    session = await find_session(request, Face.RESIDENT)      # or None
    sessions_of(request).start(request, Face.RESIDENT, token) # after identity's /v1/tokens; sets the cookie
    await sessions_of(request).end(request, Face.RESIDENT)    # signs out
    sessions_of(request).keep(request, Kept.PHONE, {"token": device_token}); sessions_of(request).kept(request, ...)

Nothing of it needs a response object: cookies are added to whatever answers the request.
"""

from uuid import UUID

from starlette.requests import Request

from services.web.session.faces import Face, Kept, face_of
from services.web.session.sessions import Session, Sessions, SignInNeededError
from shared.runtime.tokens import Tokens

__all__ = [
    "Face",
    "Kept",
    "Session",
    "Sessions",
    "SignInNeededError",
    "face_of",
    "find_session",
    "need_session",
    "sessions_of",
]


def sessions_of(request: Request) -> Sessions:
    """The sessions of this service."""
    found: Sessions = request.app.state.means.sessions
    return found


async def need_session(request: Request, face: Face) -> Session:
    """Who is signed in to this face; otherwise the page is answered with the way to sign in and back (`?ke=`).

    Pages ask other doors for all they show, and hear from those that a sign-in was ended elsewhere. The operator's app
    may ask nothing but who is signed in, so an operator who left, or whose tablet is lost, is told so here.
    """
    session = await sessions_of(request).need(request, face)
    tokens: Tokens = request.app.state.tokens
    if face is Face.OPERATOR and tokens.are_taken_back(UUID(session.session_id), session.tablet_id):
        sessions_of(request).forget(request, face)
        raise SignInNeededError(face)
    return session


async def find_session(request: Request, face: Face) -> Session | None:
    """Who is signed in to this face, or None."""
    return await sessions_of(request).find(request, face)
