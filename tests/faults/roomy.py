"""A rollout file whose caps are wide enough for a load: the rules still run, they just find nothing odd."""

import re
from pathlib import Path

from deploy.local.settings import REPOSITORY

_WIDE = {
    "weight_grams_a_line": 10_000_000,
    "weight_grams_a_day": 1_000_000_000_000,
    "value_rupiah_a_day": 1_000_000_000_000,
    "deposits_a_day": 10_000_000,
    "redemption_rupiah_a_day": 1_000_000_000_000,
    "credit_owed_rupiah": 1_000_000_000_000,
}


def roomy_rollout(folder: Path) -> Path:
    """Write the programme's rollout file with wide caps into the folder; returns its path."""
    text = (REPOSITORY / "deploy" / "rollout" / "deli-serdang.yaml").read_text(encoding="utf-8")
    for cap, wide in _WIDE.items():
        text, found = re.subn(rf"^  {cap}: \d+$", f"  {cap}: {wide}", text, flags=re.MULTILINE)
        assert found == 1, cap
    roomy = folder / "rollout.yaml"
    roomy.write_text(text, encoding="utf-8")
    return roomy
