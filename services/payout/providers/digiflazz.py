"""Digiflazz's buyer API: purchases, prices, float, meters and webhooks, to the letter of its documentation."""

import hashlib
import hmac
import json
from datetime import time
from typing import Any

import httpx
import structlog

from services.payout.domain.answers import BillerAnswer, Meaning
from services.payout.domain.meters import MeterOwner, read_segment
from services.payout.domain.offers import Offer
from services.payout.domain.reasons import Reason
from services.payout.providers.base import BillerSilentError, Hint, InquiryFailure, Purchase
from services.payout.providers.digiflazz_codes import CODES, STATUS_OF

log = structlog.get_logger()

_NO_ANSWER = BillerAnswer(Meaning.UNKNOWN, "", Reason.NO_ANSWER)
_METER_UNKNOWN = frozenset({"51", "54", "57", "60"})
_THROTTLED = frozenset({"85", "86"})
# What an event can carry. Beyond it a number is a mistake of the biller's, and says nothing.
_RUPIAH_MAX = 1_000_000_000_000


def sign(username: str, api_key: str, word: str) -> str:
    """The signature of a call: md5 hex of user name, key and `depo`, `pricelist`, the ref_id or the number."""
    return hashlib.md5(f"{username}{api_key}{word}".encode()).hexdigest()  # noqa: S324 - the dialect's own


def webhook_signature(secret: str, body: bytes) -> str:
    """`X-Hub-Signature` of a webhook: HMAC-SHA1 over the body as it came."""
    return "sha1=" + hmac.new(secret.encode(), body, hashlib.sha1).hexdigest()


class Digiflazz:
    """One account at Digiflazz. `client` carries the time-outs; nothing is ever sent twice by itself."""

    name = "digiflazz"

    def __init__(self, client: httpx.AsyncClient, username: str, api_key: str, webhook_secret: str) -> None:
        """`client` must have the base address `…/v1`; an empty `webhook_secret` refuses every webhook."""
        self._client = client
        self._username = username
        self._api_key = api_key
        self._webhook_secret = webhook_secret

    async def buy(self, purchase: Purchase) -> BillerAnswer:
        """Buy, or ask for the state: with Digiflazz it is the same call with the same payload."""
        body = {
            "buyer_sku_code": purchase.sku,
            "customer_no": purchase.customer_number,
            "ref_id": purchase.reference,
            "max_price": purchase.price_rupiah_max,
        }
        try:
            found = await self._ask("/transaction", purchase.reference, body)
        except BillerSilentError:
            return _NO_ANSWER
        return _read_transaction(found, purchase.reference)

    async def meter_owner(self, meter_number: str) -> MeterOwner | InquiryFailure:
        """Who owns a meter; the answer may be kept for a day."""
        try:
            found = await self._ask("/inquiry-pln", meter_number, {"customer_no": meter_number})
        except BillerSilentError:
            return InquiryFailure.SILENT
        code = _text(found, "rc")
        if code == "00" and _text(found, "name"):
            return MeterOwner(_text(found, "name"), read_segment(_text(found, "segment_power")))
        if code in _METER_UNKNOWN:
            return InquiryFailure.NOT_FOUND
        return InquiryFailure.THROTTLED if code in _THROTTLED else InquiryFailure.SILENT

    async def offers(self) -> list[Offer]:
        """The whole price list: at most once in five minutes, or it answers 83, which is BillerSilentError here."""
        rows = await self._ask_any("/price-list", "pricelist", {"cmd": "prepaid"})
        if not isinstance(rows, list):
            raise BillerSilentError(_text(rows, "rc"))
        read = [_read_offer(row) for row in rows if isinstance(row, dict)]
        return [offer for offer in read if offer is not None]

    async def balance_rupiah(self) -> int:
        """The float, in whole rupiah."""
        found = await self._ask("/cek-saldo", "depo", {"cmd": "deposit"})
        balance = _rupiah(found.get("deposit"))
        if balance is None:
            raise BillerSilentError(_text(found, "rc"))
        return balance

    def read_webhook(self, body: bytes, signature: str | None) -> Hint | None:
        """Compare the signature in constant time, then read; no secret or no signature is a wrong signature."""
        if not self._webhook_secret or not signature:
            return None
        right = webhook_signature(self._webhook_secret, body)
        if not hmac.compare_digest(right.encode(), signature.encode()):
            return None
        found = _body_of(body)
        if not isinstance(found, dict) or not _text(found, "ref_id"):
            return None
        return Hint(
            _text(found, "ref_id"),
            _text(found, "status"),
            _text(found, "rc"),
            _text(found, "sn"),
            _price(found),
        )

    async def _ask(self, path: str, word: str, body: dict[str, Any]) -> dict[str, Any]:
        found = await self._ask_any(path, word, body)
        if not isinstance(found, dict):
            raise BillerSilentError("not an object")
        return found

    async def _ask_any(self, path: str, word: str, body: dict[str, Any]) -> Any:
        """The `data` of an answer, whatever its HTTP status: errors carry their code in the body too."""
        signed = {"username": self._username, "sign": sign(self._username, self._api_key, word), **body}
        try:
            answer = await self._client.post(path, json=signed)
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            log.warning("biller_silent", provider=self.name, path=path, error=type(error).__name__)
            raise BillerSilentError(type(error).__name__) from error
        found = _body_of(answer.content)
        if found is None:
            log.warning("biller_unreadable", provider=self.name, path=path, http_status=answer.status_code)
            raise BillerSilentError(str(answer.status_code))
        return found


