"""Wishes: what a person wants done. Each may be refused. `inverse` of those that can be undone is in `core.undo`."""

from msgspec import Struct

from agent_tui.model.ids import START, ClientId, ConversationRef, OrderKey
from agent_tui.model.proof import Proof
from agent_tui.model.words import Availability, EntryKind, Outcome, Stage
from agent_tui.ports.call_intents import CallCommand


class SendMessage(Struct, frozen=True):
    """Send, or write a note. `cid` was made when Enter was pressed."""

    ref: ConversationRef
    cid: ClientId
    kind: EntryKind
    body: str
    seen: OrderKey
    draft_begun: OrderKey
    proof: tuple[Proof, ...] = ()
    warned: bool = False
    """Its author has read what the gate warned of."""


class SendAnyway(Struct, frozen=True):
    """Let a held or failed message go: its author has now seen everything up to `seen`."""

    cid: ClientId
    ref: ConversationRef
    seen: OrderKey


class TakeBack(Struct, frozen=True):
    """Take a message out of the outbox; refused if the backend may already have it."""

    cid: ClientId
    ref: ConversationRef


class Claim(Struct, frozen=True):
    """Take a conversation that `expect_owner` ("" for nobody) holds."""

    ref: ConversationRef
    expect_owner: str = ""


class TakeNext(Struct, frozen=True):
    """Take the longest-waiting conversation without an owner."""


class Transfer(Struct, frozen=True):
    """Hand over to the agent `to`, or back to the queue where it is empty."""

    ref: ConversationRef
    to: str = ""
    expect_owner: str = ""
    snooze_until_ms: int | None = None
    """For undo: it was put away till then."""


class Resolve(Struct, frozen=True):
    """End a conversation."""

    ref: ConversationRef
    outcome: Outcome = Outcome.UNKNOWN


class Reopen(Struct, frozen=True):
    """Bring a resolved or snoozed conversation back."""

    ref: ConversationRef
    outcome: Outcome | None = None
    """For undo: the outcome before it was resolved; None leaves it as it is."""
    snooze_until_ms: int | None = None
    """For undo: it was put away till then."""


class Snooze(Struct, frozen=True):
    """Put away until a time or the customer's next line."""

    ref: ConversationRef
    until_ms: int


class SetStage(Struct, frozen=True):
    """Confirm or change the stage; `confirmed` False makes it a guess again."""

    ref: ConversationRef
    stage: Stage
    confirmed: bool = True


class SetOutcome(Struct, frozen=True):
    """Say or correct how it went."""

    ref: ConversationRef
    outcome: Outcome


class SetNeedsAnswer(Struct, frozen=True):
    """Stop the wait clock till the customer's next line (`needed` False), or start it again."""

    ref: ConversationRef
    needed: bool


class Withdraw(Struct, frozen=True):
    """Withdraw an own message, or bring it back."""

    ref: ConversationRef
    key: OrderKey
    undo: bool = False


class Block(Struct, frozen=True):
    """Refuse this customer until `until_ms`; 0 lifts it."""

    ref: ConversationRef
    until_ms: int
    reason: str = ""


class SetFlag(Struct, frozen=True):
    """Raise a flag for whoever supervises, with its reason; or lower it (`reason` empty)."""

    ref: ConversationRef
    reason: str = ""


class MarkRead(Struct, frozen=True):
    """Move the own read position forward."""

    ref: ConversationRef
    up_to: OrderKey = START


class SayTyping(Struct, frozen=True):
    """Tell the others that one is writing here (`note`: the customer is not told)."""

    ref: ConversationRef
    on: bool
    note: bool = False


class SetAvailable(Struct, frozen=True):
    """Say what one can be asked for."""

    availability: Availability


Command = (
    Claim
    | TakeNext
    | Transfer
    | Resolve
    | Reopen
    | Snooze
    | SetStage
    | SetOutcome
    | SetNeedsAnswer
    | Withdraw
    | Block
    | SetFlag
    | MarkRead
    | SayTyping
    | SetAvailable
    | CallCommand
)
Intent = SendMessage | SendAnyway | TakeBack | Command
