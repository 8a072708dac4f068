"""What a check found: a sentence that must be true, the number of times it is not, and up to five examples."""

from dataclasses import dataclass, field

EXAMPLES_MAX = 5


@dataclass(frozen=True)
class Finding:
    """One invariant after one look. `differences` must be 0; `compared` says in words what was looked at."""

    name: str
    sentence: str
    differences: int
    compared: str
    examples: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether the invariant stands."""
        return self.differences == 0

    def lines(self) -> list[str]:
        """The finding as a person reads it, examples below."""
        mark = "ok  " if self.holds else "FAIL"
        first = f"{mark} {self.name:<4}{self.differences:>6} differences  {self.sentence} [{self.compared}]"
        return [first, *(f"          e.g. {example}" for example in self.examples)]


@dataclass
class Differences:
    """Counts what does not agree and keeps the first few, so that a million of them cost nothing."""

    count: int = 0
    examples: list[str] = field(default_factory=list)

    def add(self, example: str, count: int = 1) -> None:
        """One more (or `count` more of the same kind), with words that let a person find it."""
        self.count += count
        if len(self.examples) < EXAMPLES_MAX:
            self.examples.append(example)

    def finding(self, name: str, sentence: str, compared: str) -> Finding:
        """Close the count."""
        return Finding(name, sentence, self.count, compared, tuple(self.examples))
