"""Numbers as people here read them: `Rp12.500` in both languages, `2,5 kg`, `14.05 WIB`."""

from datetime import date, datetime

from babel.dates import format_date
from babel.numbers import format_decimal

from services.web.words.languages import Language
from shared.kernel import wib
from shared.kernel.money import rupiah_text

_GRAMS = 1000
_LOCALE = {"id": "id_ID", "en": "en_GB"}


def money(rupiah: int) -> str:
    """`Rp12.500`, whatever the language; a debt is `-Rp12.500`."""
    return rupiah_text(rupiah)


def kg(grams: int, language: Language) -> str:
    """`2,5 kg`, to the gram where there are grams."""
    return f"{thousandths(grams, language)} kg"


def thousandths(quantity: int, language: Language) -> str:
    """Grams as kilograms, millilitres as litres: `2,5`."""
    return format_decimal(quantity / _GRAMS, format="#,##0.###", locale=_LOCALE[language])


def amount(quantity: int, unit: str, language: Language) -> str:
    """A quantity of a line: `2,5 kg`, `1,25 l`, `12 buah`."""
    if unit == "piece":
        words = {"id": "buah", "en": "piece" if quantity == 1 else "pieces"}
        return f"{format_decimal(quantity, locale=_LOCALE[language])} {words[language]}"
    return f"{thousandths(quantity, language)} {'l' if unit == 'litre' else 'kg'}"


def whole(figure: float, language: Language) -> str:
    """`1.200`, without decimals."""
    return format_decimal(figure, format="#,##0", locale=_LOCALE[language])


def percent(basis_points: int, language: Language) -> str:
    """`2,5%`; a hundred basis points are one percent."""
    return f"{format_decimal(basis_points / 100, format='#,##0.##', locale=_LOCALE[language])}%"


def day(value: date | datetime | str, language: Language) -> str:
    """`22 November 2026`; an instant counts as the day in WIB."""
    return format_date(_as_day(value), format="d MMMM y", locale=_LOCALE[language])


def weekday(value: date | datetime | str, language: Language) -> str:
    """`Minggu, 22 November 2026`."""
    return format_date(_as_day(value), format="EEEE, d MMMM y", locale=_LOCALE[language])


def clock(value: datetime | str) -> str:
    """`14.05 WIB`."""
    return _as_instant(value).strftime("%H.%M WIB")


def when(value: datetime | str, language: Language) -> str:
    """`22 November 2026, 14.05 WIB`."""
    return f"{day(_as_instant(value), language)}, {clock(value)}"


def _as_instant(value: datetime | str) -> datetime:
    instant = datetime.fromisoformat(value) if isinstance(value, str) else value
    return instant.astimezone(wib.WIB)


def _as_day(value: date | datetime | str) -> date:
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
        if value.tzinfo is None:
            return value.date()
    return wib.day(value) if isinstance(value, datetime) else value
