"""What the customer reads of it, in the chat and in its language; each text at its moment."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from agent_tui.core.phone.reasons import Told
from agent_tui.core.phone.texts import TextKey, day_in
from agent_tui.desk.service.calling.moment import CallMoment
from agent_tui.desk.store import Transaction
from agent_tui.desk.store.call_rows import Kept
from agent_tui.desk.store.rows import ConversationRow
from agent_tui.protocol.records import WireEntry

_AFTER = {Told.THANKS: TextKey.THANKS, Told.NOT_REACHED: TextKey.NOT_REACHED, Told.OUR_SIDE: TextKey.OUR_SIDE}


def say(tx: Transaction, m: CallMoment, row: ConversationRow, key: TextKey, language: str, **values: str) -> WireEntry:
    """One text, as a line of the system's that the customer reads."""
    known = {"company": m.rules.company, "agent": m.rules.company, **values}
    text = m.rules.texts.say(key, language, m.rules.settings.form, **known)
    return tx.add_line(row, m.now, "call_told", what=text)


def we_call(tx: Transaction, m: CallMoment, row: ConversationRow, kept: Kept) -> None:
    """Text 1, when the agent's telephone is to ring: who calls, from what number, with what code."""
    call = kept.call
    values = {"agent": call.agent_name, "code": call.code}
    if call.caller_id is not None:
        say(tx, m, row, TextKey.CALLING, call.language, number=call.caller_id.shown, **values)
    else:
        say(tx, m, row, TextKey.CALLING_UNKNOWN, call.language, **values)
    if m.rules.settings.recording:
        say(tx, m, row, TextKey.RECORDED, call.language, purpose=m.rules.settings.recording_purpose, **values)


def it_ended(tx: Transaction, m: CallMoment, row: ConversationRow, kept: Kept, told: Told) -> None:
    """Texts 2, 2b and 3."""
    key = _AFTER.get(told)
    if key is not None:
        say(tx, m, row, key, kept.call.language, agent=kept.call.agent_name or m.rules.company)


def planned(tx: Transaction, m: CallMoment, row: ConversationRow, kept: Kept, zones: Sequence[str]) -> None:
    """Text 4: when we call, by the customer's clock where there is only one it can be, else by ours."""
    call = kept.call
    where = ZoneInfo(zones[0] if len(zones) == 1 else m.rules.hours().time_zone)
    now, begin, end = (
        datetime.fromtimestamp(at / 1000, where)
        for at in (m.now, call.not_before_ms or m.now, call.not_after_ms or m.now)
    )
    day = day_in(call.language, begin.date(), now.date())
    values = {"day": day, "from": f"{begin:%H:%M}", "to": f"{end:%H:%M}"}
    caller = m.rules.caller_id
    if caller is not None:
        say(tx, m, row, TextKey.SCHEDULED, call.language, number=caller.shown, **values)
    else:
        say(tx, m, row, TextKey.SCHEDULED_UNKNOWN, call.language, **values)
