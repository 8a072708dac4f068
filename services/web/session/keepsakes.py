"""A tablet that lost its cookie is known again: by a keepsake that it cannot read, and a signature that only it makes.

Browsers write cookies down half a minute late; a tablet whose battery is pulled before that would be nobody. What it
stores durably is the cookie's content under our seal, together with the key with which this tablet signs. A script that
carries the keepsake away gains nothing: without the key, which no script can take out of the browser, it opens nothing.
"""

import base64
import binascii
import json
import secrets
from datetime import datetime, timedelta
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from shared.kernel.clock import Clock
from shared.runtime.sealing import SealBrokenError, Sealer

# What is signed begins with this, so that it can never be taken for a weighing, and a weighing never for it.
MARK = "TMT1"
CHALLENGE_LASTS = timedelta(minutes=2)
_SIGNATURE_BYTES = 64
_KEEPSAKE = "tablet|keepsake|value"
_CHALLENGE = "tablet|challenge|value"

Answer = dict[str, Any]


class Keepsakes:
    """Makes keepsakes and challenges, and says which tablet stands behind both. Nothing of it is remembered here."""

    def __init__(self, sealer: Sealer, clock: Clock) -> None:
        self._sealer = sealer
        self._clock = clock

    def make(self, tablet: Answer, public_key: str) -> str:
        """What the tablet may store: everything that makes it known, sealed, for the holder of that key alone."""
        return self._sealed({"tablet": tablet, "public_key": public_key}, _KEEPSAKE)

    def challenge(self) -> str:
        """Something new to be signed within two minutes."""
        until = self._clock.now() + CHALLENGE_LASTS
        return self._sealed({"until": until.isoformat(), "once": secrets.token_urlsafe(16)}, _CHALLENGE)

    def tablet(self, keepsake: str, challenge: str, signature: str) -> Answer | None:
        """The tablet that the keepsake is of, if it signed a challenge of ours just now; None otherwise."""
        kept, asked = self._opened(keepsake, _KEEPSAKE), self._opened(challenge, _CHALLENGE)
        if kept is None or asked is None or datetime.fromisoformat(asked["until"]) < self._clock.now():
            return None
        tablet: Answer = kept["tablet"]
        return tablet if _signed(kept["public_key"], f"{MARK}.{challenge}", signature) else None

    def _sealed(self, value: Answer, place: str) -> str:
        raw = self._sealer.seal(json.dumps(value, separators=(",", ":")), place)
        return base64.urlsafe_b64encode(raw).decode().rstrip("=")

    def _opened(self, text: str, place: str) -> Answer | None:
        raw = _bytes(text)
        if raw is None:
            return None
        try:
            found: Answer = json.loads(self._sealer.open(raw, place))
        except (SealBrokenError, ValueError):
            return None
        return found


def _signed(public_key: str, text: str, signature: str) -> bool:
    point, both = _bytes(public_key), _bytes(signature)
    if point is None or both is None or len(both) != _SIGNATURE_BYTES:
        return False
    half = _SIGNATURE_BYTES // 2
    try:
        key = EllipticCurvePublicKey.from_encoded_point(SECP256R1(), point)
        parts = encode_dss_signature(int.from_bytes(both[:half]), int.from_bytes(both[half:]))
        key.verify(parts, text.encode(), ECDSA(SHA256()))
    except (InvalidSignature, ValueError):
        return False
    return True


def _bytes(text: str) -> bytes | None:
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        return None
