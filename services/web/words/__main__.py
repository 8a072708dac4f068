"""`python -m services.web.words export <folder>`: the operator app's words as `<language>.json`, for the build."""

import json
import sys
from pathlib import Path

from services.web.words.book import read_part
from services.web.words.languages import LANGUAGES

# What the operator's app says. The other parts are said by the server alone.
_APP_PARTS = ("bersama", "petugas")


def main(arguments: list[str]) -> int:
    """Write one file a language; returns the exit status."""
    match arguments:
        case ["export", place]:
            folder = Path(place)
            folder.mkdir(parents=True, exist_ok=True)
            for language in LANGUAGES:
                sentences = {
                    key: said for part in _APP_PARTS for key, said in read_part(language, part).items()
                }
                text = json.dumps(dict(sorted(sentences.items())), ensure_ascii=False, indent=1)
                (folder / f"{language}.json").write_text(text + "\n", encoding="utf-8")
            return 0
    sys.stderr.write(f"{__doc__}\n")
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
