"""The desk's tables. Migrations build them, a test holds both against each other.

Times are milliseconds since the epoch. A body lives in `entry` alone: events and the search index refer to it.
"""

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)

from agent_tui.desk.store.columns import maybe as _maybe
from agent_tui.desk.store.columns import number as _number
from agent_tui.desk.store.columns import words as _text

REVISION = "0004"
"""The migration this version of the desk works with."""

metadata = MetaData()


meta = Table(
    "meta",
    metadata,
    Column("name", Text, primary_key=True),
    _text("value"),
)
"""`epoch`; `indexed_to`, the last entry the search index has seen."""

agent = Table(
    "agent",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text(collation="NOCASE"), nullable=False, unique=True),
    _text("role"),
    _text("chosen", "available"),
    _text("availability", "away"),
    _number("since", 0),
    _maybe("lost_at"),
    _number("created"),
    _maybe("ended"),
)
"""Staff. `chosen` is what the agent asked for; `availability` what holds now that the connection is looked at too."""

session = Table(
    "session",
    metadata,
    Column("id", Text, primary_key=True),
    Column("agent", Text, ForeignKey("agent.id"), nullable=False),
    _text("role"),
    _text("device"),
    Column("token_hash", LargeBinary, nullable=False, unique=True),
    _number("created"),
    _number("last_used"),
    _maybe("ended"),
)
"""A signed-in device. Those with a token of one start of the desk are not in here: they end with it."""

invite = Table(
    "invite",
    metadata,
    Column("code_hash", LargeBinary, primary_key=True),
    _text("name"),
    _text("role"),
    Column("agent", Text, ForeignKey("agent.id"), nullable=True),
    _text("created_by", ""),
    _number("created"),
    _number("until"),
    _maybe("used"),
)
"""A single-use sign-in code. `agent` is set where it is for somebody who has an account already."""

visitor = Table(
    "visitor",
    metadata,
    Column("id", Text, primary_key=True),
    Column("token_hash", LargeBinary, nullable=False, unique=True),
    _number("created"),
    _text("name", ""),
    _text("name_known", "unknown"),
    _text("phone", ""),
    _text("email", ""),
    _text("contact_known", "unknown"),
    _text("language", ""),
    _text("time_zone", ""),
    _text("page_title", ""),
    _text("page_url", ""),
    _text("stage", ""),
    _text("signed_id", ""),
    _number("visits", 1),
    _maybe("left_at"),
    _maybe("blocked_until"),
    _text("blocked_reason", ""),
)
Index("visitor_signed", visitor.c.signed_id)

conversation = Table(
    "conversation",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("visitor", Text, ForeignKey("visitor.id"), nullable=False),
    _number("revision"),
    _text("state"),
    _text("stage"),
    _number("stage_set"),
    _text("outcome"),
    Column("owner", Text, ForeignKey("agent.id"), nullable=True),
    Column("lost_owner", Text, ForeignKey("agent.id"), nullable=True),
    _number("came_back"),
    _number("created"),
    _maybe("waiting_since"),
    _maybe("snoozed_until"),
    _maybe("resolved_at"),
    _number("last_seq"),
    _number("last_n"),
    _number("last_at"),
    _text("preview"),
    _number("customer_seq"),
    _number("agent_seq"),
    _text("agent_id"),
    _number("colleague_seq"),
    _number("excused_seq"),
    _number("seen"),
    _number("agents_saw"),
    _number("earlier"),
    _text("rating"),
    _text("channel"),
    _number("wants_call"),
    _text("flags"),
    CheckConstraint("state IN ('waiting', 'open', 'snoozed', 'resolved')", name="state_is_known"),
    sqlite_autoincrement=True,
)
"""`lost_owner`: whose it was when it went back to the queue because their connection was gone.

`customer_seq`, `agent_seq`: the newest public line of each side; `agent_id` wrote the latter, and `colleague_seq` is
the newest public line of any other agent. `excused_seq`: customer lines up to here need no answer. `last_n` counts the
visitor's public lines over all of their conversations; `earlier` counts those that the customer had before this one.
"""
Index("conversation_visitor", conversation.c.visitor, conversation.c.id)
Index("conversation_state", conversation.c.state, conversation.c.last_at, conversation.c.id)
Index("conversation_owner", conversation.c.owner, conversation.c.state)
Index("conversation_snoozed", conversation.c.snoozed_until)
Index("conversation_created", conversation.c.created, conversation.c.id)
Index("conversation_last", conversation.c.last_at, conversation.c.id)

