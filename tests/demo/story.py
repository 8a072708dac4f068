"""One deposit and one redemption told from beginning to end, so that a newcomer sees the road at work."""

from datetime import datetime

from shared.kernel.money import rupiah_text
from shared.kernel.wib import WIB
from tests.demo.day import Day
from tests.demo.redeeming import Redemption


async def deposit_story(day: Day) -> list[str]:
    """From the scale to the statement."""
    weighing = day.handed_in[day.story["deposit"]]
    stored = await day.stage.tablets[weighing.bank].read(weighing.id)
    valued = await day.stage.desk.valuation(weighing.id)
    lines = await day.stage.desk.statement(weighing.member_id)
    credit = next(line for line in lines if line["deposit_id"] == str(weighing.id))
    told = [
        f"One deposit: {weighing.id}",
        f"  {_at(stored['weighed_at'])}  weighed at {weighing.bank}",
    ]
    for line in (valued or {})["lines"]:
        what = f"{line['quantity']} {'g' if line['unit'] == 'kg' else 'ml' if line['unit'] == 'litre' else 'pcs'}"
        price, value = rupiah_text(line["price_rupiah"]), rupiah_text(line["value_rupiah"])
        told.append(f"                {line['item_code']} {line['grade']:<11}{what:>9} x {price} = {value}")
    balance = rupiah_text(credit["balance_rupiah"])
    return [
        *told,
        f"  {_at(stored['received_at'])}  received: DepositRecorded",
        f"                valued: gross {rupiah_text(weighing.gross_rupiah)}, net {rupiah_text(weighing.net_rupiah)}",
        f"  {_at(credit['posted_at'])}  credited {rupiah_text(credit['amount_rupiah'])}, balance {balance}",
        f"                transfer {credit['transfer_id']}",
    ]


def redemption_story(day: Day, redemptions: list[Redemption]) -> list[str]:
    """From the wish to the twenty digits."""
    told = next(each for each in redemptions if each.id == day.story["redemption"])
    shown = told.shown
    lines = [f"One redemption: {told.id}", f"  {shown['product_name']} for meter {shown['target']}"]
    lines += [f"  {_at(step['at'])}  {step['state']}" for step in shown["timeline"]]
    cost, fee = rupiah_text(shown["cost_rupiah"]), rupiah_text(shown["fee_rupiah"])
    return [
        *lines,
        f"  {rupiah_text(shown['amount_rupiah'])} of credit: {cost} to the biller, {fee} to the programme",
        f"  token  {shown['token']['digits']}  ({shown['token']['kwh']} kWh)",
    ]


def _at(text: str) -> str:
    return datetime.fromisoformat(text).astimezone(WIB).strftime("%H:%M:%S.%f")[:-3]
