"""What a page of ours may load: nothing from elsewhere, no script in the page itself, one style at most."""

# `data:` is for small pictures in the style sheet.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'{style}; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; worker-src 'self'; manifest-src 'self'; media-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
POLICY = _POLICY.format(style="")


def policy_with_style(source: str) -> str:
    """The policy of a page that carries exactly one style in itself: the one of this hash (`sha256-...`)."""
    return _POLICY.format(style=f" '{source}'")
