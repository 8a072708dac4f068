"""Every published price list, and which of them counts for a waste bank at an instant."""

from bisect import bisect_right
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from services.valuation.domain.exceptions import PriceException, in_order
from shared.kernel.catalogue import DeductionRule, Item


@dataclass(frozen=True, slots=True)
class Tariff:
    """What one item in one grade pays, per kg, litre or piece, and what reports need to know about it."""

    unit: str
    price_rupiah: int
    waste_class: str
    grams_per_unit_estimate: int | None


@dataclass(frozen=True, slots=True, eq=False)
class PublishedList:
    """A price list that is or will be in force from `effective_at` on. It never changes.

    `id_text` is the id as it is written in events, made once and not for each deposit.
    """

    id: UUID
    waste_bank_id: str | None
    effective_at: datetime
    tariffs: Mapping[tuple[str, str], Tariff]
    deductions: tuple[DeductionRule, ...]
    id_text: str = field(init=False)

    def __post_init__(self) -> None:
        """Write the id out."""
        object.__setattr__(self, "id_text", str(self.id))


@dataclass(frozen=True, slots=True)
class _Reigns:
    """The lists of one waste bank in the order in which they came into force, each until the next."""

    starts: tuple[datetime, ...]
    lists: tuple[PublishedList, ...]


class PriceBook:
    """All published lists, approved exceptions and the catalogue, at one moment. Frozen: what is new makes another."""

    def __init__(
        self,
        items: Mapping[str, Item],
        lists: Iterable[PublishedList],
        exceptions: Iterable[PriceException] = (),
    ) -> None:
        self.items = items
        self._exceptions: dict[str, tuple[PriceException, ...]] = {}
        for each in in_order(exceptions):
            self._exceptions[each.waste_bank_id] = (*self._exceptions.get(each.waste_bank_id, ()), each)
        self._lists = {each.id: each for each in lists}
        self._reigns: dict[str, _Reigns] = {}

    def __len__(self) -> int:
        """How many lists have been published; it only grows, so it tells whether a book is the newest."""
        return len(self._lists)

    def list_of(self, price_list_id: UUID) -> PublishedList | None:
        """The list of an id, or None if it was never published."""
        return self._lists.get(price_list_id)

    def exceptions_for(self, waste_bank_id: str, member_id: UUID, at: datetime) -> tuple[PriceException, ...]:
        """The exceptions that hold for a member's weighing there and then, in the order in which they are tried."""
        of_bank = self._exceptions.get(waste_bank_id)
        return () if of_bank is None else tuple([each for each in of_bank if each.covers(member_id, at)])

    def exceptions_of(
        self, waste_bank_id: str, exception_ids: Collection[UUID]
    ) -> tuple[PriceException, ...]:
        """The approved ones among some exceptions of a waste bank, whenever they held."""
        return tuple(each for each in self._exceptions.get(waste_bank_id, ()) if each.id in exception_ids)

    def in_force(self, waste_bank_id: str, at: datetime) -> PublishedList | None:
        """The list that counts there and then; None before the first one."""
        reigns = self._reigns_of(waste_bank_id)
        place = bisect_right(reigns.starts, at)
        return reigns.lists[place - 1] if place else None

    def next_after(self, waste_bank_id: str, at: datetime) -> PublishedList | None:
        """The list that will come into force there next, or None if none is published yet."""
        reigns = self._reigns_of(waste_bank_id)
        place = bisect_right(reigns.starts, at)
        return reigns.lists[place] if place < len(reigns.lists) else None

    def honoured(self, waste_bank_id: str, at: datetime, max_age: timedelta) -> tuple[PublishedList, ...]:
        """What a tablet there may show or have shown: in force, to come, or replaced no longer ago; oldest first."""
        reigns = self._reigns_of(waste_bank_id)
        ended = bisect_right(reigns.starts, at - max_age)
        return reigns.lists[max(ended - 1, 0) :]

    def age(self, price_list: PublishedList, waste_bank_id: str, at: datetime) -> timedelta | None:
        """How long before `at` the list had been replaced at that waste bank; None if it was never for it.

        A list that is still in force, or not yet, has no age.
        """
        reigns = self._reigns_of(waste_bank_id)
        try:
            place = reigns.lists.index(price_list)
        except ValueError:
            return None
        if place + 1 == len(reigns.starts):
            return timedelta(0)
        return max(at - reigns.starts[place + 1], timedelta(0))

    def _reigns_of(self, waste_bank_id: str) -> _Reigns:
        found = self._reigns.get(waste_bank_id)
        if found is None:
            found = self._reigns[waste_bank_id] = self._reckon(waste_bank_id)
        return found

    def _reckon(self, waste_bank_id: str) -> _Reigns:
        """General lists until the waste bank's own first one, and from then on its own."""
        own = [each for each in self._lists.values() if each.waste_bank_id == waste_bank_id]
        first_own = min((each.effective_at for each in own), default=None)
        general = [
            each
            for each in self._lists.values()
            if each.waste_bank_id is None and (first_own is None or each.effective_at < first_own)
        ]
        in_order = sorted(own + general, key=lambda each: each.effective_at)
        return _Reigns(tuple(each.effective_at for each in in_order), tuple(in_order))
