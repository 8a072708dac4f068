"""What tells a call of the operator's app from anything else that a browser may send."""

from fastapi import Depends, Request

from shared.runtime.problems import Problem

API = "/petugas/api"
HEADER = "x-timbang"
WORD = "petugas"


async def _demand_header(request: Request) -> None:
    # No form and no page of another site can send a header of its own without asking us first.
    if request.headers.get(HEADER) != WORD:
        raise Problem("not_from_here")


from_the_app = Depends(_demand_header)
