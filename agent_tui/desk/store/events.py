"""What the store tells after a commit: facts that refer to records, in the order they became true."""

from enum import StrEnum

from msgspec import Struct

from agent_tui.protocol.call_records import WireCall
from agent_tui.protocol.pushes import YourCall
from agent_tui.protocol.records import WireAgent, WireConversation, WireEntry


class EventKind(StrEnum):
    """What became true. The value is what stands in the table."""

    ENTRY = "entry"
    ENTRY_CHANGED = "entry_changed"
    CONVERSATION = "conversation"
    SEEN = "seen"
    READ = "read"
    AGENT = "agent"
    CALL = "call"
    CALL_OFFER = "call_offer"


class StoredEvent(Struct, frozen=True, gc=False):
    """One durable event with the records at hand: those of the commit when it is live, the current ones in a replay."""

    id: int
    """Grows by commits, is never used twice."""
    kind: EventKind
    at: int
    conversation: int = 0
    """0 for `agent`."""
    seq: int = 0
    """Entry concerned; for `seen` and `read` the position reached."""
    n: int = 0
    """The visitor's number of that entry, 0 where the visitor does not see it. `read`: the highest an agent saw."""
    visitor: str = ""
    """Whose conversation it is: who else than staff may be told."""
    agent: str = ""
    """`read`: whose position it is; `agent`: who changed."""
    entry: WireEntry | None = None
    """`entry`, `entry_changed`: without its body where it is withdrawn."""
    record: WireConversation | None = None
    """`conversation`; `entry` where the record changed with it beyond `last_*`."""
    member: WireAgent | None = None
    """`agent`."""
    call: WireCall | None = None
    """`call`: as it is, without its number. `seq` is its row."""
    your_call: YourCall | None = None
    """`call`, `call_offer`, live: how the customer's page shows it."""
