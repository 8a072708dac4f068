"""What may be odd about a bag that a deposit says it weighed. The deposit counts all the same."""

from enum import StrEnum


class BagMark(StrEnum):
    """What a person should look at. The value is what the door answers."""

    # Nobody has told us of the bag yet: its label may still be in the queue of another tablet.
    BAG_UNKNOWN = "bag_unknown"
    BAG_WEIGHED_BEFORE = "bag_weighed_before"
    BAG_DISCARDED = "bag_discarded"
    BAG_OF_ANOTHER_MEMBER = "bag_of_another_member"
    BAG_OF_ANOTHER_WASTE_BANK = "bag_of_another_waste_bank"
