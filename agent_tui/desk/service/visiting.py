"""The visitor's side: a first call, who they say they are, the end of a chat."""

import hashlib
import hmac

from agent_tui.desk.service.actor import Actor
from agent_tui.desk.service.moment import Moment, visitor_of, writing_visitor
from agent_tui.desk.service.texts import checked_id, checked_name
from agent_tui.desk.store import Transaction
from agent_tui.desk.store.rows import VisitorRow
from agent_tui.model.words import HowKnown, State
from agent_tui.protocol.commands import Done, End, Introduce, Rate
from agent_tui.protocol.errors import Code, Refusal
from agent_tui.protocol.limits import Limits
from agent_tui.protocol.requests import NewVisitor, PageNow

_ADDRESS_CODE_POINTS = 2_000
_NEW_VISIT_MS = 30 * 60_000
"""Away for longer than this begins a new visit."""


def is_signed(signed_id: str, signature: str, site_key: str) -> bool:
    """Whether the site vouches for this id (HMAC-SHA-256 under its key)."""
    if not (signed_id and site_key):
        return False
    right = hmac.new(site_key.encode(), signed_id.encode(errors="replace"), hashlib.sha256).hexdigest()
    return hmac.compare_digest(right.encode(), signature.lower().encode(errors="replace"))


def new_visitor(
    tx: Transaction, moment: Moment, number: str, token_hash: bytes, request: NewVisitor, *, signed: bool
) -> str:
    """A browser nobody has seen yet. With a signed id it shares the earlier conversations of that customer."""
    row = VisitorRow(number, token_hash, moment.now, stage=_cut(request.stage, moment.limits.name_code_points))
    _look_at_page(row, request, moment.limits)
    if signed:
        row.signed_id = checked_id(request.signed_id, moment.limits)
    tx.put_visitor(row)
    return row.id


def page_now(tx: Transaction, moment: Moment, visitor: str, page: PageNow) -> None:
    """A browser is back, perhaps on another page. After a cut or a reload it is the same visit."""
    row = visitor_of(tx, visitor)
    if moment.now - (row.left_at or row.created) > _NEW_VISIT_MS:
        row.visits += 1
    _look_at_page(row, page, moment.limits)
    tx.put_visitor(row)
    _tell(tx, row, moment.now)


def left(tx: Transaction, moment: Moment, visitor: str) -> None:
    """The page was closed."""
    row = visitor_of(tx, visitor)
    row.left_at = moment.now
    tx.put_visitor(row)


def introduce(tx: Transaction, moment: Moment, actor: Actor, command: Introduce) -> Done:
    """A name and a way to be reached, as typed; what is left empty stays as it was."""
    row = writing_visitor(tx, moment, actor.id)
    name = checked_name(command.name, "name", moment.limits)
    email = checked_name(command.email, "e-mail address", moment.limits)
    phone = checked_name(command.phone, "number", moment.limits)
    if (name or row.name, email or row.email, phone or row.phone) == (row.name, row.email, row.phone):
        return Done()
    if name:
        row.name, row.name_known = name, HowKnown.TYPED.value
    if email or phone:
        row.email, row.phone = email or row.email, phone or row.phone
        row.contact_known = HowKnown.TYPED.value
    tx.put_visitor(row)
    conversation = tx.newest_of(row.id)
    if conversation is not None and conversation.state != State.RESOLVED:
        told = ", ".join(part for part in (name, email, phone) if part)
        tx.add_line(conversation, moment.now, "introduced", what=told)
        tx.change(conversation, moment.now)
    return Done()


def end(tx: Transaction, moment: Moment, actor: Actor, _: End) -> Done:
    """The customer ends the chat. The outcome stays for an agent to say."""
    row = tx.newest_of(actor.id)
    if row is not None and row.state != State.RESOLVED:
        row.state = State.RESOLVED.value
        row.resolved_at = moment.now
        row.waiting_since = row.snoozed_until = row.lost_owner = None
        row.came_back = 0
        row.flags = ""
        tx.add_line(row, moment.now, "ended")
        tx.change(row, moment.now)
    return Done()


def rate(tx: Transaction, moment: Moment, actor: Actor, command: Rate) -> Done:
    """The answer to the one question at the end."""
    row = tx.newest_of(actor.id)
    if row is None:
        raise Refusal(Code.WRONG_STATE, "There was no chat to say something about.")
    if row.rating != command.answer:
        row.rating = command.answer
        tx.add_line(row, moment.now, "rated", what=command.answer)
        tx.change(row, moment.now)
    return Done()


def _tell(tx: Transaction, visitor: VisitorRow, now: int) -> None:
    row = tx.newest_of(visitor.id)
    if row is not None and row.state != State.RESOLVED:
        tx.change(row, now)


def _look_at_page(row: VisitorRow, page: NewVisitor | PageNow, limits: Limits) -> None:
    """What browser and page say of themselves is cut, not refused: a long address must not keep a customer out."""
    row.page_url = _cut(page.page_url, _ADDRESS_CODE_POINTS) or row.page_url
    row.page_title = _cut(page.page_title, limits.name_code_points) or row.page_title
    row.language = _cut(page.language, limits.name_code_points) or row.language
    row.time_zone = _cut(page.time_zone, limits.name_code_points) or row.time_zone


def _cut(text: str, limit: int) -> str:
    return text[:limit].encode(errors="replace").decode()
