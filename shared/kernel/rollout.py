"""Where the programme stands in every sub-district, by day, as the rollout file says it."""

from datetime import date, datetime, time
from enum import StrEnum
from itertools import pairwise
from typing import Annotated, Self

from pydantic import Field, PrivateAttr, StringConstraints, model_validator

from shared.kernel import wib
from shared.kernel.pick_ups import PickUp, Weekday
from shared.kernel.words import PositiveInt, Slug, Text, Word, Written

SubdistrictCode = Annotated[str, StringConstraints(pattern=r"^\d{2}\.\d{2}\.\d{2}$")]
RegencyCode = Annotated[str, StringConstraints(pattern=r"^\d{2}\.\d{2}$")]
Quarter = Annotated[str, StringConstraints(pattern=r"^\d{4}-Q[1-4]$")]
Percent = Annotated[int, Field(strict=True, ge=0, le=100)]
Latitude = Annotated[float, Field(ge=-11.5, le=6.5)]  # Indonesia's extent: a swapped pair is caught.
Longitude = Annotated[float, Field(ge=94.5, le=141.5)]


class Region(StrEnum):
    """The three terrains of the regency; mountain means a weak network first."""

    COAST = "coast"
    LOWLAND = "lowland"
    MOUNTAIN = "mountain"


class Phase(StrEnum):
    """How far a sub-district is. Deposits are credited only where it was open on the day of weighing."""

    PLANNED = "planned"
    PREPARING = "preparing"
    OPEN = "open"
    PAUSED = "paused"
    CLOSED = "closed"


class WasteBankKind(StrEnum):
    """The two tiers of the law: main waste banks buy from units."""

    MAIN = "main"
    UNIT = "unit"


class PhaseEntry(Written):
    """A phase and the WIB day from which it holds."""

    phase: Phase
    since_on: date


class ReadinessGate(Written):
    """Something that must be true before a sub-district opens; not met as long as it has no day."""

    gate: Word
    name_id: Text
    met_on: date | None = None
    evidence: Text | None = None


class WasteBank(Written):
    """A place where sorted waste is weighed. Its id never changes; absent coordinates are not known."""

    id: Slug
    name: Text
    kind: WasteBankKind
    villages: Annotated[tuple[Text, ...], Field(min_length=1)]
    latitude: Latitude | None = None
    longitude: Longitude | None = None
    coordinates_source: Text | None = None
    opening_days: Annotated[tuple[Weekday, ...], Field(min_length=1)]
    opens_at: time | None = None
    closes_at: time | None = None
    pick_up: PickUp | None = None

    @model_validator(mode="after")
    def _coordinates_come_in_pairs(self) -> Self:
        if (self.latitude is None) != (self.longitude is None):
            raise ValueError(f"{self.id} has half a pair of coordinates")
        return self


class Target(Written):
    """What a sub-district means to reach by the end of one quarter; a figure that is absent is no target."""

    quarter: Quarter
    registered_members: PositiveInt
    active_members: PositiveInt
    weight_kg: PositiveInt
    deposits: PositiveInt | None = None
    redemptions: PositiveInt | None = None
    repeat_percent: Percent | None = None
    redeemed_percent: Percent | None = None
    first_redemption_days: PositiveInt | None = None


class Caps(Written):
    """Beyond these a deposit waits for a second person, a redemption is refused, or a gauge turns red."""

    weight_grams_a_line: PositiveInt
    weight_grams_a_day: PositiveInt
    value_rupiah_a_day: PositiveInt
    deposits_a_day: PositiveInt
    redemption_rupiah_a_day: PositiveInt
    credit_owed_rupiah: PositiveInt
    # A second, lower cap on what one member redeems in a day at the tablet of a counter; without it the first holds.
    counter_rupiah_a_day: PositiveInt | None = None


class Counted(Written):
    """A figure with the year and the maker of it; old figures are not silently today's."""

    count: PositiveInt
    year: Annotated[int, Field(ge=1990, le=2100)] | None = None
    source: Text


class Subdistrict(Written):
    """A kecamatan. The Kemendagri code is the key; the BPS code is written down, never computed from it."""

    kemendagri_code: SubdistrictCode
    bps_code: Annotated[str, StringConstraints(pattern=r"^\d{7}$")]
    name: Text
    aliases: tuple[Text, ...] = ()
    region: Region
    villages: PositiveInt
    population: Counted | None = None
    households: Counted | None = None
    area_km2: Annotated[float, Field(gt=0)] | None = None
    latitude: Latitude
    longitude: Longitude
    phases: Annotated[tuple[PhaseEntry, ...], Field(min_length=1)]
    planned_opening_on: date | None = None
    gates: tuple[ReadinessGate, ...] = ()
    waste_banks: tuple[WasteBank, ...] = ()
    targets: tuple[Target, ...] = ()
    caps: Caps | None = None

    @model_validator(mode="after")
    def _history_holds_together(self) -> Self:
        for earlier, later in pairwise(self.phases):
            if earlier.since_on >= later.since_on:
                raise ValueError(
                    f"{self.name}: phase {later.phase} does not begin after phase {earlier.phase}"
                )
            if earlier.phase == later.phase:
                raise ValueError(f"{self.name}: phase {later.phase} follows itself")
        if not self.waste_banks and any(entry.phase is Phase.OPEN for entry in self.phases):
            raise ValueError(f"{self.name}: cannot be open without a waste bank")
        quarters = [target.quarter for target in self.targets]
        if sorted(set(quarters)) != quarters:
            raise ValueError(f"{self.name}: targets are one a quarter, in order")
        return self

    def phase_on(self, day: date) -> Phase:
        """The phase on a WIB day. Before the first entry a sub-district counts as planned."""
        phase = Phase.PLANNED
        for entry in self.phases:
            if entry.since_on > day:
                break
            phase = entry.phase
        return phase

    def phase_at(self, instant: datetime) -> Phase:
        """The phase on the WIB day of an aware instant, such as a weighing."""
        return self.phase_on(wib.day(instant))

    def target_for(self, quarter: str) -> Target | None:
        """The target of a quarter such as `2026-Q4`; None means that none was set."""
        return next((target for target in self.targets if target.quarter == quarter), None)


