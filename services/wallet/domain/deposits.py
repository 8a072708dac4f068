"""How a valued deposit becomes entries."""

from collections.abc import Iterable
from functools import lru_cache

from services.wallet.domain.accounts import (
    PROGRAMME,
    THE_WASTE_BANK,
    AccountKind,
    SystemAccount,
    system_account,
)
from services.wallet.domain.posting import Leg

_COST = system_account(AccountKind.PURCHASE_COST, PROGRAMME)
_DIFFERENCE = system_account(AccountKind.PRICE_DIFFERENCE, PROGRAMME)


def credit_legs(
    waste_bank_id: str,
    gross_rupiah: int,
    price_difference_rupiah: int,
    deductions: Iterable[tuple[str, int]],
) -> list[Leg]:
    """What balances the member's net credit: deductions to their beneficiaries, the rest from the programme.

    `deductions` are (beneficiary, rupiah). The programme's purchase cost bears what the list in force at weighing would
    have paid; the honoured difference to it stands on an account of its own.
    """
    legs: list[Leg] = [
        (_fee(waste_bank_id if beneficiary == THE_WASTE_BANK else beneficiary), amount)
        for beneficiary, amount in deductions
    ]
    legs.append((_COST, price_difference_rupiah - gross_rupiah))
    legs.append((_DIFFERENCE, -price_difference_rupiah))
    return legs


@lru_cache(maxsize=1024)
def _fee(owner: str) -> SystemAccount:
    return system_account(AccountKind.FEE, owner)