entry = Table(
    "entry",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("conversation", Integer, ForeignKey("conversation.id"), nullable=False),
    _number("seq"),
    _number("n"),
    _text("kind"),
    _text("author_kind"),
    _text("author"),
    _text("author_name"),
    _number("at"),
    _text("body"),
    Column("cid", Text, nullable=True),
    _text("code"),
    _text("who"),
    _text("what"),
    _maybe("withdrawn_at"),
    _text("withdrawn_by"),
    _number("changes"),
    UniqueConstraint("conversation", "seq", name="entry_place"),
    UniqueConstraint("author", "cid", name="entry_once"),
)
"""`n` is 0 for what the visitor does not see. A withdrawn entry keeps its body: for admins alone."""

event = Table(
    "event",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    _text("kind"),
    _number("at"),
    _number("conversation"),
    _number("seq"),
    _text("agent"),
    _number("with_record"),
    sqlite_autoincrement=True,
)
Index("event_conversation", event.c.conversation, event.c.id)

read_position = Table(
    "read_position",
    metadata,
    Column("agent", Text, ForeignKey("agent.id"), primary_key=True),
    Column("conversation", Integer, ForeignKey("conversation.id"), primary_key=True),
    _number("seq"),
)

audit = Table(
    "audit",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    _number("at"),
    _text("actor"),
    _text("actor_name"),
    _text("action"),
    _number("conversation", 0),
    _text("detail", ""),
    _text("chain", ""),
    sqlite_autoincrement=True,
)
"""Who did what that somebody may have to answer for. Append-only by triggers. No bodies, no tokens.

`chain`: SHA-256 in hex over the line and the chain of the line before it: a line that is changed, left out or put in
between breaks it. Empty on lines from before there was one.
"""

proof_use = Table(
    "proof_use",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("conversation", Integer, ForeignKey("conversation.id"), nullable=False),
    _number("seq"),
    _number("at"),
    _text("agent"),
    _text("stage"),
    _text("snippet"),
    _number("revision"),
    _text("language"),
    _text("warned"),
    _number("recognised"),
    _number("bought_before"),
    UniqueConstraint("conversation", "seq", "snippet", name="proof_use_once"),
    sqlite_autoincrement=True,
)
"""A snippet that went to a customer, written with its message. `warned`: the gate's rules that warned of it.

`bought_before`: the conversation's outcome was *bought* already, so this did not go before it.
"""
Index("proof_use_snippet", proof_use.c.snippet, proof_use.c.id)

proof_refusal = Table(
    "proof_refusal",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("conversation", Integer, ForeignKey("conversation.id"), nullable=False),
    _number("at"),
    _text("agent"),
    _text("stage"),
    _text("snippet"),
    _number("revision"),
    _text("language"),
    _text("rule"),
    _text("report"),
    UniqueConstraint("agent", "report", "snippet", "rule", name="proof_refusal_once"),
    sqlite_autoincrement=True,
)
"""A snippet that the gate kept from a customer. `report`: the message's cid, or the console's own id of the refusal."""
Index("proof_refusal_snippet", proof_refusal.c.snippet)

consent_withdrawal = Table(
    "consent_withdrawal",
    metadata,
    Column("snippet", Text, primary_key=True),
    _number("at"),
    _text("by"),
)
"""Testimonials that no customer gets any more, whatever a file says: a folder that is put back revives none."""

watching = Table(
    "watching",
    metadata,
    Column("id", Text, primary_key=True),
    _text("actor"),
    _text("actor_name"),
    _number("conversation"),
    _number("since"),
    _number("alive"),
    _number("on_the_wall"),
)
"""What is on a screen at this moment, with a last sign of life; when it ends it becomes a line of the audit."""

SEARCH_INDEX = "entry_text"
"""FTS5 table without content of its own: (`words`, `place`), rowid = `entry.id`."""
