"""Who may enter a door. Every route names its roles, or says that it is open to anyone."""

from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from shared.kernel.roles import Role
from shared.runtime.problems import Problem
from shared.runtime.tokens import Caller, InvalidTokenError, KeysUnavailableError, Tokens

bearer = HTTPBearer(auto_error=False, description="A token from identity, verified offline")


class allow:  # noqa: N801 - reads as a word in a route's signature
    """A dependency: the caller must have proved one of the roles. Declares the route's line in the role matrix."""

    def __init__(self, *roles: Role) -> None:
        self.roles = frozenset(roles)

    async def __call__(
        self, request: Request, given: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]
    ) -> Caller:
        """Who is asking. Raises Problem: sign_in_needed, not_allowed, try_again."""
        if given is None:
            raise _sign_in_needed()
        tokens: Tokens = request.app.state.tokens
        try:
            caller = await tokens.caller(given.credentials)
        except InvalidTokenError as error:
            raise _sign_in_needed() from error
        except KeysUnavailableError as error:
            raise Problem("try_again") from error
        if caller.role not in self.roles:
            raise Problem("not_allowed")
        return caller


async def anyone() -> None:
    """A dependency: the door is open to all, on purpose."""


def _sign_in_needed() -> Problem:
    problem = Problem("sign_in_needed")
    problem.headers = {"WWW-Authenticate": "Bearer"}
    return problem
