"""What is wrong with a field, in the reader's words; the value that was sent is never repeated."""

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from services.deposit.api.bodies import WrongField
from shared.runtime.problem_catalogue import CATALOGUE
from shared.runtime.problems import Problem

ERRORS_MAX = 20

_INDONESIAN = {
    "missing": "isian ini wajib ada",
    "uuid_parsing": "harus berupa UUID",
    "uuid_type": "harus berupa UUID",
    "uuid_version": "harus berupa UUID versi 7",
    "string_type": "harus berupa teks",
    "string_pattern_mismatch": "bentuk tulisannya tidak dikenal",
    "string_too_short": "tidak boleh kosong",
    "string_too_long": "terlalu panjang",
    "int_type": "harus berupa bilangan bulat",
    "int_from_float": "harus berupa bilangan bulat",
    "bool_type": "harus berupa ya atau tidak",
    "greater_than_equal": "terlalu kecil",
    "less_than_equal": "terlalu besar",
    "literal_error": "bukan salah satu pilihan",
    "tuple_type": "harus berupa daftar",
    "list_type": "harus berupa daftar",
    "too_short": "daftarnya terlalu pendek",
    "too_long": "daftarnya terlalu panjang",
    "model_type": "harus berupa objek",
    "model_attributes_type": "harus berupa objek",
    "datetime_parsing": "harus berupa waktu dengan zona, seperti 2026-11-22T08:30:00+07:00",
    "datetime_from_date_parsing": "harus berupa waktu dengan zona, seperti 2026-11-22T08:30:00+07:00",
    "datetime_type": "harus berupa waktu dengan zona, seperti 2026-11-22T08:30:00+07:00",
    "timezone_aware": "waktu harus menyebut zonanya, seperti 2026-11-22T08:30:00+07:00",
    "json_invalid": "bukan JSON yang sah",
}
_OTHERWISE = "isian ini salah"


def mistakes(error: ValidationError) -> list[ErrorDetails]:
    """What is wrong, without lists that are said to be too short only because their wrong parts do not count."""
    found = error.errors(include_url=False, include_context=False, include_input=False)
    deeper = {each["loc"][:depth] for each in found for depth in range(len(each["loc"]))}
    return [each for each in found if each["loc"] not in deeper]


def wrong_fields(error: ValidationError, *, english: bool) -> list[WrongField]:
    """Where and which rule, for at most twenty mistakes."""
    return [
        WrongField(
            field=".".join(map(str, each["loc"])),
            rule=each["type"],
            words=each["msg"] if english else _INDONESIAN.get(each["type"], _OTHERWISE),
        )
        for each in mistakes(error)[:ERRORS_MAX]
    ]


def invalid(error: ValidationError, *, english: bool) -> Problem:
    """The problem of a whole request that cannot be read."""
    problem = Problem("invalid_request")
    problem.errors = [each.model_dump() for each in wrong_fields(error, english=english)]
    return problem


def sentence(code: str, *, english: bool) -> str:
    """The catalogue's sentence for one item of a batch."""
    entry = CATALOGUE[code]
    return entry.english if english else entry.indonesian
