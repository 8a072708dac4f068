"""Cash that a waste bank hands over its counter: the bank is the provider, under a name that no biller has."""

COUNTER = "counter:"
# Where a biller's product has its code there.
CASH_SKU = "cash"


def counter_of(waste_bank_id: str) -> str:
    """The provider's name of a waste bank's counter: `counter:lubuk-pakam-induk`."""
    return COUNTER + waste_bank_id


def bank_of(provider: str) -> str | None:
    """The waste bank whose counter a provider is; None for a biller."""
    return provider.removeprefix(COUNTER) if provider.startswith(COUNTER) else None
