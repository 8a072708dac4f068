"""A tablet that signs what it weighs, as the app on it does."""

import base64
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from shared.kernel.ids import uuid7

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def url_text(raw: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def short(an_id: UUID | str) -> str:
    """An id as it stands in a signed text."""
    return url_text(UUID(str(an_id)).bytes)


def signed_text(
    weighing: dict[str, Any], tablet_id: UUID | str | None = None, recorder_id: UUID | str | None = None
) -> str:
    """The array of a weighing as `:batch` reads it, recorded by somebody on some tablet if nobody is named."""
    replaces = weighing.get("replaces")
    at = datetime.fromisoformat(weighing["weighed_at"]) - _EPOCH
    parts = [
        1,
        short(weighing["deposit_id"]),
        short(tablet_id or uuid7()),
        short(recorder_id or uuid7()),
        short(weighing["member_id"]),
        weighing["waste_bank_id"],
        weighing["channel"],
        at // timedelta(milliseconds=1),
        short(weighing["price_list_id"]),
        [
            [line[name] for name in ("item_code", "grade", "unit", "quantity", "shown_rupiah")]
            for line in weighing["lines"]
        ],
        None if replaces is None else [short(replaces["deposit_id"]), replaces["reason"]],
        [short(each) for each in weighing.get("bag_ids", ())],
    ]
    return json.dumps(parts, separators=(",", ":"), ensure_ascii=False)


@dataclass
class SigningTablet:
    """A tablet with a key pair of its own, in somebody's hands."""

    tablet_id: UUID = field(default_factory=uuid7)
    recorder_id: UUID = field(default_factory=uuid7)
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    @property
    def public_key(self) -> str:
        """As it is sent when the tablet is enrolled."""
        return url_text(self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))

    def sign(self, text: str) -> dict[str, str]:
        """The text with its signature, as it is handed over."""
        r, s = decode_dss_signature(self.key.sign(text.encode(), ec.ECDSA(SHA256())))
        return {"signed": text, "signature": url_text(r.to_bytes(32) + s.to_bytes(32))}

    def signed(self, weighing: dict[str, Any]) -> dict[str, str]:
        """A weighing as this tablet signs it."""
        return self.sign(signed_text(weighing, self.tablet_id, self.recorder_id))