class Regency(Written):
    """A kabupaten with its sub-districts."""

    kemendagri_code: RegencyCode
    bps_code: Annotated[str, StringConstraints(pattern=r"^\d{4}$")]
    name: Text
    population: Counted | None = None
    area_km2: Annotated[float, Field(gt=0)] | None = None
    waste_tonnes_a_day: Annotated[float, Field(gt=0)] | None = None
    waste_source: Text | None = None
    subdistricts: Annotated[tuple[Subdistrict, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _codes_belong_here(self) -> Self:
        for subdistrict in self.subdistricts:
            if not subdistrict.kemendagri_code.startswith(self.kemendagri_code + "."):
                raise ValueError(
                    f"{subdistrict.kemendagri_code} is not a sub-district of {self.kemendagri_code}"
                )
            if not subdistrict.bps_code.startswith(self.bps_code):
                raise ValueError(f"BPS code {subdistrict.bps_code} is not of regency {self.bps_code}")
        return self


class Change(Written):
    """Who decided a change of phase, why and when. Without one, a phase may not change."""

    on: date
    who: Text
    why: Text
    subdistrict: SubdistrictCode | None = None
    phase: Phase | None = None


class Rollout(Written):
    """The whole rollout file: what differs between sub-districts, nothing that differs by release."""

    price_list_max_age_days: PositiveInt = 30
    # Calendar days, because everybody counts them alike; a complaint is due at the end of the last one, by WIB.
    dispute_answer_days: Annotated[int, Field(strict=True, ge=1, le=60)] = 7
    smallest_reward_rupiah: PositiveInt
    caps: Caps
    regencies: Annotated[tuple[Regency, ...], Field(min_length=1)]
    changes: tuple[Change, ...] = ()

    _subdistricts: dict[str, Subdistrict] = PrivateAttr(default_factory=dict)
    _waste_banks: dict[str, tuple[WasteBank, Subdistrict]] = PrivateAttr(default_factory=dict)

    @model_validator(mode="after")
    def _names_are_unique(self) -> Self:
        for subdistrict in self.subdistricts:
            if subdistrict.kemendagri_code in self._subdistricts:
                raise ValueError(f"sub-district {subdistrict.kemendagri_code} stands twice")
            self._subdistricts[subdistrict.kemendagri_code] = subdistrict
            for bank in subdistrict.waste_banks:
                if bank.id in self._waste_banks:
                    raise ValueError(f"waste bank {bank.id} stands twice")
                self._waste_banks[bank.id] = (bank, subdistrict)
        for change in self.changes:
            if change.subdistrict is not None and change.subdistrict not in self._subdistricts:
                raise ValueError(
                    f"a change names sub-district {change.subdistrict}, which is not in the file"
                )
        return self

    @property
    def subdistricts(self) -> tuple[Subdistrict, ...]:
        """Every sub-district of every regency, in the order of the file."""
        return tuple(each for regency in self.regencies for each in regency.subdistricts)

    @property
    def waste_banks(self) -> tuple[WasteBank, ...]:
        """Every waste bank of every sub-district, in the order of the file."""
        return tuple(bank for each in self.subdistricts for bank in each.waste_banks)

    def subdistrict(self, kemendagri_code: str) -> Subdistrict | None:
        """The sub-district of a Kemendagri code, or None."""
        return self._subdistricts.get(kemendagri_code)

    def waste_bank(self, waste_bank_id: str) -> WasteBank | None:
        """The waste bank of an id, or None."""
        found = self._waste_banks.get(waste_bank_id)
        return None if found is None else found[0]

    def subdistrict_of(self, waste_bank_id: str) -> Subdistrict | None:
        """The sub-district in which a waste bank stands, or None if the bank is not known."""
        found = self._waste_banks.get(waste_bank_id)
        return None if found is None else found[1]

    def phase_at(self, kemendagri_code: str, instant: datetime) -> Phase | None:
        """The phase of a sub-district on the WIB day of an instant; None if the sub-district is not known."""
        subdistrict = self._subdistricts.get(kemendagri_code)
        return None if subdistrict is None else subdistrict.phase_at(instant)

    def caps_for(self, kemendagri_code: str) -> Caps:
        """The caps of a sub-district: its own, or else the programme's."""
        subdistrict = self._subdistricts.get(kemendagri_code)
        return self.caps if subdistrict is None or subdistrict.caps is None else subdistrict.caps
