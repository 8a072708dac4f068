"""The faces that somebody can be signed in to, each with its own cookie, path and sign-in page."""

from enum import Enum
from typing import Literal, NamedTuple

SameSite = Literal["strict", "lax"]


class FaceWords(NamedTuple):
    """The cookie's name, where it is sent, when it is not sent from elsewhere, and where one signs in."""

    cookie: str
    path: str
    same_site: SameSite
    sign_in: str


class Face(Enum):
    """Who is meant: a resident, staff, an operator on a tablet, or a resident at that operator's counter."""

    RESIDENT = FaceWords("warga", "/", "lax", "/masuk")
    STAFF = FaceWords("kantor", "/kantor", "strict", "/kantor/masuk")
    OPERATOR = FaceWords("petugas", "/petugas", "strict", "/petugas")
    COUNTER = FaceWords("loket", "/petugas/api/loket", "strict", "/petugas")


class Kept(Enum):
    """What a browser keeps beside a session, for a year: the secret that makes it known to identity."""

    TABLET = FaceWords("tablet", "/petugas", "strict", "/petugas")
    PHONE = FaceWords("perangkat", "/", "lax", "/masuk")
    OFFICE = FaceWords("perangkat_kantor", "/kantor", "strict", "/kantor/masuk")


DEVICE_OF = {
    Face.RESIDENT: Kept.PHONE,
    Face.STAFF: Kept.OFFICE,
    Face.OPERATOR: Kept.TABLET,
    Face.COUNTER: Kept.TABLET,
}


def face_of(path: str) -> Face:
    """The face to which an address belongs."""
    if _below(path, "/kantor"):
        return Face.STAFF
    if _below(path, "/petugas"):
        return Face.OPERATOR
    return Face.RESIDENT


def _below(path: str, root: str) -> bool:
    return path == root or path.startswith(f"{root}/")
