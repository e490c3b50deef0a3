"""The one table of HTTP routes and socket commands. Router, guard, OpenAPI, docs and the role test are made from it.

What is not in the table is refused.
"""

from typing import NamedTuple

from msgspec import Struct

from agent_tui.model.words import Role
from agent_tui.protocol import call_commands as cc
from agent_tui.protocol import call_records as cr
from agent_tui.protocol import commands as c
from agent_tui.protocol import library as lib
from agent_tui.protocol import requests as r
from agent_tui.protocol.pushes import BoardNow
from agent_tui.protocol.records import WireConversation, WireEntry

VISITOR = frozenset({Role.VISITOR})
STAFF = frozenset({Role.AGENT, Role.SUPERVISOR, Role.ADMIN})
ANSWERING = frozenset({Role.AGENT, Role.ADMIN})
OVERSEEING = frozenset({Role.SUPERVISOR, Role.ADMIN})
ADMIN = frozenset({Role.ADMIN})
ANYBODY: frozenset[Role] = frozenset()
"""No sign-in at all: the handler checks what it was given (a code, a secret)."""


class CommandRow(NamedTuple):
    """One socket command."""

    request: type[c.Command]
    roles: frozenset[Role]
    answer: type[Struct]
    writes: bool

    @property
    def name(self) -> str:
        """The command's word on the wire (`do`)."""
        return str(self.request.__struct_config__.tag)


class RouteRow(NamedTuple):
    """One HTTP route under the desk's address."""

    name: str
    method: str
    path: str
    roles: frozenset[Role]
    request: type[Struct] | None
    answer: type[Struct] | None
    """None: not JSON (a page, a script, text)."""
    query: tuple[str, ...] = ()

    @property
    def public(self) -> bool:
        """Reachable without a token."""
        return not self.roles

    def is_masked(self, role: Role) -> bool:
        """Numbers and addresses in the answer are masked: for supervisors in all but the one row that shows them."""
        return role is Role.SUPERVISOR and self.name not in SHOWS_CONTACTS

    @property
    def writes(self) -> bool:
        """Anything but a read."""
        return self.method not in {"GET", "HEAD"}


COMMANDS: tuple[CommandRow, ...] = (
    CommandRow(c.Hello, STAFF | VISITOR, c.Welcome, writes=False),
    CommandRow(c.Subscribe, STAFF, c.Done, writes=False),
    CommandRow(c.Send, ANSWERING, c.Stored, writes=True),
    CommandRow(c.Claim, ANSWERING, c.Done, writes=True),
    CommandRow(c.TakeNext, ANSWERING, c.Done, writes=True),
    CommandRow(c.Transfer, ANSWERING, c.Done, writes=True),
    CommandRow(c.Resolve, ANSWERING, c.Done, writes=True),
    CommandRow(c.Reopen, ANSWERING, c.Done, writes=True),
    CommandRow(c.Snooze, ANSWERING, c.Done, writes=True),
    CommandRow(c.SetStage, ANSWERING, c.Done, writes=True),
    CommandRow(c.SetOutcome, ANSWERING, c.Done, writes=True),
    CommandRow(c.NeedsAnswer, ANSWERING, c.Done, writes=True),
    CommandRow(c.Withdraw, ANSWERING, c.Done, writes=True),
    CommandRow(c.Block, ANSWERING, c.Done, writes=True),
    CommandRow(c.SetFlag, ANSWERING, c.Done, writes=True),
    CommandRow(c.Watch, OVERSEEING, c.Done, writes=False),
    CommandRow(c.MarkRead, ANSWERING, c.Done, writes=True),
    CommandRow(c.Typing, ANSWERING, c.Done, writes=True),
    CommandRow(c.SetAvailable, ANSWERING, c.Done, writes=True),
    CommandRow(cc.CheckCall, ANSWERING, cr.CallChecks, writes=True),
    CommandRow(cc.RequestCall, ANSWERING, cr.CallNow, writes=True),
    CommandRow(cc.DialCall, ANSWERING, cr.CallNow, writes=True),
    CommandRow(cc.ReportCall, ANSWERING, cr.CallNow, writes=True),
    CommandRow(cc.CancelCall, ANSWERING, cr.CallNow, writes=True),
    CommandRow(cc.HangUp, ANSWERING, cr.CallNow, writes=True),
    CommandRow(cc.CallOutcome, ANSWERING, cr.CallNow, writes=True),
    CommandRow(cc.OfferCall, ANSWERING, cr.WireOffer, writes=True),
    CommandRow(cc.QueueCall, ANSWERING, cr.CallNow, writes=True),
    CommandRow(cc.ClaimCall, ANSWERING, cr.CallNow, writes=True),
    CommandRow(cc.ReleaseCall, ANSWERING, cr.CallNow, writes=True),
    CommandRow(cc.RescheduleCall, ANSWERING, cr.CallNow, writes=True),
    CommandRow(cc.DoNotCall, ANSWERING, c.Done, writes=True),
    CommandRow(cc.SetPhone, ANSWERING, c.Done, writes=True),
    CommandRow(c.ProofStopped, ANSWERING, c.Done, writes=True),
    CommandRow(c.Say, VISITOR, c.Stored, writes=True),
    CommandRow(c.Writing, VISITOR, c.Done, writes=True),
    CommandRow(c.Seen, VISITOR, c.Done, writes=True),
    CommandRow(c.Introduce, VISITOR, c.Done, writes=True),
    CommandRow(c.End, VISITOR, c.Done, writes=True),
    CommandRow(c.Rate, VISITOR, c.Done, writes=True),
    CommandRow(cc.AskCall, VISITOR, c.Done, writes=True),
    CommandRow(cc.AnswerOffer, VISITOR, c.Done, writes=True),
    CommandRow(cc.CancelAsked, VISITOR, c.Done, writes=True),
)

