"""What the picker is told of a conversation, for `library why`: the same function, on what the desk says now."""

from datetime import date
from typing import TYPE_CHECKING, Final

from agent_tui.cli.library.team import with_desk
from agent_tui.model.ids import ConversationRef

if TYPE_CHECKING:
    from agent_tui.cli.desk_calls import Called
    from agent_tui.core.library.ranking import Situation

LINES: Final = 100


def situation_in(conversation: str) -> "Situation":
    """The situation of `c42`. Leaves with the desk's sentence where it can't be had."""
    from agent_tui.backends.desk.codec import Codec
    from agent_tui.backends.desk.library_codec import use_counts
    from agent_tui.cli.console import number_of
    from agent_tui.core.library.situation import situation_of
    from agent_tui.core.state import State

    number = int(number_of(conversation))
    ref = ConversationRef(str(number))
    codec, state = Codec(), State()

    async def ask(desk: "Called") -> None:
        here = {"conversation": number}
        state.conversations[ref] = codec.conversation(await desk.ask("conversation", path=here))
        page = await desk.ask("entries", query={"limit": LINES}, path=here)
        state.transcript(ref).entries.extend(map(codec.entry, page.entries))
        state.library.take_counts(use_counts(await desk.ask("library_uses")))
        state.library.policy = (await desk.ask("library")).policy

    with_desk(ask)
    return situation_of(state, ref, date.today())
