"""What the screens show of the state, worked out purely: the inbox's groups, tabs, who waits, words for the link."""

from collections.abc import Callable, Collection, Iterable, Mapping
from enum import StrEnum
from typing import Final, NamedTuple

from agent_tui.core.attention import LIMIT_MS, Urgency, clock, urgency, wait_ms
from agent_tui.core.state import LinkState, State
from agent_tui.model.call import Call, CallState
from agent_tui.model.conversation import Conversation
from agent_tui.model.ids import START, ConversationRef, OrderKey
from agent_tui.model.people import Agent
from agent_tui.model.text import SafeText
from agent_tui.model.words import Availability, Role, Stage
from agent_tui.model.words import State as Life
from agent_tui.ports.events import TypingSeen

Limits = Mapping[Stage, int]


class Shown(StrEnum):
    """What the inbox is set to show."""

    DESK = "my desk"
    """What an agent works from: waiting, mine, snoozed."""
    WAITING = "waiting"
    MINE = "mine"
    SNOOZED = "snoozed"
    ALL = "all"


class InboxRow(NamedTuple):
    """One conversation in the inbox."""

    ref: ConversationRef
    name: SafeText
    stage: str
    """With `?` while it is a guess."""
    urgency: Urgency
    clock: str
    """How long the customer waits for us; empty where nobody waits."""
    unread: bool
    mark: str
    """One shape: came back, wants a call, has a draft; or empty."""
    holder: SafeText
    """The colleague who has it; empty for mine and nobody's."""
    preview: SafeText
    """The newest line, for a list that has room for it."""


class Section(NamedTuple):
    """A group of the inbox, under its title."""

    title: str
    rows: tuple[InboxRow, ...]


class TabRow(NamedTuple):
    """One tab, in its place."""

    ref: ConversationRef
    name: SafeText
    clock: str
    urgency: Urgency
    draft: bool
    wants_call: bool
    unread: bool
    typing: bool
    gone: bool
    """Not ours any more: resolved, handed over, deleted."""


class Queue(NamedTuple):
    """Who waits for somebody to take them."""

    waiting: int
    longest: str


CAME_BACK: Final = "↩"
FLAG: Final = "⚑"
WANTS_CALL: Final = "☎"
DRAFT: Final = "✎"


def name_of(conversation: Conversation) -> SafeText:
    """How the customer is called on screens: their name, or `Visitor c42` while nothing is known."""
    return conversation.customer.name or SafeText(f"Visitor {conversation.label}")


def label_beside(conversation: Conversation) -> str:
    """The label to stand after `name_of`, with a space; empty where the name has it already."""
    return f" {conversation.label}" if conversation.customer.name else ""


def listed_name(conversation: Conversation) -> SafeText:
    """The name where there is little room: of customers nobody knows, what differs comes first."""
    return conversation.customer.name or SafeText(f"{conversation.label} Visitor")


def stage_words(conversation: Conversation) -> str:
    """The stage; a guess ends in `?` until an agent confirms it."""
    return conversation.stage.value + ("" if conversation.stage_set else "?")


def read_key(state: State, ref: ConversationRef) -> OrderKey:
    """This account's own read position, as far as anybody knows."""
    marks = state.marks.get(ref)
    record = state.conversations.get(ref)
    return max(marks.read if marks else START, record.read if record else START)


def is_mine(state: State, conversation: Conversation) -> bool:
    """Whether this account holds it."""
    return state.me is not None and conversation.owner is not None and conversation.owner.id == state.me.id


def inbox(
    state: State,
    now_ms: int,
    *,
    shown: Shown = Shown.DESK,
    wanted: str = "",
    drafts: Collection[ConversationRef] = (),
    limits: Limits = LIMIT_MS,
) -> tuple[Section, ...]:
    """The groups to show, empty ones left out.

    The order within a group depends on nothing that changes while one looks: who waits longest is first among the
    waiting, who came first among the others. `wanted` filters by name, label, stage and newest line.
    """
    words = wanted.casefold().split()
    queued = callbacks(state)
    sections = []
    for title, belongs, order in _GROUPS[shown]:
        members = [c for c in state.conversations.values() if belongs(state, c) and _matches(c, words)]
        members.sort(key=order)
        rows = tuple(_row(state, c, now_ms, drafts, limits, queued.get(c.ref)) for c in members)
        if rows:
            sections.append(Section(title, rows))
    if shown is Shown.DESK and queued:
        listed = {row.ref for section in sections for row in section.rows}
        others = [state.conversations[ref] for ref in queued if ref in state.conversations and ref not in listed]
        members = [c for c in others if _matches(c, words)]
        if members:
            rows = tuple(_row(state, c, now_ms, drafts, limits, queued[c.ref]) for c in members)
            sections.append(Section("CALLBACKS", rows))
    return tuple(sections)


