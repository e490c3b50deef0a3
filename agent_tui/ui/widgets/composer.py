"""The composer: names who reads what is typed, and never loses it."""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from msgspec import Struct
from textual.app import ComposeResult
from textual.containers import Vertical

from agent_tui.config.actions import ACTION
from agent_tui.core.library.filling import Filled, unfilled_in
from agent_tui.core.library.stretches import Stretches, same_at_start
from agent_tui.model.entry import Entry
from agent_tui.model.ids import START, ConversationRef, OrderKey
from agent_tui.model.people import NOTHING
from agent_tui.model.proof import Proof
from agent_tui.model.text import SafeText
from agent_tui.model.words import EntryKind
from agent_tui.ports.events import TextLimits
from agent_tui.ui.widgets.composer_lines import Recipient, RecipientLine, RefusalLines
from agent_tui.ui.widgets.composer_messages import (
    ComposerMessage,
    DraftChanged,
    Left,
    SnippetsAsked,
    Submitted,
    TakeBackAsked,
)
from agent_tui.ui.widgets.composer_text import ComposerText, Wish

__all__ = ["Composer", "Draft", "Recipient"]

HELD_SECONDS: Final = 0.400
"""What crossed has to be on the screen this long before Enter sends all the same."""
_NEARLY_FULL: Final = 0.9
_ACTIONS: Final = (
    *("compose.send", "compose.newline", "compose.take_back", "compose.leave", "compose.note"),
    *("compose.field", "proof.all"),
)
_NOBODY: Final = Recipient(SafeText("nobody"), NOTHING)


class Draft(Struct, frozen=True):
    """What is being written."""

    kind: EntryKind = EntryKind.PUBLIC
    text: str = ""
    begun: OrderKey = START
    """The newest entry on the author's screen when it was begun."""
    proof: tuple[Proof, ...] = ()
    """Which stretches of it came from a snippet."""


