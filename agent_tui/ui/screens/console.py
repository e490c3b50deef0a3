"""The console: inbox, tabs, one chat, the customer's card; status above and keys below."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.events import DescendantBlur, DescendantFocus, Resize
from textual.geometry import Size
from textual.reactive import Reactive
from textual.screen import Screen
from textual.widget import Widget

from agent_tui.core.select import Shown
from agent_tui.core.state import Changes, LinkState, State
from agent_tui.model.ids import ConversationRef
from agent_tui.model.words import EntryKind
from agent_tui.ports.errors import PortError
from agent_tui.ports.intents import Command
from agent_tui.ui.console_rows import ConsoleRows
from agent_tui.ui.keys import KeyTable
from agent_tui.ui.notices import Notices
from agent_tui.ui.open_tabs import OpenTabs
from agent_tui.ui.options import AppOptions, Opened
from agent_tui.ui.painting import forget_repaint, forget_repaints
from agent_tui.ui.phone.calling import Calling
from agent_tui.ui.proof_here import ProofHere
from agent_tui.ui.urgent import MostUrgent
from agent_tui.ui.widgets.bars import Bar, TabBar
from agent_tui.ui.widgets.card import Card
from agent_tui.ui.widgets.composer_messages import SnippetsAsked
from agent_tui.ui.widgets.inbox import Inbox
from agent_tui.ui.wishes import Wishes
from agent_tui.ui.withdrawing import Withdrawing

if TYPE_CHECKING:
    from agent_tui.model.conversation import Conversation
    from agent_tui.runtime.account import Account
    from agent_tui.ui.chat_pane import ChatPane

SMALLEST: Final = (30, 8)
TINY_BELOW: Final = 60
SHORT_BELOW: Final = 12
NARROW_BELOW: Final = 100
MEDIUM_BELOW: Final = 116
WIDE_FROM: Final = 160
LISTS_EVERY_S: Final = 0.1
BEGUN_AFTER_S: Final = 0.3
"""A desk that has not answered by then is not waited for: what is kept here is shown."""
SAID_FOR_S: Final = 5.0

_NO_STATE: Final = State()


class ConsoleScreen(Screen[None], inherit_bindings=False):
    """Holds what is on the screen and nothing of the domain: that is pulled from the account's state."""

    BINDINGS: ClassVar[list[BindingType]] = []
    AUTO_FOCUS = ""
    # Textual paints the whole screen for each move of the focus; what looks different then is painted by its widgets.
    focused: Reactive[Widget | None] = Reactive(None, repaint=False)

    def __init__(self, options: AppOptions, keys: KeyTable) -> None:
        super().__init__()
        self.options = options
        self.keys = keys
        self.opened: Opened | None = None
        self.tabs = OpenTabs()
        self.shown_list = Shown.DESK
        self.searched = ""
        self.wanted = ""
        self.earlier: dict[ConversationRef, tuple[Conversation, ...]] = {}
        self.leading = False
        self.dismissed = ""
        self.said: tuple[str, str, bool] | None = None
        self._said_until = 0.0
        self._typed_before = False
        self.opening_words = "Opening …"
        self._changes = Changes()
        self._changes_due = False
        self._begun = True
        self._lists_due = False
        self.wishes = Wishes(self)
        self.notices = Notices(self)
        self.urgent = MostUrgent(self)
        self.withdrawing = Withdrawing(self)
        self.calling = Calling(self)
        self.proof = ProofHere(self)
        self.handed: dict[ConversationRef, str] = {}
        """Chats that were handed to us and not looked at yet, and by whom."""
        self.rows = ConsoleRows(self)
        self.status = Bar(self.rows.status, "status")
        self.tab_bar = TabBar(self.rows.tabs, "tabs")
        self.inbox = Inbox(self.rows.inbox, "inbox")
        self._chat: ChatPane | None = None
        self.empty = Card(self.rows.empty, "empty")
        self.card = Card(self.rows.card, "card")
        self.footer = Bar(self.rows.footer, "footer")
        self.too_small = Card(self.rows.too_small, "too-small")

    def compose(self) -> ComposeResult:
        """Status, tabs, the panes, the keys."""
        self.add_class("-no-chat")
        self._fold(self.app.size)
        yield self.status
        yield self.tab_bar
        with Horizontal(id="panes"):
            yield self.inbox
            yield self.empty
            yield self.card
        yield self.footer
        yield self.too_small

    async def build_chat(self) -> None:
        """Transcript and composer: after the first paint, which has no chat to show yet and need not load them."""
        from agent_tui.ui.chat_pane import ChatPane

        self._chat = ChatPane(self.options, self.say, self.redraw_lists, self.calling.made(), self.calling.offers.both)
        panes = self.query_one("#panes")
        await panes.mount(self._chat, after=self.empty)
        forget_repaint(panes)
        if self.options.blink:
            for field in self._chat.query("ComposerText"):
                field.cursor_blink = True  # type: ignore[attr-defined]

    @property
    def built(self) -> bool:
        """Everything is on the screen."""
        return self._chat is not None

    @property
    def chat(self) -> ChatPane:
        """The shown chat's part of the screen; there once `built`."""
        assert self._chat is not None
        return self._chat

    @property
    def typing(self) -> bool:
        """The composer has the focus."""
        return self._chat is not None and self._chat.typing

    # --- the account ---

    @property
    def account(self) -> Account | None:
        """The account at work; None before it is open."""
        return self.opened.account if self.opened else None

    @property
    def state(self) -> State:
        """What is known; nothing before the account is open."""
        return self.opened.account.state if self.opened else _NO_STATE

    def attach(self, opened: Opened) -> None:
        """The account is open: show what it holds, with the tabs as they were left."""
        self.opened = opened
        self.chat.attach(opened.account)
        self.calling.attached()
        opened.account.listen(self._heard)
        self.proof.attach(opened.account)
        layout = opened.account.layout
        self.tabs = OpenTabs(layout.tabs, layout.active)
        if self.options.open_first is not None:
            self.tabs.show(self.options.open_first)
        self.set_interval(1.0, self.tick)
        self._begun = False
        if self.tabs.shown is not None:
            self.run_worker(self._read_first(opened.account, self.tabs.shown), group="open", exit_on_error=False)
        self.set_timer(BEGUN_AFTER_S, self._begin)

    async def _read_first(self, account: Account, ref: ConversationRef) -> None:
        with suppress(PortError):  # showing it asks again, and says why it can't be read
            await account.open(ref)

    def _begin(self) -> None:
        """Show the account for the first time: once it is live, so that all is painted once and nothing half known."""
        if not self._begun:
            self.inbox.focus()
            self._shown_changed()

    def opening(self, sentence: str) -> None:
        """What is going on before the account is open, or why it can't be opened."""
        self.opening_words = sentence
        self.empty.redraw()
        self.status.redraw()

    def _heard(self, changes: Changes) -> None:
        touched = changes.records | changes.transcripts | changes.typing | changes.calls
        if (
            self._begun
            and self.tabs.shown not in touched
            and not (changes.link or changes.agents or changes.everything or changes.library)
        ):
            self._lists_soon()
            return
        self._changes |= changes
        if not self._changes_due:
            self._changes_due = True
            self.call_next(self._take_changes)

    def _take_changes(self) -> None:
        changes, self._changes = self._changes, Changes()
        self._changes_due = False
        if not self._begun:
            if self.state.link.state not in (LinkState.CONNECTING, LinkState.CATCHING_UP):
                self._begin()
            return
        self.calling.changed(changes)
        self.chat.changed(changes)
        self.proof.moved()
        if changes.link or changes.agents or changes.everything:
            self.redraw_lists()
        elif changes.records or changes.typing or changes.calls:
            self._lists_soon()

    def _lists_soon(self) -> None:
        """At most ten times a second: counters of other chats must not hold up the key that is being pressed."""
        if not self._lists_due:
            self._lists_due = True
            self.set_timer(LISTS_EVERY_S, self._lists_now)

    def _lists_now(self) -> None:
        # Only here: whoever redraws in between must not start a second round of timers.
        self._lists_due = False
        self._redraw_counts()

    def _redraw_counts(self) -> None:
        """What a message in any chat changes."""
        for part in (self.status, self.tab_bar, self.inbox, self.card, self.empty):
            if part.display:
                part.redraw()

    def redraw_lists(self) -> None:
        """Everything but the chat."""
        self._redraw_counts()
        self.footer.redraw()

    def tick(self) -> None:
        """A second has passed."""
        if self.said and self.app.now_s() >= self._said_until:  # type: ignore[attr-defined]
            self.said = None
            self.footer.redraw()
        self.chat.tick()
        self.calling.tick()
        self.notices.tick()
        for clock in (self.status, self.tab_bar, self.inbox, self.empty):
            if clock.display:
                clock.redraw()

    # --- showing ---

    def show(self, ref: ConversationRef) -> None:
        """Show a chat in its tab; where the focus is stays what it is: typing or moving."""
        self.tabs.show(ref)
        self.remove_class("-list")
        self._shown_changed()

    def close_tab(self, ref: ConversationRef) -> None:
        """Close its tab; the chat goes on."""
        self.tabs.close(ref)
        if self.account is not None:
            self.run_worker(self.account.leave(ref), group="leave", exit_on_error=False)
        self.chat.transcript.forget(ref)
        self._shown_changed()

    def _shown_changed(self) -> None:
        self._begun = True
        shown = self.tabs.shown
        if shown is not None:
            self.handed.pop(shown, None)
        typing = self.typing
        self.set_class(shown is None, "-no-chat")
        self.calling.shown_changed()
        self.chat.show(shown)
        if shown is None:
            self.inbox.focus()
        elif typing:
            self.chat.composer.focus_text()
        elif self.focused is None or not self.focused.display or self.has_class("-narrow"):
            # at once: `focus()` comes a message later, and would take it from the composer of a chat just taken
            self.set_focus(self.chat.transcript, scroll_visible=False)
        self.read_earlier()
        self.proof.moved()
        self.redraw_lists()
        self.save_layout()

    def read_earlier(self) -> None:
        """The customer's other chats, for the card, once."""
        ref, account = self.tabs.shown, self.account
        record = self.state.conversations.get(ref) if ref else None
        if account is not None and record is not None and record.customer.earlier and record.ref not in self.earlier:
            self.earlier[record.ref] = ()
            self.run_worker(self._read_earlier(account, record.ref), group="earlier", exit_on_error=False)

    async def _read_earlier(self, account: Account, ref: ConversationRef) -> None:
        try:
            self.earlier[ref] = await account.earlier(ref)
        except PortError:
            # The card shows how many there are; which ones is asked again when it is opened again.
            del self.earlier[ref]
        self.card.redraw()

    def save_layout(self) -> None:
        """Tabs survive the end of the program."""
        if self.account is not None:
            from agent_tui.runtime.account import Layout

            self.account.save_layout(Layout(tuple(self.tabs.refs), self.tabs.shown, self.account.layout.anchors))

    def say(self, sentence: str, style: str = "", *, undo: bool = False) -> None:
        """A sentence in the last row, for five seconds."""
        self.said = (sentence, style, undo)
        self._said_until = self.app.now_s() + SAID_FOR_S  # type: ignore[attr-defined]
        self.footer.redraw()

    def dismiss_note(self) -> None:
        """What the desk said about itself was read."""
        self.dismissed = self.state.link.note
        self.said = None
        self.footer.redraw()

    @property
    def mode(self) -> str:
        """Whether keys type or move."""
        if not self.typing:
            return "CALL CARD" if self.calling.focus.there else "MOVING"
        return "NOTE" if self.chat.composer.draft.kind is EntryKind.NOTE else "TYPING"

    def wish(self, intent: Command, done: str, after: Callable[[bool], None] | None = None) -> None:
        """Ask the desk; what became of it is said here, with undo where there is one."""
        self.wishes.wish(intent, done, after)

    def undo_last(self) -> None:
        """Undo what was done last, while it is offered."""
        self.wishes.undo_last()

    def do(self, action_id: str) -> None:
        """Do an action of the table."""
        self.app.keyboard.do(action_id)  # type: ignore[attr-defined]

    # --- what happens on the screen ---

    @on(Inbox.Chosen)
    @on(TabBar.Chosen)
    def _chosen(self, message: Inbox.Chosen | TabBar.Chosen) -> None:
        message.stop()
        self.show(message.ref)
        if isinstance(message, Inbox.Chosen) and not self.typing:
            self.chat.transcript.focus()

    @on(SnippetsAsked)
    def _snippets_asked(self, message: SnippetsAsked) -> None:
        message.stop()
        self.proof.asked(message)

    @on(DescendantFocus)
    @on(DescendantBlur)
    def _focus_moved(self) -> None:
        self.status.redraw()
        self.footer.redraw()

    def on_screen_resume(self) -> None:
        """Textual lays out and paints next, and once more: for a screen that was never painted one of them will do."""
        if not self.outer_size:
            self.call_next(forget_repaints, self)

    def on_resize(self, event: Resize) -> None:
        """Side panes fold away where they do not fit."""
        self._fold(event.size)

    def _fold(self, size: Size) -> None:
        width, height = size
        too_small = width < SMALLEST[0] or height < SMALLEST[1]
        if too_small and not self.has_class("-too-small"):
            self._typed_before = self.typing
        elif self._typed_before and not too_small:
            # what is hidden loses the focus
            self._typed_before = False
            self.call_after_refresh(self.chat.composer.focus_text)
        self.set_class(width < TINY_BELOW, "-tiny")
        self.set_class(height < SHORT_BELOW, "-short")
        self.set_class(too_small, "-too-small")
        self.set_class(width < NARROW_BELOW, "-narrow")
        self.set_class(NARROW_BELOW <= width < MEDIUM_BELOW, "-medium")
        self.set_class(width >= WIDE_FROM, "-wide")
