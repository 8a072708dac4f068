"""The templates: everything is escaped, and a value that nobody gave may be asked about but never printed."""

from pathlib import Path
from typing import Any

import jinja2

FOLDER = Path(__file__).parents[1] / "templates"


class NotGiven(jinja2.Undefined):
    """False in a condition; an error where it would show as nothing."""

    __str__ = __iter__ = __len__ = jinja2.Undefined._fail_with_undefined_error  # noqa: SLF001 - as StrictUndefined does


def environment(folder: Path = FOLDER, **more: Any) -> jinja2.Environment:
    """The environment of all pages."""
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder),
        autoescape=True,
        undefined=NotGiven,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.do"],
        **more,
    )
