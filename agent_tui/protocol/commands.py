"""What is asked over the socket, and the answers. The table (`table.py`) says who may ask what."""

from typing import Literal

from msgspec import Struct

from agent_tui.model.words import Availability, Outcome, Role, Stage
from agent_tui.protocol.library import WireProof
from agent_tui.protocol.limits import Limits
from agent_tui.protocol.records import WireHours

PROTOCOL = 1
"""Version of this protocol; a desk refuses another with `protocol`."""


class Command(Struct, frozen=True, omit_defaults=True, tag_field="do"):
    """Base of everything asked over the socket. `id` comes back as `re`."""

    id: int


class Hello(Command, frozen=True, tag="hello"):
    """First frame of every socket. Staff sign with a bearer header; a browser with a single-use `ticket`."""

    protocol: int = PROTOCOL
    epoch: str = ""
    cursor: str = ""
    """Where this reader is; empty: begin at the present."""
    ticket: str = ""
    client: str = ""
    """The program that connects; of staff it stands in the desk's log."""
    wall: bool = False
    """Supervisors and admins: only watch. What a wall shows comes in place of every event, and nobody sees you."""


class Subscribe(Command, frozen=True, tag="subscribe"):
    """The conversations whose typing and presence this reader wants (its open tabs); replaces the earlier list."""

    conversations: tuple[int, ...] = ()


class Send(Command, frozen=True, tag="send", kw_only=True):
    """Store a message.

    Held as `crossed` if a public line of the customer has seq > `seen_seq`, or a colleague's has seq > `draft_seq`.
    Refused as `proof_refused` where a snippet in it may not go to a customer.
    """

    conversation: int
    cid: str
    kind: Literal["public", "note"]
    body: str
    seen_seq: int
    """The last entry on the author's screen when Enter was pressed."""
    draft_seq: int
    """The last entry when the draft was begun."""
    proof: tuple[WireProof, ...] = ()
    """The snippets in it. The desk looks for the words of its testimonials by itself, too."""


class Claim(Command, frozen=True, tag="claim", kw_only=True):
    """Take a conversation. Compare-and-set: refused as `taken` unless its owner is `expect_owner` ("" for nobody)."""

    conversation: int
    expect_owner: str = ""


class TakeNext(Command, frozen=True, tag="take_next"):
    """Claim the longest-waiting conversation without an owner."""


class Transfer(Command, frozen=True, tag="transfer", kw_only=True):
    """Hand over to an agent, or back to the queue (`to` empty); `expect_owner` as in `claim`."""

    conversation: int
    to: str = ""
    expect_owner: str = ""
    snooze_until: int | None = None
    """For undo: put away again until then (ms), unless that has passed."""


class Resolve(Command, frozen=True, tag="resolve", kw_only=True):
    """End a conversation, with its outcome if it is known."""

    conversation: int
    outcome: Outcome = Outcome.UNKNOWN


class Reopen(Command, frozen=True, tag="reopen", kw_only=True):
    """Undo of resolve and snooze."""

    conversation: int
    outcome: Outcome | None = None
    """For undo: the outcome before it was resolved."""
    snooze_until: int | None = None
    """For undo: put away again until then (ms), unless that has passed."""


class Snooze(Command, frozen=True, tag="snooze", kw_only=True):
    """Put away until `until` (ms) or the customer's next line."""

    conversation: int
    until: int


class SetStage(Command, frozen=True, tag="set_stage", kw_only=True):
    """Confirm or change the stage; `confirmed` False is the undo that makes it a guess again."""

    conversation: int
    stage: Stage
    confirmed: bool = True


class SetOutcome(Command, frozen=True, tag="set_outcome", kw_only=True):
    """Say or correct how it went."""

    conversation: int
    outcome: Outcome


class NeedsAnswer(Command, frozen=True, tag="needs_answer", kw_only=True):
    """`needed` False: no answer needed, the wait clock stops till the customer's next line; True is its undo."""

    conversation: int
    needed: bool


