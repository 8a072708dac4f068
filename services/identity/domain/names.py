"""Names, shortened so that somebody who knows the person recognises them and nobody else does."""


def initials(name: str) -> str:
    """`S. P.` of `Sarinah Pohan`."""
    return " ".join(f"{word[0].upper()}." for word in name.split())