class Composer(Vertical):
    """See `composer_messages` for what it posts: Submitted, DraftChanged, TakeBackAsked, Left.

    The conversation and its text are loaded together and leave together: a message posted here names the one that
    its text was typed for.
    """

    DEFAULT_CSS = """
    Composer { height: auto; background: $background; }
    Composer ComposerText {
        height: 1; border: none; padding: 0 1; background: $background; color: $foreground; scrollbar-size: 0 0;
        &:focus { border: none; }
    }
    Composer.-note, Composer.-note ComposerText { background: $note-background; }
    """

    def __init__(self, seen: Callable[[], OrderKey], keymap: Mapping[str, tuple[str, ...]] | None = None) -> None:
        """`seen`: the newest entry on the author's screen (`Transcript.seen_key`). `keymap`: keys by action id."""
        super().__init__()
        self._seen = seen
        self._keys = {action: (keymap or {}).get(action, ACTION[action].keys) for action in _ACTIONS}
        self._ref: ConversationRef | None = None
        self._recipient = _NOBODY
        self._kind = EntryKind.PUBLIC
        self._begun = START
        self._limits = TextLimits()
        self._waiting: tuple[ConversationRef, str] | None = None
        self._not_before = 0.0
        self._asked_public = False
        self._line = RecipientLine()
        self._refusal = RefusalLines()
        self._text = ComposerText(self._keys, self._edited, self._wished)
        self._stretches = Stretches()

    def compose(self) -> ComposeResult:
        yield self._line
        yield self._refusal
        yield self._text

    # -- held by the parent ---------------------------------------------------------------------------------------

    @property
    def ref(self) -> ConversationRef | None:
        """The conversation it writes to."""
        return self._ref

    @property
    def draft(self) -> Draft:
        """What is being written now."""
        return Draft(self._kind, self._text.text, self._begun, self._stretches.proof)

    @property
    def has_text_focus(self) -> bool:
        """Whether keys are typed into it."""
        return self._text.has_focus

    def load(self, ref: ConversationRef, recipient: Recipient, draft: Draft) -> None:
        """Hold this conversation's draft from now on; never counts as typing."""
        if self._waiting is not None and self._waiting[0] != ref:
            self._waiting = None
        self._ref = ref
        self._recipient = recipient
        self._kind, self._begun = draft.kind, draft.begun
        self._asked_public = False
        self._not_before = 0.0
        self._text.parked = ""
        self._text.put(draft.text)
        self._stretches = Stretches(self._text.text, draft.proof)
        self._refusal.say("")
        self._say()

    def set_recipient(self, recipient: Recipient) -> None:
        """The name, the channel or what is to be known changed."""
        self._recipient = recipient
        self._say()

    def set_limits(self, limits: TextLimits) -> None:
        """How long a message may be."""
        self._limits = limits
        self._say()

    def set_kind(self, kind: EntryKind) -> None:
        """Write a reply or a note. A note with text in it becomes public only when asked twice."""
        if kind is self._kind or self._ref is None:
            return
        if kind is EntryKind.PUBLIC and self._text.text.strip() and not self._asked_public:
            self._asked_public = True
            name, key = self._recipient.name or "the visitor", self._keys["compose.note"][0].upper()
            self._refusal.say(f"This text becomes visible to {name}: {key} again.")
            return
        self._asked_public = False
        self._kind = kind
        self._refusal.say("")
        self._say()
        self._tell_draft()

    def switch_kind(self) -> None:
        """Reply to note at once; note to reply asks first while there is text."""
        self.set_kind(EntryKind.PUBLIC if self._kind is EntryKind.NOTE else EntryKind.NOTE)

    def focus_text(self, *, by_itself: bool = False) -> None:
        """Take the focus; `by_itself` when no key of the author asked for it: keys are then parked for 300 ms."""
        if by_itself and not self._text.has_focus:
            self._text.park_keys()
        # At once: `focus()` does it a message later, and a quick hand's keys would go elsewhere.
        self.screen.set_focus(self._text, scroll_visible=False)

    def insert(self, text: str) -> None:
        """Put text at the cursor, as if typed."""
        self._text.insert(text)

    def insert_snippet(self, filled: Filled, snippet: str, revision: int, language: str) -> None:
        """Put a snippet in the place of what is selected; the cursor goes to its first field without a value.

        A field that is selected waits for its value, and for nothing else: the snippet goes behind it.
        """
        start, end = waits = self._text.selected
        field = any((each.start, each.end) == waits for each in unfilled_in(self._text.text))
        if field:
            start = end = self._stretches.behind(end)
        text, (before, after) = filled.text, self._stretches.apart(start, end, lines="\n" in filled.text)
        self._text.replace_stretch(start, end, f"{before}{text}{after}")
        start += len(before)
        self._stretches.put(Proof(snippet, revision, language, start, start + len(text)))
        if field:
            self._text.select(*waits)
        elif filled.unfilled:
            self._text.select(start + filled.unfilled[0].start, start + filled.unfilled[0].end)
        else:
            self._text.select(start + len(text), start + len(text))
        self._tell_draft()

    def mend(self, text: str, without: str = "") -> None:
        """The text is this now, as if typed; what came from the snippet `without` is the author's own from now on."""
        before = self._text.text
        if without:
            self._stretches.without(without)
        start = same_at_start(before, text)
        same = same_at_start(before[start:][::-1], text[start:][::-1])
        self._text.replace_stretch(start, len(before) - same, text[start : len(text) - same])

    def point_at(self, start: int, end: int) -> None:
        """Select a stretch of the text and take the focus: this is what has to be looked at."""
        self._text.select(start, end)
        self.focus_text()

    def accepted(self, ref: ConversationRef) -> None:
        """The outbox has what was submitted for `ref`: it is cleared, what was typed since then stays."""
        waiting, self._waiting = self._waiting, None
        if ref != self._ref:
            self._post(DraftChanged(ref, EntryKind.PUBLIC, "", START))
            return
        sent = waiting[1] if waiting is not None else self._text.text
        if self._text.text.startswith(sent):
            self._text.put(self._text.text.removeprefix(sent))
            self._stretches = Stretches(self._text.text)
        if not self._text.text:
            self._begun = START
        self._not_before = 0.0
        self._refusal.say("")
        self._say()
        self._tell_draft()

    def refused(self, ref: ConversationRef, sentence: str, crossed: Sequence[Entry] = ()) -> None:
        """It was not sent: the text stays; the sentence and the lines that crossed it are shown above."""
        if ref != self._ref:
            return
        self._waiting = None
        if crossed:
            self._not_before = time.monotonic() + HELD_SECONDS
        self._refusal.say(sentence, crossed)

    def say(self, sentence: str) -> None:
        """A sentence above the text; empty takes it away."""
        self._refusal.say(sentence)

    # -- typed ----------------------------------------------------------------------------------------------------

    def _edited(self) -> None:
        if self._text.parked:
            self._refusal.say(f"Typed while the focus moved by itself: “{self._text.parked}”. Tab puts it in.")
            return
        text = self._text.text
        self._stretches.edited(text)
        if not text:
            self._begun = START
            self._refusal.say("")
        elif self._begun == START:
            self._begun = self._seen()
        if self._asked_public:
            self._asked_public = False
            self._refusal.say("")
        self._say()
        self._tell_draft()

    def _wished(self, wish: Wish) -> None:
        if self._ref is None:
            return
        if wish is Wish.SEND:
            self._submit(self._ref)
        elif wish is Wish.TAKE_BACK:
            self._post(TakeBackAsked(self._ref))
        elif wish is Wish.LEAVE:
            self._post(Left(self._ref))
        elif wish is Wish.SNIPPETS:
            self._post(SnippetsAsked(self._ref))
        elif self._text.parked:
            parked, self._text.parked = self._text.parked, ""
            self._refusal.say("")
            self._text.insert(parked)
        else:
            self.next_field()

    def next_field(self) -> None:
        """Select the next field without a value, behind the cursor, else the first."""
        fields = unfilled_in(self._text.text)
        if fields:
            field = next((each for each in fields if each.start >= self._text.cursor), fields[0])
            self._text.select(field.start, field.end)

    def _submit(self, ref: ConversationRef) -> None:
        whole = self._text.text
        text = whole.rstrip()
        if not text.strip() or self._waiting is not None or time.monotonic() < self._not_before:
            return
        if complaint := self._too_long(text):
            self._refusal.say(complaint)
            return
        self._waiting = ref, whole
        self._post(Submitted(ref, self._kind, text, self._seen(), self._begun, self._stretches.proof))

    def _too_long(self, text: str) -> str:
        if len(text) > self._limits.code_points:
            return (
                f"This is {len(text):,} characters; {self._limits.code_points:,} fit in one message. "
                "Nothing was sent: shorten it, or send it in parts."
            )
        if len(text) * 4 > self._limits.utf8_bytes and len(text.encode()) > self._limits.utf8_bytes:
            return "This is longer than one message can be. Nothing was sent: shorten it, or send it in parts."
        return ""

    def _post(self, message: ComposerMessage) -> None:
        # Textual takes whoever is running for the sender, and does not tell a message to who sent it.
        self.post_message(message.set_sender(self))

    def _tell_draft(self) -> None:
        if self._ref is not None:
            self._post(DraftChanged(self._ref, self._kind, self._text.text, self._begun, self._stretches.proof))

    def _say(self) -> None:
        note = self._kind is EntryKind.NOTE
        if self.has_class("-note") != note:
            self.set_class(note, "-note")
        length, most = len(self._text.text), self._limits.code_points
        room = f"{length:,} of {most:,}" if length >= most * _NEARLY_FULL else ""
        self._line.say(self._recipient, note=note, room=room)
