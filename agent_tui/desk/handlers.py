"""What the routes for staff and visitors do. The guard in `http.py` has checked who asks."""

import re
from typing import Final

import msgspec

from agent_tui.core.masking import asks_for_contacts
from agent_tui.desk.asked import Asked
from agent_tui.desk.auth import Issued, token_hash
from agent_tui.desk.limits import require_pace
from agent_tui.desk.logs import say
from agent_tui.model.words import Role
from agent_tui.protocol import requests as r
from agent_tui.protocol.commands import You
from agent_tui.protocol.errors import Code, Refusal
from agent_tui.protocol.records import WireConversation, WireEntry

_ENTRIES_USUAL: Final = 100
_ENTRIES_MOST: Final = 500
_LIST_USUAL: Final = 50
_LIST_MOST: Final = 200
_NUMBER_OF_A_CHAT: Final = re.compile(r"c?[0-9]{1,18}")
_SIGNED_OUT_BY_ONESELF = "You signed this device out. To come back, sign in with an invite: agent-tui login."
_TOO_MANY_TRIES = "Too many sign-ins from your address did not work. Wait, then try again."


# --- sign-in ---


def _signed_in(asked: Asked, issued: Issued) -> r.SignedIn:
    row = issued.session
    return r.SignedIn(issued.token, You(row.agent, row.name, row.role), asked.desk.settings.name)


def _name(asked: Asked, raw: str, what: str) -> str:
    most = asked.desk.settings.limits.name_code_points
    name = " ".join(raw.split())
    if not name or len(name) > most or not name.isprintable():
        raise Refusal(Code.BAD_VALUE, f"{what} needs 1 to {most} printable characters.")
    return name


async def local_sign_in(asked: Asked) -> r.SignedIn:
    """The per-start secret for a token of this start."""
    body: r.LocalSignIn = asked.body
    if not asked.desk.auth.local_secret_fits(body.secret):
        require_pace(asked.desk.sign_ins, asked.address, _TOO_MANY_TRIES)
        raise Refusal(Code.UNAUTHORISED, "This is not the secret of the running desk. It changes with each start.")
    if body.role is Role.VISITOR:
        raise Refusal(Code.BAD_VALUE, "A visitor does not sign in with the desk's secret.")
    name = _name(asked, body.name, "A name") if body.name else ""
    device = _name(asked, body.device, "A device")
    return _signed_in(asked, await asked.desk.auth.sign_in_locally(body.role, name, device, asked.desk.own_name))


async def log_in(asked: Asked) -> r.SignedIn:
    """An invite code for this device's token."""
    body: r.LogIn = asked.body
    device = _name(asked, body.device, "A device")
    require_pace(asked.desk.sign_ins, asked.address, _TOO_MANY_TRIES)
    issued = await asked.desk.auth.log_in(body.code, device)
    asked.desk.sign_ins.give_back(asked.address)
    say("signed in", agent=issued.session.agent, role=issued.session.role.value)
    return _signed_in(asked, issued)


async def log_out(asked: Asked) -> r.Empty:
    """End this device's sign-in and its sockets."""
    await asked.desk.auth.log_out(asked.actor)
    asked.desk.end_sessions([asked.actor.session], _SIGNED_OUT_BY_ONESELF)
    return r.Empty()


async def me(asked: Asked) -> r.Me:
    """Whose token this is."""
    actor = asked.actor
    return r.Me(You(actor.id, actor.name, actor.role), asked.desk.settings.name, asked.desk.store.epoch)


async def invite(asked: Asked) -> r.Invited:
    """A single-use code; anybody but an admin gets one only for themselves."""
    body: r.Invite = asked.body
    name, role = _name(asked, body.name, "A name") if body.name else "", body.role
    if body.me:
        name, role = asked.actor.name, asked.actor.role
    elif asked.actor.role is not Role.ADMIN:
        raise Refusal(Code.NOT_ALLOWED, "Only an admin invites others. `--me` invites your own second machine.")
    if not name or role is Role.VISITOR:
        raise Refusal(Code.BAD_VALUE, "An invite needs a name and one of the roles agent, supervisor, admin.")
    made = await asked.desk.auth.invite(name, role, asked.actor)
    return r.Invited(made.code, made.name, made.role, made.until)


async def sessions(asked: Asked) -> r.Sessions:
    """The devices that are signed in: an admin sees everybody's, others their own."""
    auth, agent = asked.desk.auth, "" if asked.actor.role is Role.ADMIN else asked.actor.id
    return r.Sessions(await auth.sessions(agent))


