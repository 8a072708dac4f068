"""The keys with which tablets sign what they weigh, asked from identity and kept: a key never changes."""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from pydantic import BaseModel, ValidationError

from services.deposit.domain.signed import bytes_of
from shared.runtime.other_doors import OtherDoor, OtherDoorError

SIGNATURE_BYTES = 64
KEPT_MAX = 10_000
_UNKNOWN = "status 404"


class KeyAnswer(BaseModel):
    """What identity says about a tablet."""

    waste_bank_id: str
    public_key: str | None
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class TabletKey:
    """A tablet's key, where it stands, and since when it is lost. Without a key it signs nothing."""

    waste_bank_id: str
    key: EllipticCurvePublicKey | None
    revoked_at: datetime | None
    asked_at: datetime

    def signed(self, text: str, signature: str) -> bool:
        """Whether this tablet signed the text: SHA-256, r and s with 32 bytes each, as base64url."""
        raw = bytes_of(signature)
        if self.key is None or raw is None or len(raw) != SIGNATURE_BYTES:
            return False
        half = SIGNATURE_BYTES // 2
        try:
            both = encode_dss_signature(int.from_bytes(raw[:half]), int.from_bytes(raw[half:]))
            self.key.verify(both, text.encode(), ECDSA(SHA256()))
        except InvalidSignature:
            return False
        return True


class TabletKeys:
    """Asks identity with the caller's own token, so that nobody learns of a tablet outside of their area.

    A key never changes. Whether its tablet is lost was true for whatever was weighed until identity was asked: only
    for what was weighed since then it is asked again.
    """

    def __init__(self, identity: OtherDoor) -> None:
        self._identity = identity
        self._kept: OrderedDict[UUID, TabletKey] = OrderedDict()

    async def of(
        self, weighed_until: Mapping[UUID, datetime], token: str, now: datetime
    ) -> dict[UUID, TabletKey]:
        """The keys of those tablets that are known, good for what each weighed until then.

        Raises OtherDoorError if one has to be asked for in vain.
        """
        found: dict[UUID, TabletKey] = {}
        for tablet_id, until in weighed_until.items():
            key = self._kept.get(tablet_id)
            if key is None or (key.revoked_at is None and until > key.asked_at):
                key = await self._ask(tablet_id, token, now)
            if key is not None:
                found[tablet_id] = key
        return found

    async def _ask(self, tablet_id: UUID, token: str, now: datetime) -> TabletKey | None:
        try:
            answer = KeyAnswer.model_validate(
                await self._identity.read(f"/v1/tablets/{tablet_id}/key", token)
            )
        except ValidationError as error:
            raise OtherDoorError("not a key") from error
        except OtherDoorError as error:
            if str(error) == _UNKNOWN:
                return None
            raise
        raw = None if answer.public_key is None else bytes_of(answer.public_key)
        key = None if raw is None else EllipticCurvePublicKey.from_encoded_point(SECP256R1(), raw)
        known = TabletKey(answer.waste_bank_id, key, answer.revoked_at, now)
        if key is not None:
            self._kept[tablet_id] = known
            if len(self._kept) > KEPT_MAX:
                self._kept.popitem(last=False)
        return known
