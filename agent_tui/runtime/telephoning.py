"""What an account asks about calls and waits for the answer; all else about them are wishes."""

from agent_tui.model.call import Call, CallId
from agent_tui.model.ids import ConversationRef
from agent_tui.model.telephone import CallChecks
from agent_tui.ports.backend import Answering, Watching
from agent_tui.ports.errors import Forbidden
from agent_tui.ports.events import CallSeen
from agent_tui.runtime.dispatch import ONLY_WATCHING
from agent_tui.runtime.engine import Engine


class Telephoning:
    """The part of an account that looks at calls. Raises the errors of `ports.errors`."""

    _watching: Watching
    _answering: Answering | None
    _engine: Engine

    async def check_call(self, ref: ConversationRef, number: str = "", basis_entry: int = 0) -> CallChecks:
        """What stands in the way of calling this number from this conversation; nothing happens."""
        if self._answering is None:
            raise Forbidden(ONLY_WATCHING)
        return await self._answering.check_call(ref, number, basis_entry)

    async def read_call(self, call_id: CallId) -> Call:
        """One call with its number, which no push tells; it is held from then on."""
        call = await self._watching.call(call_id)
        self._engine.apply(CallSeen(call))
        return call
