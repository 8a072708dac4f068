"""What may be shown to anybody: six users are six people, so small numbers stay hidden."""

SMALLEST_SHOWN = 10


def may_show(people: int) -> bool:
    """Nobody at all may be shown, and ten or more; what lies between would tell about persons."""
    return people == 0 or people >= SMALLEST_SHOWN


def shown(figure: int, people: int) -> int | None:
    """The figure, or None where too few people are behind it."""
    return figure if may_show(people) else None
