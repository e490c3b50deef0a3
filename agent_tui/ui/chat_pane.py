"""One chat on the screen: whose it is, its transcript, and the composer. Swapped whole when another is shown."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical

from agent_tui.core.delivery import EVERYTHING_SEEN
from agent_tui.core.state import Changes, State
from agent_tui.model.entry import Entry
from agent_tui.model.ids import START, ConversationRef
from agent_tui.model.outgoing import Delivery, Outgoing
from agent_tui.model.text import SafeText
from agent_tui.model.words import AuthorKind, EntryKind
from agent_tui.model.words import State as Life
from agent_tui.ports.errors import PortError
from agent_tui.ports.intents import SayTyping
from agent_tui.ui import chat_words
from agent_tui.ui.gate_answers import GateAnswers
from agent_tui.ui.keys import KeyTable
from agent_tui.ui.options import AppOptions
from agent_tui.ui.recipient import recipient
from agent_tui.ui.widgets.bars import Bar
from agent_tui.ui.widgets.call_card import CallCard
from agent_tui.ui.widgets.composer import Composer, Draft, Recipient
from agent_tui.ui.widgets.composer_messages import DraftChanged, Left, Submitted, TakeBackAsked
from agent_tui.ui.widgets.lines import NOTHING, Line
from agent_tui.ui.widgets.transcript import Transcript
from agent_tui.ui.widgets.transcript_messages import NeedOlder, NewBelow, ReadUpTo
from agent_tui.ui.widgets.transcript_source import TranscriptSource

if TYPE_CHECKING:
    from agent_tui.runtime.account import Account

SAY_TYPING_EVERY_MS: Final = 3_000


class ChatPane(Vertical):
    """Acts on the conversation it shows, or on the one named in a message; never on a cursor."""

    def __init__(
        self,
        options: AppOptions,
        say: Callable[[str], None],
        drafts_moved: Callable[[], None],
        call_card: CallCard,
        offer: Callable[[ConversationRef], tuple[SafeText, SafeText]],
    ) -> None:
        """`say` shows a sentence to the agent; `drafts_moved` is called where a draft begins or ends.

        `offer`: what speaks for a call, in words, and in fewer.
        """
        super().__init__(id="conversation")
        self._options = options
        self._say = say
        self._drafts_moved = drafts_moved
        self._account: Account | None = None
        self.shown: ConversationRef | None = None
        self.header = Bar(self._header, "header")
        self.transcript = Transcript(options.clock, options.zone)
        self.call_card = call_card
        self._offer = offer
        self.composer = Composer(lambda: self.transcript.seen_key, options.keymap)
        self._recipient: Recipient | None = None
        self._reopen = KeyTable(options.keymap).shown("chat.reopen")
        self._looked_again: set[ConversationRef] = set()
        """Conversations whose kept text was held once: what comes next is sent whatever crosses it."""
        self._said_typing_ms = 0
        self._gate = GateAnswers(self)

    def compose(self) -> ComposeResult:
        """Header, transcript, call card, composer."""
        yield self.header
        yield self.transcript
        yield self.call_card
        yield self.composer

    def attach(self, account: Account) -> None:
        """From now on this account's conversations are shown."""
        self._account = account

    @property
    def typing(self) -> bool:
        """The composer has the focus."""
        focused = self.screen.focused
        return focused is not None and self.composer in focused.ancestors_with_self

    def show(self, ref: ConversationRef | None) -> None:
        """Show this chat, with its own draft and place."""
        account = self._account
        if account is None or ref == self.shown:
            return
        self.shown = ref
        if ref is None:
            self.transcript.show(None)
            return
        self.transcript.show(TranscriptSource(account.state, ref))
        kept = account.draft(ref)
        self._recipient = self._named(account, ref)
        self.composer.load(ref, self._recipient, Draft(kept.kind, kept.text, kept.begun, kept.proof))
        self.header.redraw()
        self.run_worker(self._open(account, ref), group="open", exit_on_error=False)

    def changed(self, changes: Changes) -> None:
        """The engine touched something."""
        if self._account is not None and changes.link:
            self.composer.set_limits(self._account.state.limits)
        ref = self.shown
        if ref is None or self._account is None:
            return
        if changes.everything or changes.link or ref in changes.transcripts | changes.records | changes.typing:
            self.transcript.changed()
            self.tick()
        if ref in changes.transcripts:
            self._hold(self._account.state, ref)

    def tick(self) -> None:
        """A second has passed, or something changed: what names the customer says how things stand."""
        if self.shown is None or self._account is None:
            return
        self.header.redraw()
        named = self._named(self._account, self.shown)
        if named != self._recipient:
            self._recipient = named
            self.composer.set_recipient(named)

    def local_time(self) -> str:
        """What the clock says where the customer is; empty where that is not known or is the time here."""
        record = self._account.state.conversations.get(self.shown) if self._account and self.shown else None
        if record is None or not record.customer.time_zone:
            return ""
        now = datetime.fromtimestamp(self._options.clock() / 1000, UTC)
        try:
            there = now.astimezone(ZoneInfo(record.customer.time_zone))
        except (ZoneInfoNotFoundError, ValueError, OSError):
            return ""
        here = now.astimezone(self._options.zone)
        return "" if there.utcoffset() == here.utcoffset() else there.strftime("%H:%M")

    def put_in_reply(self, text: str) -> None:
        """Add to what is being written: a sentence that was typed where no text field had the focus."""
        account, ref = self._account, self.shown
        if account is None or ref is None:
            return
        draft = self.composer.draft
        begun = draft.begun if draft.text else self.transcript.seen_key
        whole = Draft(draft.kind, draft.text + text, begun, draft.proof)
        self.composer.load(ref, self._recipient or self._named(account, ref), whole)
        self._keep(account, ref, whole)

    def _named(self, account: Account, ref: ConversationRef) -> Recipient:
        named = recipient(account.state, ref, self._options.clock(), self._reopen)
        if named.notice:
            return named
        whole, brief = self._offer(ref)
        return msgspec.structs.replace(named, notice=whole, brief=brief)

    async def _open(self, account: Account, ref: ConversationRef) -> None:
        try:
            await account.open(ref)
        except PortError as error:
            if ref == self.shown:
                self._say(str(error))

    def _header(self) -> Line:
        if self._account is None or self.shown is None:
            return Line(NOTHING)
        now_ms = self._options.clock()
        return chat_words.header_line(
            self._account.state,
            self.shown,
            now_ms,
            self._options.limits,
            self.local_time(),
            width=self.header.content_size.width,
        )

    # --- what the composer says ---

    @on(Submitted)
    def _send(self, message: Submitted) -> None:
        assert self._account is not None
        message.stop()
        record = self._account.state.conversations.get(message.ref)
        if record is not None and record.state is Life.RESOLVED and message.kind is EntryKind.PUBLIC:
            self.composer.refused(message.ref, f"Not sent: this is resolved. Esc, {self._reopen} reopens it.")
            return
        looked = message.ref in self._looked_again
        seen = EVERYTHING_SEEN if looked else message.seen
        begun = EVERYTHING_SEEN if looked else message.draft_begun
        warned = self._gate.was_warned(message)
        posted = self._account.send(message.ref, message.kind, message.text, seen, begun, message.proof, warned=warned)
        if posted.refusal:
            self._gate.stopped(self._account, message, posted)
            return
        if posted.added:
            self._say(f"Added, for it has to stand beside what you quoted: {' '.join(posted.added)}")
        self._looked_again.discard(message.ref)
        self._said_typing_ms = 0
        self._drafts_moved()
        if message.ref == self.shown:
            self.composer.accepted(message.ref)
            self.transcript.newest()
            self.transcript.changed()

    @on(DraftChanged)
    def _draft_changed(self, message: DraftChanged) -> None:
        assert self._account is not None
        message.stop()
        draft = Draft(message.kind, message.text, message.draft_begun, message.proof)
        self._keep(self._account, message.ref, draft)

    def _keep(self, account: Account, ref: ConversationRef, draft: Draft) -> None:
        from agent_tui.runtime.account import Draft as Kept

        kind, text = draft.kind, draft.text
        there = ref in account.drafts()
        account.save_draft(ref, Kept(text, kind, draft.begun, draft.proof))
        if there != (ref in account.drafts()):
            self._drafts_moved()
        now_ms = self._options.clock()
        if not text:
            self._looked_again.discard(ref)
            if self._said_typing_ms:
                account.wish(SayTyping(ref, on=False))
            self._said_typing_ms = 0
        elif now_ms - self._said_typing_ms >= SAY_TYPING_EVERY_MS:
            self._said_typing_ms = now_ms
            account.wish(SayTyping(ref, on=True, note=kind is EntryKind.NOTE))

    @on(Left)
    def _left(self, message: Left) -> None:
        message.stop()
        self.transcript.focus()

    @on(TakeBackAsked)
    def _take_back(self, message: TakeBackAsked) -> None:
        assert self._account is not None
        message.stop()
        waiting = self._account.state.outgoing.get(message.ref, [])
        unsettled = [item for item in waiting if item.state is not Delivery.SENT]
        if not unsettled:
            self._say("Nothing here waits to be sent.")
            return
        self._bring_back(unsettled[-1], "")

    def _bring_back(self, item: Outgoing, sentence: str, crossed: tuple[Entry, ...] = ()) -> None:
        """Out of the outbox and into the composer, where its author decides."""
        assert self._account is not None
        taken = self._account.take_back(item.cid)
        if isinstance(taken, str):
            self._say(taken)
            return
        account, ref = self._account, item.ref
        draft = Draft(item.kind, item.body, item.draft_begun, tuple(each for each in item.proof if each.end))
        self._keep(account, ref, draft)
        self.composer.load(ref, self._recipient or self._named(account, ref), draft)
        if sentence:
            self.composer.refused(ref, sentence, crossed)
        self.transcript.changed()

    def _hold(self, state: State, ref: ConversationRef) -> None:
        """What was held because something crossed it comes back above its text, unless something else is written."""
        held = [item for item in state.outgoing.get(ref, ()) if item.state is Delivery.HELD]
        if not held or self.composer.draft.text:
            return
        item = held[0]
        crossed = tuple(entry for entry in state.transcript(ref).entries if _crosses(state, entry, item))
        self._bring_back(item, item.why, crossed)
        self._looked_again.add(ref)

    # --- what the transcript says ---

    @on(NeedOlder)
    def _older(self, message: NeedOlder) -> None:
        assert self._account is not None
        message.stop()
        self.run_worker(self._read_older(self._account, message.ref), group="older", exit_on_error=False)

    async def _read_older(self, account: Account, ref: ConversationRef) -> None:
        try:
            await account.older(ref)
        except PortError as error:
            if ref == self.shown:
                self.transcript.older_failed(str(error))

    @on(ReadUpTo)
    def _read(self, message: ReadUpTo) -> None:
        assert self._account is not None
        message.stop()
        self._account.mark_read(message.ref, message.key)

    @on(NewBelow)
    def _new_below(self, message: NewBelow) -> None:
        message.stop()


def _crosses(state: State, entry: Entry, item: Outgoing) -> bool:
    """Whether the author had not seen this line when Enter was pressed: the desk's own rule (compare-and-set)."""
    if entry.kind is not EntryKind.PUBLIC or START < item.key <= entry.key:
        return False
    if entry.author.kind is AuthorKind.CUSTOMER:
        return entry.key > item.seen
    mine = state.me is not None and entry.author.id == state.me.id
    return entry.author.kind is AuthorKind.AGENT and not mine and entry.key > item.draft_begun