class Withdraw(Command, frozen=True, tag="withdraw", kw_only=True):
    """Show "message withdrawn" to every reader; `undo` brings it back."""

    conversation: int
    seq: int
    undo: bool = False


class Block(Command, frozen=True, tag="block", kw_only=True):
    """Refuse this conversation's visitor until `until` (ms); `until` 0 lifts the block."""

    conversation: int
    until: int
    reason: str = ""


class SetFlag(Command, frozen=True, tag="set_flag", kw_only=True):
    """Raise a flag for whoever supervises, with the reason, or lower it (`reason` empty)."""

    conversation: int
    reason: str = ""


class Watch(Command, frozen=True, tag="watch", kw_only=True):
    """On a socket that said hello with `wall`: what is on the screen now.

    `tiles`: their last lines are wanted. `opened`: every entry and typing too. Exactly these are written down as
    watched.
    """

    tiles: tuple[int, ...] = ()
    opened: tuple[int, ...] = ()


class MarkRead(Command, frozen=True, tag="mark_read", kw_only=True):
    """Move the own read position forward to `seq`; going back is silently ignored."""

    conversation: int
    seq: int


class Typing(Command, frozen=True, tag="typing", kw_only=True):
    """The agent is writing here (`note`: internally, the customer is not told)."""

    conversation: int
    on: bool
    note: bool = False


class SetAvailable(Command, frozen=True, tag="set_available", kw_only=True):
    """Say what one can be asked for."""

    availability: Availability


class ProofStopped(Command, frozen=True, tag="proof_stopped", kw_only=True):
    """The gate of a console stopped a message with this snippet: kept once for each `report`."""

    report: str
    conversation: int
    snippet: str
    revision: int
    language: str
    rule: str
    at: int


class Say(Command, frozen=True, tag="say", kw_only=True):
    """Visitor: store a line. Begins the conversation if there is none."""

    cid: str
    body: str


class Writing(Command, frozen=True, tag="writing", kw_only=True):
    """Visitor: is typing, or has stopped."""

    on: bool


class Seen(Command, frozen=True, tag="seen", kw_only=True):
    """Visitor: entries up to `n` were shown in the open page."""

    n: int


class Introduce(Command, frozen=True, tag="introduce", kw_only=True):
    """Visitor: name and a way to be reached, each optional."""

    name: str = ""
    email: str = ""
    phone: str = ""


class End(Command, frozen=True, tag="end"):
    """Visitor: ends the chat."""


class Rate(Command, frozen=True, tag="rate", kw_only=True):
    """Visitor: the answer to the one question at the end."""

    answer: Literal["yes", "partly", "no"]


# --- answers ---


class You(Struct, frozen=True):
    """Whom the desk takes this socket for."""

    id: str
    name: str
    role: Role


class Welcome(Struct, frozen=True, omit_defaults=True):
    """Answer to hello. `resumed` False: the cursor was not usable (`why`), start afresh."""

    you: You
    epoch: str
    cursor: str
    desk: str
    limits: Limits
    now: int
    hours: WireHours
    resumed: bool = False
    why: str = ""
    protocol: int = PROTOCOL
    demo: bool = False
    library: str = ""
    """Version of the team's library, for staff."""


class Stored(Struct, frozen=True, omit_defaults=True):
    """A message is on disk. For a visitor `seq` is the `n` of the line, and `conversation` 0."""

    seq: int
    at: int
    conversation: int = 0


class Done(Struct, frozen=True, omit_defaults=True):
    """A command was carried out; what changed comes as events. `conversation` where the desk chose it."""

    conversation: int = 0


StaffCommand = (
    Subscribe
    | Send
    | Claim
    | TakeNext
    | Transfer
    | Resolve
    | Reopen
    | Snooze
    | SetStage
    | SetOutcome
    | NeedsAnswer
    | Withdraw
    | Block
    | SetFlag
    | Watch
    | MarkRead
    | Typing
    | SetAvailable
    | ProofStopped
)
VisitorCommand = Say | Writing | Seen | Introduce | End | Rate
