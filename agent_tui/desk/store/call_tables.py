"""The tables about calls. A number in full stands in `call` alone, and not for ever; its keyed hash stays."""

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, Text, text

from agent_tui.desk.store.columns import maybe, number, words
from agent_tui.desk.store.schema import metadata

call = Table(
    "call",
    metadata,
    Column("row", Integer, primary_key=True, autoincrement=True),
    Column("id", Text, nullable=False, unique=True),
    words("request_hash"),
    Column("conversation", Integer, ForeignKey("conversation.id"), nullable=False),
    words("visitor"),
    words("kind"),
    number("revision"),
    words("state"),
    number("since"),
    number("heard"),
    number("requested"),
    maybe("dialled"),
    maybe("answered"),
    maybe("ended"),
    words("reason"),
    Column("agent", Text, ForeignKey("agent.id"), nullable=True),
    words("agent_name"),
    Column("e164", Text, nullable=True),
    words("extension"),
    words("region"),
    words("line_kind"),
    words("shown"),
    words("last4"),
    words("number_hmac"),
    words("provider"),
    words("provider_ref"),
    number("in_console"),
    words("caller_id"),
    words("caller_shown"),
    words("code"),
    words("basis"),
    number("basis_seq"),
    maybe("basis_at"),
    number("attempt"),
    maybe("not_before"),
    maybe("not_after"),
    number("priority"),
    maybe("lease_until"),
    number("by_customer"),
    number("noticed"),
    words("result"),
    words("note"),
    words("language"),
    number("connected"),
    maybe("tried"),
    maybe("deadline"),
    words("passed"),
    sqlite_autoincrement=True,
)
"""One row a call, or an attempt of a callback. `reason`, `provider`, `agent_name` are empty where there is none yet.

`tried`: when something may have rung, or the number was handed over: what the limits count. `deadline`: when its state
is looked after if nothing comes. `passed`: which stops its agent passed. `e164` and `shown` go when the retention ends.
"""
Index("call_open_conversation", call.c.conversation, unique=True, sqlite_where=text("state != 'ended'"))
Index("call_open_agent", call.c.agent, unique=True, sqlite_where=text("state != 'ended' AND agent IS NOT NULL"))
Index("call_conversation", call.c.conversation, call.c.row)
Index("call_number", call.c.number_hmac, call.c.tried)
Index("call_agent", call.c.agent, call.c.tried)
Index("call_deadline", call.c.deadline)
Index("call_ended", call.c.ended)

call_offer = Table(
    "call_offer",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("conversation", Integer, ForeignKey("conversation.id"), nullable=False),
    number("at"),
    words("by"),
    words("last4"),
    number("seq"),
    maybe("answered_at"),
    number("answered_seq"),
    words("answer"),
    sqlite_autoincrement=True,
)
"""When a customer was asked "shall I call you?" (`last4` empty: for a number), and `yes` or `no` or nothing yet."""
Index("call_offer_conversation", call_offer.c.conversation, call_offer.c.id)

do_not_call = Table(
    "do_not_call",
    metadata,
    Column("number_hmac", Text, primary_key=True),
    words("last4"),
    words("region"),
    number("since"),
    words("by"),
    words("reason"),
    number("conversation"),
)

agent_phone = Table(
    "agent_phone",
    metadata,
    Column("agent", Text, ForeignKey("agent.id"), primary_key=True),
    words("extension"),
    words("number"),
    words("shows"),
)

call_audit = Table(
    "call_audit",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    number("at"),
    words("event"),
    words("call"),
    number("conversation"),
    words("actor"),
    words("record"),
    sqlite_autoincrement=True,
)
"""Every change of a call, every refusal and override, as JSON without a number in full. Append-only by triggers."""
Index("call_audit_call", call_audit.c.call, call_audit.c.seq)