def _body_of(body: bytes) -> Any:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return found.get("data") if isinstance(found, dict) else None


def _text(found: Any, name: str) -> str:
    value = found.get(name) if isinstance(found, dict) else None
    if value is None or isinstance(value, dict | list | bool):
        return ""
    # PostgreSQL keeps neither NUL nor half a character in a text, and an answer that cannot be written down would be
    # asked for again and again.
    return str(value).replace("\x00", "").encode("utf-8", "replace").decode().strip()


def _rupiah(value: object) -> int | None:
    """Whole rupiah of what is documented as float, integer or text; None if it is none of them, or no such amount."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        rupiah = int(float(value))
    except (ValueError, OverflowError):
        return None
    return rupiah if abs(rupiah) <= _RUPIAH_MAX else None


def _price(found: dict[str, Any]) -> int | None:
    """What a transaction took, if the biller says something that can be paid."""
    rupiah = _rupiah(found.get("price"))
    return rupiah if rupiah is None or rupiah >= 0 else None


def _read_transaction(found: dict[str, Any], reference: str) -> BillerAnswer:
    """What a transaction's answer means. A code, status or reference that does not fit is not knowing."""
    code, status = _text(found, "rc"), _text(found, "status").lower()
    balance = _rupiah(found.get("buyer_last_saldo"))
    entry = CODES.get(code)
    said = _text(found, "ref_id")
    expected = STATUS_OF.get(entry.meaning, "gagal") if entry is not None else None
    # A bare refusal may come without a status and a reference; a sale must carry both.
    bare_refusal = entry is not None and not entry.created and status == ""
    if entry is None or (said or reference) != reference or (status != expected and not bare_refusal):
        log.error(
            "biller_answer_unknown", provider=Digiflazz.name, rc=code, status=status, ours=said == reference
        )
        return BillerAnswer(Meaning.UNKNOWN, code, Reason.NO_ANSWER, balance_rupiah=balance)
    if entry.created and not said:
        return BillerAnswer(Meaning.UNKNOWN, code, Reason.NO_ANSWER, balance_rupiah=balance)
    return BillerAnswer(
        entry.meaning,
        code,
        entry.reason,
        created=entry.created,
        serial=_text(found, "sn"),
        price_rupiah=_price(found),
        balance_rupiah=balance,
    )


def _read_offer(row: dict[str, Any]) -> Offer | None:
    """One row of the price list; None if it has no product code or price."""
    sku, price = _text(row, "buyer_sku_code"), _rupiah(row.get("price"))
    if not sku or price is None or price <= 0:
        return None
    return Offer(
        sku=sku,
        price_rupiah=price,
        on_sale=row.get("buyer_product_status") is True and row.get("seller_product_status") is True,
        stock_left=row.get("unlimited_stock") is True or (_rupiah(row.get("stock")) or 0) > 0,
        cut_off_starts=_clock_time(_text(row, "start_cut_off")),
        cut_off_ends=_clock_time(_text(row, "end_cut_off")),
    )


def _clock_time(text: str) -> time:
    """`23:45`, `0:0`; anything unreadable is midnight, so that two of them mean: no cut-off."""
    hours, _, minutes = text.partition(":")
    try:
        return time(int(hours), int(minutes))
    except ValueError:
        return time(0, 0)
