"""Every word of the screens is written in both languages, and every written word is said."""

from pathlib import Path

import pytest

from services.web.words import PARTS
from tests.services.web.word_keys import WEB, faults, keys_used, keys_written

_HEAD = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n'


def _of_part(found: list[str], part: str) -> list[str]:
    return [each for each in found if f" {part}." in f" {each}"]


@pytest.mark.parametrize("part", PARTS)
def test_every_word_is_written_in_both_languages_and_said(part: str) -> None:
    assert _of_part(faults(keys_used(), keys_written()), part) == []


def test_every_key_begins_with_the_name_of_its_file() -> None:
    for language in ("id", "en"):
        for part in PARTS:
            file = WEB / "words" / language / f"{part}.po"
            keys = [
                line[7:-1]
                for line in file.read_text(encoding="utf-8").splitlines()
                if line.startswith('msgid "')
            ]
            assert [key for key in keys if key and not key.startswith(f"{part}.")] == [], file


def _planted(root: Path, said: dict[str, str], written: dict[str, dict[str, str]]) -> list[str]:
    for name, text in said.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    for language, sentences in written.items():
        folder = root / "words" / language
        folder.mkdir(parents=True, exist_ok=True)
        lines = [f'\nmsgid "{key}"\nmsgstr "{sentence}"\n' for key, sentence in sentences.items()]
        (folder / "warga.po").write_text(_HEAD + "".join(lines))
    return faults(keys_used(root), keys_written(root))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("templates/a.html", "{{ t('warga.saldo.judul') }}"),
        ("pages/a.py", 'WORDS = ["warga.saldo.judul"]'),
        ("assets/operator/src/a.tsx", 't("warga.saldo.judul", { n: 3 })'),
    ],
)
def test_a_planted_missing_key_is_found(tmp_path: Path, name: str, text: str) -> None:
    found = _planted(tmp_path, {name: text}, {"id": {"warga.saldo.judul": "Saldo"}, "en": {}})
    assert len(found) == 1
    assert found[0].startswith("en: warga.saldo.judul is missing")


def test_a_planted_unused_key_is_found(tmp_path: Path) -> None:
    both = {"warga.saldo.judul": "Saldo", "warga.saldo.lama": "Lama"}
    found = _planted(tmp_path, {"a.html": '{{ t("warga.saldo.judul") }}'}, {"id": both, "en": both})
    assert found == ["en: warga.saldo.lama is said nowhere", "id: warga.saldo.lama is said nowhere"]


def test_a_key_put_together_from_pieces_does_not_count_as_said(tmp_path: Path) -> None:
    both = {"warga.saldo.judul": "Saldo"}
    assert _planted(tmp_path, {"a.html": '{{ t("warga.saldo." ~ name) }}'}, {"id": both, "en": both})


def test_an_untranslated_key_is_found(tmp_path: Path) -> None:
    said = {"a.html": '{{ t("warga.saldo.judul") }}'}
    found = _planted(tmp_path, said, {"id": {"warga.saldo.judul": "Saldo"}, "en": {"warga.saldo.judul": ""}})
    assert found == ["en: warga.saldo.judul has no words"]


def test_other_places_in_the_other_language_are_found(tmp_path: Path) -> None:
    said = {"a.html": '{{ t("warga.saldo.judul", n=3) }}'}
    written = {"id": {"warga.saldo.judul": "{n} saldo"}, "en": {"warga.saldo.judul": "{count} balances"}}
    assert len(_planted(tmp_path, said, written)) == 1


def test_what_the_build_made_is_not_read(tmp_path: Path) -> None:
    said = {"assets/node_modules/a.ts": '"warga.saldo.judul"', "static/app.ts": '"warga.saldo.judul"'}
    assert _planted(tmp_path, said, {"id": {}, "en": {}}) == []