def callbacks(state: State) -> dict[ConversationRef, Call]:
    """The callbacks that wait for somebody, in the order they are due."""
    waiting = [call for call in state.calls.values() if call.state is CallState.QUEUED]
    waiting.sort(key=lambda call: (call.not_before_ms or 0, -call.priority, call.requested_ms))
    return {call.ref: call for call in waiting}


def tabs(
    state: State,
    refs: Iterable[ConversationRef],
    now_ms: int,
    *,
    drafts: Collection[ConversationRef] = (),
    limits: Limits = LIMIT_MS,
) -> tuple[TabRow, ...]:
    """The open tabs, in the order they were opened."""
    return tuple(_tab(state, ref, now_ms, drafts, limits) for ref in refs)


def queue(state: State, now_ms: int) -> Queue:
    """How many customers nobody has taken, and how long the first of them has waited."""
    waits = [wait_ms(c, now_ms, state.closed) or 0 for c in state.conversations.values() if c.state is Life.WAITING]
    return Queue(len(waits), clock(max(waits)) if waits else "")


def colleagues(state: State) -> tuple[Agent, ...]:
    """Whom a conversation can be handed to: those present first, then by name."""
    me = state.me.id if state.me else ""
    able = [a for a in state.agents.values() if a.id != me and a.role in (Role.AGENT, Role.ADMIN)]
    return tuple(sorted(able, key=lambda a: (_PRESENCE[a.availability], a.name.casefold())))


def availability(state: State) -> Availability | None:
    """The own one; None where the backend has not said."""
    me = state.agents.get(state.me.id) if state.me else None
    return me.availability if me else None


