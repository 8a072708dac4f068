"""Digiflazz's response codes (list of 15 May 2026): what each means to us and whether it left a transaction."""

from typing import NamedTuple

from services.payout.domain.answers import Meaning
from services.payout.domain.reasons import Reason


class CodeMeaning(NamedTuple):
    """Our class of the code, the reason we show, and whether the biller now has a transaction with our reference."""

    meaning: Meaning
    reason: Reason
    created: bool


_Y, _N = True, False
CODES: dict[str, CodeMeaning] = {
    "00": CodeMeaning(Meaning.SUCCESS, Reason.IN_PROGRESS, _Y),
    "03": CodeMeaning(Meaning.PENDING, Reason.IN_PROGRESS, _Y),
    "99": CodeMeaning(Meaning.PENDING, Reason.IN_PROGRESS, _Y),
    "01": CodeMeaning(Meaning.SUSPECT, Reason.BILLER_TIMED_OUT, _Y),
    "70": CodeMeaning(Meaning.SUSPECT, Reason.BILLER_TIMED_OUT, _Y),
    # Listed as created, yet its words are "not found": we do not count on the biller having it.
    "50": CodeMeaning(Meaning.SUSPECT, Reason.BILLER_TIMED_OUT, _N),
    "83": CodeMeaning(Meaning.THROTTLED, Reason.BILLER_BUSY, _N),
    "85": CodeMeaning(Meaning.THROTTLED, Reason.BILLER_BUSY, _Y),
    "86": CodeMeaning(Meaning.THROTTLED, Reason.BILLER_BUSY, _Y),
    **{
        code: CodeMeaning(Meaning.OUR_FAULT, Reason.BILLER_ACCOUNT, _N)
        for code in ("40", "41", "42", "45", "61", "64", "67", "82", "88")
    },
    "44": CodeMeaning(Meaning.FLOAT_EMPTY, Reason.FLOAT_EMPTY, _N),
    "51": CodeMeaning(Meaning.RESIDENT_INPUT, Reason.NUMBER_BLOCKED, _Y),
    "52": CodeMeaning(Meaning.RESIDENT_INPUT, Reason.OPERATOR_MISMATCH, _Y),
    "54": CodeMeaning(Meaning.RESIDENT_INPUT, Reason.WRONG_NUMBER, _Y),
    "57": CodeMeaning(Meaning.RESIDENT_INPUT, Reason.WRONG_DIGITS, _Y),
    "59": CodeMeaning(Meaning.RESIDENT_INPUT, Reason.OUTSIDE_REGION, _Y),
    "60": CodeMeaning(Meaning.RESIDENT_INPUT, Reason.NOT_AVAILABLE_NOW, _Y),
    "72": CodeMeaning(Meaning.RESIDENT_INPUT, Reason.UNREGISTER_FIRST, _Y),
    "73": CodeMeaning(Meaning.RESIDENT_INPUT, Reason.KWH_OVER_LIMIT, _Y),
    "84": CodeMeaning(Meaning.RESIDENT_INPUT, Reason.NOMINAL_INVALID, _Y),
    "87": CodeMeaning(Meaning.RESIDENT_INPUT, Reason.NOMINAL_INVALID, _N),
    "02": CodeMeaning(Meaning.PRODUCT, Reason.BILLER_FAILED, _Y),
    "69": CodeMeaning(Meaning.PRODUCT, Reason.PRICE_MOVED, _N),
    **{
        code: CodeMeaning(Meaning.PRODUCT, Reason.PRODUCT_UNAVAILABLE, _Y)
        for code in ("53", "55", "58", "71")
    },
    **{
        code: CodeMeaning(Meaning.PRODUCT, Reason.PRODUCT_UNAVAILABLE, _N)
        for code in ("43", "56", "62", "63", "65", "66", "68", "80", "81")
    },
    **{code: CodeMeaning(Meaning.IDENTITY, Reason.REFERENCE_CONFLICT, _N) for code in ("46", "47", "49")},
    "74": CodeMeaning(Meaning.REVERSAL, Reason.BILLER_REFUNDED, _Y),
}
STATUS_OF = {Meaning.SUCCESS: "sukses", Meaning.PENDING: "pending"}
