"""Who owns a meter and what the token for it looks like; the same number always gets the same answer."""

import hashlib

from services.sandbox.numbers import PLAIN, Script, script_for

_NAMES = (
    "SITI AMINAH",
    "BUDI SANTOSO",
    "RAMLI SIREGAR",
    "DEWI LUBIS",
    "AGUS GINTING",
    "NURHAYATI",
    "HERMAN TARIGAN",
)
_SEGMENTS = ("R1M/000000900", "R1 /000001300", "R1 /000002200")
# Rupiah per kWh by power; 900 VA is taken as subsidised when the tariff is plain R1.
_TARIFFS = {"R1 /000000450": 415.0, "R1 /000000900": 605.0, "R1M/000000900": 1352.0}
_HOURS_A_MONTH = 720
_SUBSCRIBER_DIGITS = 12


def _number(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")


def owner_of(customer_no: str) -> str:
    """The owner's name, in capitals as PLN writes it."""
    return _NAMES[_number("owner" + customer_no) % len(_NAMES)]


def segment_of(customer_no: str) -> str:
    """Tariff and power as PLN writes them, e.g. `R1 /000001300`."""
    script = script_for(customer_no)
    if script is not PLAIN or customer_no.startswith("140000000"):
        return script.segment
    return _SEGMENTS[_number("segment" + customer_no) % len(_SEGMENTS)]


def twins(customer_no: str) -> tuple[str, str]:
    """Meter number (11 digits) and subscriber id (12 digits) of whichever of the two was given."""
    if len(customer_no) == _SUBSCRIBER_DIGITS:
        return f"{_number('meter' + customer_no) % 10**11:011d}", customer_no
    return customer_no, f"52{_number('idpel' + customer_no) % 10**10:010d}"


def kwh_for(nominal: int, segment: str) -> float:
    """How many kWh a nominal buys, before the local street-lighting tax that the sandbox leaves out."""
    return round(nominal / _TARIFFS.get(segment, 1444.7), 1)


def over_the_month(nominal: int, segment: str) -> bool:
    """Whether a token exceeds power x 720 hours, the most that a meter may take in a month."""
    volt_ampere = int(segment.rsplit("/", 1)[1])
    return kwh_for(nominal, segment) > volt_ampere / 1000 * _HOURS_A_MONTH


def token_serial(ref_id: str, customer_no: str, nominal: int, script: Script) -> str:
    """The serial of a sold token: 20 digits, owner, tariff, power and kWh, in one of the shapes seen live."""
    digits = f"{_number('token' + ref_id + customer_no) % 10**19:020d}"
    dashed = "-".join(digits[i : i + 4] for i in range(0, 20, 4))
    segment = segment_of(customer_no)
    tariff, power = segment.split("/")
    name, kwh = owner_of(customer_no), kwh_for(nominal, segment)
    shapes = (
        f"{dashed}/{name.replace(' ', '-')}  /{tariff.strip()}/{int(power)}VA/{kwh}KWH",
        f"{digits}/{name}/{tariff.strip()}/{kwh}",
        f"{dashed}/{name}/{tariff.strip()}/{int(power)}VA/{str(kwh).replace('.', ',')}KWH",
        f"{dashed}/{name} / (B)/{tariff.strip()}/{int(power)}VA/{kwh}KWH",
        f"{dashed}/{name}/{segment}/{kwh}",
    )
    return shapes[script.serial_shape]


def phone_serial(ref_id: str) -> str:
    """The operator's serial of a top-up: opaque digits."""
    return f"{_number('serial' + ref_id) % 10**16:016d}"
