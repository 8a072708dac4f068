"""`python -m deploy.grafana`: write the dashboards' JSON anew."""

import sys
from pathlib import Path

from grafana_foundation_sdk.cog.encoder import JSONEncoder

from deploy.grafana import regency

FOLDER = Path(__file__).parent / "dashboards"


def rendered() -> dict[Path, str]:
    """Each dashboard's file and what must stand in it."""
    encoder = JSONEncoder(sort_keys=True, indent=2, ensure_ascii=False)
    return {FOLDER / "ringkasan-kabupaten.json": encoder.encode(regency.build()) + "\n"}


def main() -> int:
    """Write them."""
    for path, text in rendered().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        sys.stdout.write(f"{path}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
