"""The shapes that names, codes and amounts have in the programme's own files."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints


class Written(BaseModel):
    """Something that a person wrote in a file: frozen, and an unknown key is a mistake, never ignored."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=64)]
ItemCode = Annotated[str, StringConstraints(pattern=r"^[A-Z][0-9]{2}$")]
Grade = Annotated[str, StringConstraints(pattern=r"^(-|[a-z][a-z0-9_]{0,23})$")]
Word = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
Text = Annotated[str, StringConstraints(min_length=1, max_length=300)]
PositiveInt = Annotated[int, Field(strict=True, gt=0, le=1_000_000_000_000)]
PriceRupiah = Annotated[int, Field(strict=True, ge=0, le=100_000_000)]
BasisPoints = Annotated[int, Field(strict=True, ge=0, le=10_000)]
