"""Where somebody of the staff may work: what fits their role, and never wider than the one who says so."""

from dataclasses import dataclass

from services.identity.domain.refusals import Refusal
from shared.kernel.roles import Role
from shared.kernel.rollout import Rollout

STAFF_ROLES = (Role.OPERATOR, Role.PROGRAMME, Role.OFFICE)
_REGENCY_LENGTH = 5


@dataclass(frozen=True, slots=True)
class Area:
    """Waste banks by name for an operator; sub-districts or whole regencies for programme and office."""

    waste_bank_ids: frozenset[str] = frozenset()
    subdistrict_codes: frozenset[str] = frozenset()
    regency_codes: frozenset[str] = frozenset()

    def covers_subdistrict(self, code: str) -> bool:
        """Whether a sub-district lies in it; waste banks alone cover none."""
        return code in self.subdistrict_codes or code[:_REGENCY_LENGTH] in self.regency_codes


def misfit(role: Role, area: Area, rollout: Rollout) -> Refusal | None:
    """Why nobody of this role can have this area, or None."""
    wider = area.subdistrict_codes | area.regency_codes
    if role not in STAFF_ROLES or (role is Role.OPERATOR) != bool(area.waste_bank_ids):
        return Refusal.AREA_DOES_NOT_FIT_ROLE
    if (role is Role.OPERATOR) == bool(wider):
        return Refusal.AREA_DOES_NOT_FIT_ROLE
    regencies = {regency.kemendagri_code for regency in rollout.regencies}
    known = (
        all(rollout.subdistrict_of(bank) is not None for bank in area.waste_bank_ids)
        and all(rollout.subdistrict(code) is not None for code in area.subdistrict_codes)
        and area.regency_codes <= regencies
    )
    return None if known else Refusal.UNKNOWN_AREA


def within(area: Area, own: Area, rollout: Rollout) -> bool:
    """Whether every part of an area lies in `own`, that of the programme. A bank that is gone lies nowhere."""
    stands_in = [rollout.subdistrict_of(bank) for bank in area.waste_bank_ids]
    return (
        all(each is not None and own.covers_subdistrict(each.kemendagri_code) for each in stands_in)
        and all(own.covers_subdistrict(code) for code in area.subdistrict_codes)
        and area.regency_codes <= own.regency_codes
    )


def subdistricts_of(area: Area, rollout: Rollout) -> frozenset[str]:
    """The sub-districts that stand in a token: an operator's are those in which the waste banks stand."""
    stands_in = (rollout.subdistrict_of(bank) for bank in area.waste_bank_ids)
    return area.subdistrict_codes | {each.kemendagri_code for each in stands_in if each is not None}