def link_words(state: State, now_ms: int) -> tuple[str, str]:
    """A shape and a word for the connection, with the next try where it is down."""
    link = state.link
    shape, word = _LINK[link.state]
    if link.state is LinkState.RECONNECTING and link.retry_at_ms is not None:
        seconds = max(0, -(-(link.retry_at_ms - now_ms) // 1000))
        return shape, f"{word}, next try in {seconds} s" if seconds else f"{word}, trying now"
    if link.state is LinkState.QUIET:
        return shape, f"{word} for {clock(max(0, now_ms - link.heard_ms))}"
    return shape, word


def _row(
    state: State,
    conversation: Conversation,
    now_ms: int,
    drafts: Collection[ConversationRef],
    limits: Limits,
    callback: Call | None,
) -> InboxRow:
    waited = wait_ms(conversation, now_ms, state.closed)
    if waited is None and callback is not None:
        # who asked to be called waits too, if only from the time they chose
        waited = max(0, now_ms - max(callback.requested_ms, callback.not_before_ms or 0))
    mine = is_mine(state, conversation)
    return InboxRow(
        ref=conversation.ref,
        name=listed_name(conversation),
        stage=stage_words(conversation),
        urgency=urgency(conversation, now_ms, dict(limits), state.closed),
        clock="" if waited is None else clock(waited),
        unread=conversation.last_key > read_key(state, conversation.ref) and (mine or conversation.owner is None),
        mark=WANTS_CALL if callback is not None else _mark(conversation, drafts),
        holder=SafeText("") if mine or conversation.owner is None else conversation.owner.name,
        preview=conversation.last_preview,
    )


def _mark(conversation: Conversation, drafts: Collection[ConversationRef]) -> str:
    if conversation.flag is not None:
        return FLAG
    if conversation.wants_call:
        return WANTS_CALL
    if conversation.ref in drafts:
        return DRAFT
    return CAME_BACK if conversation.came_back else ""


def writers(state: State, ref: ConversationRef) -> list[TypingSeen]:
    """Who is writing in a conversation now: nobody who has stopped, and whose line has come has stopped."""
    return [seen for seen in state.typing.get(ref, {}).values() if seen.on]


def _tab(
    state: State, ref: ConversationRef, now_ms: int, drafts: Collection[ConversationRef], limits: Limits
) -> TabRow:
    record = state.conversations.get(ref)
    if record is None:
        return TabRow(ref, SafeText(ref), "", Urgency.NOBODY_WAITS, ref in drafts, False, False, False, True)
    waited = wait_ms(record, now_ms, state.closed)
    return TabRow(
        ref=ref,
        name=listed_name(record),
        clock="" if waited is None else clock(waited),
        urgency=urgency(record, now_ms, dict(limits), state.closed),
        draft=ref in drafts,
        wants_call=record.wants_call,
        unread=record.last_key > read_key(state, ref),
        typing=any(seen.who.id == record.customer.id for seen in writers(state, ref)),
        gone=record.state is Life.RESOLVED,
    )


def _matches(conversation: Conversation, words: list[str]) -> bool:
    if not words:
        return True
    owner = conversation.owner.name if conversation.owner else ""
    texts = (name_of(conversation), conversation.label, conversation.stage, conversation.last_preview, owner)
    haystack = " ".join(texts).casefold()
    return all(word in haystack for word in words)


def _waits(state: State, conversation: Conversation) -> bool:
    return conversation.state is Life.WAITING


def _mine(state: State, conversation: Conversation) -> bool:
    return conversation.state is Life.OPEN and is_mine(state, conversation)


def _snoozed(state: State, conversation: Conversation) -> bool:
    return conversation.state is Life.SNOOZED and (conversation.owner is None or is_mine(state, conversation))


def _with_colleagues(state: State, conversation: Conversation) -> bool:
    return conversation.state in (Life.OPEN, Life.SNOOZED) and not (
        _mine(state, conversation) or _snoozed(state, conversation)
    )


def _resolved(state: State, conversation: Conversation) -> bool:
    return conversation.state is Life.RESOLVED


def _longest_waiting(conversation: Conversation) -> tuple[int, str]:
    return conversation.waiting_since_ms or conversation.created_ms, conversation.ref


def _first_come(conversation: Conversation) -> tuple[int, str]:
    return conversation.created_ms, conversation.ref


def _first_to_wake(conversation: Conversation) -> tuple[int, str]:
    return conversation.snoozed_until_ms or 0, conversation.ref


def _newest(conversation: Conversation) -> tuple[int, str]:
    return -conversation.last_ms, conversation.ref


_Group = tuple[str, Callable[[State, Conversation], bool], Callable[[Conversation], tuple[int, str]]]
_WAITING: Final[_Group] = ("WAITING", _waits, _longest_waiting)
_MINE: Final[_Group] = ("MINE", _mine, _first_come)
_SNOOZED: Final[_Group] = ("SNOOZED", _snoozed, _first_to_wake)
_COLLEAGUES: Final[_Group] = ("WITH COLLEAGUES", _with_colleagues, _first_come)
_RESOLVED: Final[_Group] = ("RESOLVED", _resolved, _newest)
_GROUPS: Final[dict[Shown, tuple[_Group, ...]]] = {
    Shown.DESK: (_WAITING, _MINE, _SNOOZED),
    Shown.WAITING: (_WAITING,),
    Shown.MINE: (_MINE,),
    Shown.SNOOZED: (_SNOOZED,),
    Shown.ALL: (_WAITING, _MINE, _SNOOZED, _COLLEAGUES, _RESOLVED),
}
_PRESENCE: Final = {
    Availability.AVAILABLE: 0,
    Availability.FINISHING: 1,
    Availability.ON_A_CALL: 2,
    Availability.BREAK: 3,
    Availability.RECONNECTING: 4,
    Availability.AWAY: 5,
}
_LINK: Final = {
    LinkState.CONNECTING: ("○", "connecting"),
    LinkState.CATCHING_UP: ("◐", "catching up"),
    LinkState.LIVE: ("●", "live"),
    LinkState.QUIET: ("○", "no answer"),
    LinkState.RECONNECTING: ("○", "reconnecting"),
    LinkState.ENDED: ("✕", "not connected"),
}