ROUTES: tuple[RouteRow, ...] = (
    RouteRow("local_sign_in", "POST", "/v1/local", ANYBODY, r.LocalSignIn, r.SignedIn),
    RouteRow("log_in", "POST", "/v1/login", ANYBODY, r.LogIn, r.SignedIn),
    RouteRow("log_out", "POST", "/v1/logout", STAFF, r.Empty, r.Empty),
    RouteRow("me", "GET", "/v1/me", STAFF, None, r.Me),
    RouteRow("inbox", "GET", "/v1/inbox", STAFF, None, r.Inbox),
    RouteRow(
        "conversations", "GET", "/v1/conversations", STAFF, None, r.ConversationPage, ("view", "after", "limit", "text")
    ),
    RouteRow("conversation", "GET", "/v1/conversations/{conversation}", STAFF, None, WireConversation),
    RouteRow(
        "entries",
        "GET",
        "/v1/conversations/{conversation}/entries",
        STAFF,
        None,
        r.EntryPage,
        ("before", "after", "limit"),
    ),
    RouteRow("original", "GET", "/v1/conversations/{conversation}/entries/{seq}/original", ADMIN, None, WireEntry),
    RouteRow("earlier", "GET", "/v1/conversations/{conversation}/earlier", STAFF, None, r.ConversationPage),
    RouteRow("search", "GET", "/v1/search", STAFF, None, r.HitPage, ("text", "conversation", "before", "limit")),
    RouteRow("behind", "GET", "/v1/behind", OVERSEEING, None, r.ConversationPage, ("figure", "after", "limit")),
    RouteRow("sample", "GET", "/v1/sample", OVERSEEING, None, r.ConversationPage, ("limit",)),
    RouteRow(
        "replay",
        "GET",
        "/v1/replay",
        OVERSEEING,
        None,
        r.StepPage,
        ("since", "until", "conversation", "after", "limit"),
    ),
    RouteRow("standing", "GET", "/v1/standing", OVERSEEING, None, r.StandingPage, ("at", "after", "limit")),
    RouteRow(
        "unmasked", "GET", "/v1/conversations/{conversation}/unmasked", OVERSEEING, None, r.UnmaskedPage, ("limit",)
    ),
    RouteRow("report", "GET", "/v1/report", OVERSEEING, None, r.ReportPart, ("since", "until")),
    RouteRow("board", "GET", "/v1/board", OVERSEEING, None, BoardNow),
    RouteRow("watched", "GET", "/v1/watched", STAFF, None, r.WatchedPage, ("after", "limit")),
    RouteRow("audit_check", "GET", "/v1/audit-check", ADMIN, None, r.AuditChecked),
    RouteRow("library", "GET", "/v1/library", STAFF, None, lib.LibraryPage, ("have", "after")),
    RouteRow("library_uses", "GET", "/v1/library/uses", STAFF, None, lib.UsesPage),
    RouteRow("recall", "GET", "/v1/library/recall", STAFF, None, lib.RecallPage, ("snippet", "after")),
    RouteRow("edit_snippet", "POST", "/v1/library/edits", ADMIN, lib.EditSnippet, lib.SnippetEdited),
    RouteRow("check_snippet", "POST", "/v1/library/checks", ANSWERING, lib.CheckedSnippet, lib.SnippetEdited),
    RouteRow("withdraw_consent", "POST", "/v1/library/withdrawals", ADMIN, lib.WithdrawConsent, lib.ConsentWithdrawn),
    RouteRow("hours", "GET", "/v1/hours", STAFF, None, r.HoursFile),
    RouteRow("set_hours", "PUT", "/v1/hours", ADMIN, r.HoursFile, r.HoursFile),
    RouteRow("phone", "GET", "/v1/phone", STAFF, None, cr.PhoneFacts),
    RouteRow("calls", "GET", "/v1/calls", STAFF, None, cr.CallPage, ("view", "conversation", "after", "limit")),
    RouteRow("call", "GET", "/v1/calls/{call}", STAFF, None, cr.CallNow),
    RouteRow("calls_to", "POST", "/v1/calls/to", ANSWERING, cr.NumberAsked, cr.CallPage),
    RouteRow("call_audit", "GET", "/v1/call-audit", ADMIN, None, cr.CallAuditPage, ("call", "after", "limit")),
    RouteRow("never_call", "GET", "/v1/do-not-call", ADMIN, None, cr.NeverPage),
    RouteRow("invite", "POST", "/v1/invites", ANSWERING | {Role.SUPERVISOR}, r.Invite, r.Invited),
    RouteRow("sessions", "GET", "/v1/sessions", STAFF, None, r.Sessions),
    RouteRow("revoke", "POST", "/v1/revocations", ADMIN, r.Revoke, r.Revoked),
    RouteRow("stop", "POST", "/v1/stop", ADMIN, r.Empty, r.Empty),
    RouteRow("new_visitor", "POST", "/v1/visitors", ANYBODY, r.NewVisitor, r.VisitorToken),
    RouteRow("ticket", "POST", "/v1/ticket", VISITOR, r.PageNow, r.Ticket),
    RouteRow("health", "GET", "/healthz", ANYBODY, None, r.Health),
    RouteRow("metrics", "GET", "/metrics", ANYBODY, None, None),
    RouteRow("openapi", "GET", "/openapi.json", ANYBODY, None, None),
    RouteRow("widget_page", "GET", "/", ANYBODY, None, None),
    RouteRow("widget_embed", "GET", "/embed.js", ANYBODY, None, None),
    RouteRow("widget_file", "GET", "/widget/{file}", ANYBODY, None, None),
)
"""`invite` by anybody but an admin is only for oneself (`me`); `metrics` answers on loopback or to a staff token."""

SHOWS_CONTACTS = frozenset({"unmasked", "log_in", "local_sign_in", "invite"})
"""Answers that a supervisor gets unmasked: the one that shows contacts by an admin's leave, and keys to sign in by."""

SOCKET_PATH = "/v1/socket"

COMMAND_BY_TYPE: dict[type[c.Command], CommandRow] = {row.request: row for row in COMMANDS}
ROUTE: dict[str, RouteRow] = {row.name: row for row in ROUTES}
