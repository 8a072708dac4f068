"""How a valued deposit becomes entries."""

from collections.abc import Iterable

from services.wallet.domain.accounts import PROGRAMME, THE_WASTE_BANK, AccountKind, system_account
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
    parts: dict[str, int] = {}
    for beneficiary, amount in deductions:
        owner = waste_bank_id if beneficiary == THE_WASTE_BANK else beneficiary
        parts[owner] = parts.get(owner, 0) + amount
    legs: list[Leg] = [(system_account(AccountKind.FEE, owner), amount) for owner, amount in parts.items()]
    legs.append((_COST, price_difference_rupiah - gross_rupiah))
    legs.append((_DIFFERENCE, -price_difference_rupiah))
    return legs
