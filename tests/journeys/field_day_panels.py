"""What the panels of the row "Layanan" must show, told from the events alone."""

from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from tests.journeys.grafana_recount import instant, wib_day
from tests.journeys.grafana_view import Row, View, quantile, starts_at, wib


def _open_disputes(view: View) -> list[Row]:
    waiting = [each for _, each, answer in view.events.disputes() if answer is None]
    return [(len(waiting), sum(instant(each["due_at"]) < datetime.now(UTC) for each in waiting))]


def _open_pickups(view: View) -> list[Row]:
    today, waiting = wib(datetime.now(UTC)), view.events.open_pickups()
    late = [about for about in waiting if any(day < today for day in view.events.visits(about)[-1:])]
    return [(len(waiting), len(late))]


def _unsent(view: View) -> list[Row]:
    since = datetime.now(UTC) - timedelta(days=30)
    queues = [
        each["queue_length"]
        for each in view.events.tablets().values()
        if instant(each["reported_at"]) > since
    ]
    return [(sum(queues), sum(queue > 0 for queue in queues))]


def _answers(view: View) -> list[Row]:
    opened: Counter[tuple[str, str, date]] = Counter()
    late: Counter[tuple[str, str, date]] = Counter()
    for about, each, answer in view.events.disputes():
        opened[each["subdistrict_code"], about, wib_day(each["opened_at"])] += 1
        if answer is not None and instant(answer["answered_at"]) > instant(answer["due_at"]):
            late[each["subdistrict_code"], about, wib_day(answer["answered_at"])] += 1
    hours = view.events.answer_hours()
    words = {"deposit": "setoran", "redemption": "penukaran"}
    return [
        (
            day,
            view.name(code),
            words[about],
            opened[code, about, day],
            len(took),
            late[code, about, day],
            quantile(took, 0.5) * 3600 if took else None,
            quantile(took, 0.95) * 3600 if took else None,
        )
        for code, about, day in opened.keys() | hours.keys()
        if view.in_range(day)
        for took in [hours.get((code, about, day), [])]
    ]


def _pickups(view: View) -> list[Row]:
    found = view.events.pickups()
    days = {day for cells in found.values() for _, day in cells if view.in_range(day)}

    def on(day: date, *names: str) -> int:
        return sum(count for name in names for (_, at), count in found[name].items() if at == day)

    over = ("cancelled_by_member", "cancelled_by_waste_bank", "given_up")
    return [
        (starts_at(day), on(day, "requested"), on(day, "done"), on(day, *over), on(day, "missed"))
        for day in days
    ]


def _tablets(view: View) -> list[Row]:
    reports, heard = view.events.tablets(), view.events.last_heard
    rows = []
    for tablet in reports.keys() | heard.keys():
        report = reports.get(tablet)
        last = [instant(report["recorded_at"])] if report else []
        last += [heard[tablet]] if tablet in heard else []
        said = (
            (
                instant(report["reported_at"]),
                report["queue_length"],
                report["oldest_queued_at"] and instant(report["oldest_queued_at"]),
                report["app_version"],
                report["battery_percent"],
                report["clock_offset_ms"] / 1000,
            )
            if report
            else (None,) * 6
        )
        rows.append((view.events.bank_of_tablet(tablet), max(last), *said))
    return rows


def _sales(view: View) -> list[Row]:
    grams: Counter[date] = Counter()
    rupiah: Counter[date] = Counter()
    for lot in view.events.lots():
        day = wib_day(lot["sold_at"])
        grams[day] += sum(line["weight_grams"] for line in lot["lines"])
        rupiah[day] += lot["amount_rupiah"]
    return [(starts_at(day), grams[day] / 1000, rupiah[day]) for day in rupiah if view.in_range(day)]


def _closings(view: View) -> list[Row]:
    cells: dict[tuple[str, date], list[Row]] = {}
    for each in view.events.closings():
        shrunk = sum(one["booked_grams"] - one["counted_grams"] for one in each["classes"])
        cash = each["cash_counted_rupiah"] - each["cash_booked_rupiah"]
        cell = each["subdistrict_code"], date.fromisoformat(each["day_on"])
        cells.setdefault(cell, []).append((shrunk, cash))
    return [
        (day, view.name(code), len(said), sum(one[0] for one in said) / 1000, sum(one[1] for one in said))
        for (code, day), said in cells.items()
        if view.in_range(day)
    ]


def _open_bags(view: View) -> list[Row]:
    weighed, discarded = view.events.bag_ends()
    waiting: defaultdict[tuple[str, str], list[datetime]] = defaultdict(list)
    for bag, each in view.events.bags().items():
        if bag not in weighed and bag not in discarded:
            waiting[each["waste_bank_id"], each["subdistrict_code"]].append(instant(each["received_at"]))
    now = datetime.now(UTC)
    return [
        (bank, view.name(code), len(since), min(since), (now - min(since)).total_seconds())
        for (bank, code), since in waiting.items()
    ]


def _bags(view: View) -> list[Row]:
    weighed, discarded = view.events.bag_ends()
    days: defaultdict[tuple[str, date], list[tuple[str, datetime]]] = defaultdict(list)
    for bag, each in view.events.bags().items():
        days[each["subdistrict_code"], wib_day(each["received_at"])].append(
            (bag, instant(each["received_at"]))
        )
    rows = []
    for (code, day), bags in days.items():
        if not view.in_range(day):
            continue
        took = sorted(
            max(0.0, (weighed[bag] - since).total_seconds()) for bag, since in bags if bag in weighed
        )
        gone = sum(bag in discarded and bag not in weighed for bag, _ in bags)
        rows.append(
            (
                day,
                view.name(code),
                len(bags),
                len(took),
                gone,
                len(bags) - len(took) - gone,
                quantile(took, 0.5) if took else None,
                took[-1] if took else None,
            )
        )
    return rows


EXPECTED: dict[str, Callable[[View], list[Row]]] = {
    "Sengketa belum dijawab": _open_disputes,
    "Jemput sampah belum selesai": _open_pickups,
    "Belum terkirim dari tablet": _unsent,
    "Sengketa dan lama jawabannya": _answers,
    "Jemput sampah per hari": _pickups,
    "Tablet": _tablets,
    "Penjualan sampah terpilah": _sales,
    "Tutup hari: susut dan selisih kas": _closings,
    "Karung menunggu ditimbang": _open_bags,
    "Karung per hari masuk": _bags,
}
