"""All words of the screens: `words/<language>/<part>.po`, where `msgid` is a dotted key and `msgstr` the sentence.

    words = Words.read()
    words.say("id", "warga.saldo.judul")                      # -> "Saldo Anda"
    words.say("en", "bersama.menunggu", n=3)                  # `{n}` in the sentence becomes 3

Parts: bersama (shared), warga, kantor, petugas, mulai. A key stands in one part only, whose name it begins with.
"""

from services.web.words.book import PARTS, Words
from services.web.words.languages import LANGUAGE_COOKIE, LANGUAGES, Language, language_of

__all__ = ["LANGUAGES", "LANGUAGE_COOKIE", "PARTS", "Language", "Words", "language_of"]
