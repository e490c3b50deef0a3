"""Which handler answers which route of the table."""

from collections.abc import Awaitable, Callable

from msgspec import Struct
from starlette.responses import Response

from agent_tui.desk import call_handlers as ch
from agent_tui.desk import handlers as h
from agent_tui.desk import overseeing as o
from agent_tui.desk import pages as p
from agent_tui.desk.asked import Asked
from agent_tui.desk.library import handlers as lib

Handler = Callable[[Asked], Awaitable[Struct | Response]]

HANDLERS: dict[str, Handler] = {
    "local_sign_in": h.local_sign_in,
    "log_in": h.log_in,
    "log_out": h.log_out,
    "me": h.me,
    "inbox": h.inbox,
    "conversations": h.conversations,
    "conversation": h.conversation,
    "entries": h.entries,
    "original": h.original,
    "earlier": h.earlier,
    "search": h.search,
    "behind": o.behind,
    "sample": o.sample,
    "replay": o.replay,
    "standing": o.standing,
    "unmasked": o.unmasked,
    "report": o.report,
    "board": o.board,
    "watched": o.watched,
    "audit_check": o.audit_check,
    "library": lib.library,
    "library_uses": lib.library_uses,
    "recall": lib.recall,
    "edit_snippet": lib.edit_snippet,
    "check_snippet": lib.check_snippet,
    "withdraw_consent": lib.withdraw_consent,
    "hours": p.hours,
    "set_hours": p.set_hours,
    "phone": ch.phone,
    "calls": ch.calls,
    "call": ch.call,
    "calls_to": ch.calls_to,
    "call_audit": ch.call_audit,
    "never_call": ch.never_call,
    "invite": h.invite,
    "sessions": h.sessions,
    "revoke": h.revoke,
    "stop": h.stop,
    "new_visitor": h.new_visitor,
    "ticket": h.ticket,
    "health": p.health,
    "metrics": p.metrics,
    "openapi": p.api_description,
    "widget_page": p.widget_page,
    "widget_embed": p.widget_embed,
    "widget_file": p.widget_file,
}