async def revoke(asked: Asked) -> r.Revoked:
    """End a person's devices, or one: their sockets at once, and with the last device their conversations go back."""
    body: r.Revoke = asked.body
    ended = await asked.desk.auth.revoke(body.name, body.device, asked.actor)
    asked.desk.end_sessions(ended.sessions)
    given_back = await asked.desk.service.give_back(ended.agent) if ended.account else 0
    say("revoked", agent=ended.agent, devices=len(ended.sessions), by=asked.actor.id)
    return r.Revoked(len(ended.sessions), given_back)


async def stop(asked: Asked) -> r.Empty:
    """End the desk, in order."""
    say("asked to stop", by=asked.actor.id)
    asked.desk.request_stop()
    return r.Empty()


# --- reads for staff ---


async def inbox(asked: Asked) -> r.Inbox:
    """Where a console begins."""
    found = await asked.desk.service.inbox(asked.actor.id)
    calls = asked.desk.service.calls
    return msgspec.structs.replace(found, calls=await calls.at_start(), phone=await calls.phone(asked.actor, ask=False))


async def conversations(asked: Asked) -> r.ConversationPage:
    """A list."""
    if not _NUMBER_OF_A_CHAT.fullmatch(asked.word("text").strip()):
        _look_for_words(asked)
    size = asked.page_size(_LIST_USUAL, _LIST_MOST)
    view = asked.word("view") or "all"
    return await asked.desk.service.conversations(
        asked.actor.id, view, asked.word("after"), size, asked.word("text"), masked=asked.actor.role is Role.SUPERVISOR
    )


async def conversation(asked: Asked) -> WireConversation:
    """One record."""
    number = asked.place("conversation")
    found = await asked.desk.service.conversation(asked.actor.id, number)
    await asked.desk.watching.read(asked.actor, [number])
    return found


async def entries(asked: Asked) -> r.EntryPage:
    """Part of a transcript."""
    size, number = asked.page_size(_ENTRIES_USUAL, _ENTRIES_MOST), asked.place("conversation")
    page = await asked.desk.service.entries(number, asked.number("before"), asked.number("after"), size)
    await asked.desk.watching.read(asked.actor, [number])
    return page


async def original(asked: Asked) -> WireEntry:
    """A withdrawn entry as it was."""
    return await asked.desk.service.original(asked.actor, asked.place("conversation"), asked.place("seq"))


async def earlier(asked: Asked) -> r.ConversationPage:
    """The same customer's earlier conversations."""
    return await asked.desk.service.earlier(asked.actor.id, asked.place("conversation"))


async def search(asked: Asked) -> r.HitPage:
    """Full text, newest first."""
    _look_for_words(asked)
    size = asked.page_size(_LIST_USUAL, _LIST_MOST)
    page = await asked.desk.service.search(
        asked.word("text"), asked.number("conversation") or 0, asked.word("before"), size
    )
    await asked.desk.watching.read(asked.actor, [hit.conversation for hit in page.hits])
    return page


def _look_for_words(asked: Asked) -> None:
    """Whoever is masked can't find out a number or an address by asking where it stands."""
    if asked.actor.role is Role.SUPERVISOR and asks_for_contacts(asked.word("text")):
        raise Refusal(Code.NOT_ALLOWED, "Numbers and addresses are masked for supervisors: look for words.")


# --- visitors ---


async def new_visitor(asked: Asked) -> r.VisitorToken:
    """A browser's first call."""
    body: r.NewVisitor = asked.body
    desk = asked.desk
    sentence = "Too many new chats came from your address at once. Wait a minute, then try again."
    require_pace(desk.new_visitors, asked.address, sentence)
    desk.saw_visitor(asked.address, forwarded="x-forwarded-for" in asked.request.headers)
    token = desk.auth.new_visitor_token()
    return r.VisitorToken(token, await desk.service.new_visitor(body, token_hash(token)))


async def ticket(asked: Asked) -> r.Ticket:
    """The key to one socket of this visitor."""
    require_pace(asked.desk.new_tickets, asked.actor.id, "This page connects too often. It goes on in a moment.")
    try:
        await asked.desk.service.page_now(asked.actor.id, asked.body)
    except Refusal as refusal:
        # on a full disk the customer can still read
        if refusal.answer.code is not Code.DISK_FULL:
            raise
    return r.Ticket(asked.desk.auth.tickets.issue(asked.actor))
