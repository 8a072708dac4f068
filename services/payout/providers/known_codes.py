"""The codes that billers are known to answer with: what is not among them is counted under one name."""

from services.payout.providers.digiflazz import Digiflazz
from services.payout.providers.digiflazz_codes import CODES

_KNOWN = {Digiflazz.name: frozenset(CODES)}
OTHER = "other"


def metric_code(provider: str, code: str) -> str:
    """The code as a metric's label: empty without an answer, `other` for whatever a biller may invent."""
    return code if not code or code in _KNOWN.get(provider, frozenset()) else OTHER
