"""Who somebody is to the system; every door names the roles that it opens for."""

from enum import StrEnum


class Role(StrEnum):
    """One caller has one role; what it may see is narrowed further by waste bank and sub-district."""

    MEMBER = "member"
    OPERATOR = "operator"
    PROGRAMME = "programme"
    OFFICE = "office"
    SERVICE = "service"
