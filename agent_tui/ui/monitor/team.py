"""The team on the board: who is there, since when, what they have and who waits on them."""

from typing import Final, NamedTuple

from agent_tui.core.attention import clock, wait_ms
from agent_tui.core.monitor.alerts import Limits
from agent_tui.core.monitor.state import MonitorState
from agent_tui.model.people import Agent
from agent_tui.model.words import Availability, Role
from agent_tui.model.words import State as Life
from agent_tui.ui import words
from agent_tui.ui.chat_words import plain
from agent_tui.ui.monitor.chooser import Item
from agent_tui.ui.widgets.lines import NOTHING, Line

_SHAPE: Final[dict[Availability, tuple[str, str]]] = {
    Availability.AVAILABLE: ("●", "$success"),
    Availability.FINISHING: ("◐", ""),
    Availability.ON_A_CALL: ("☎", "$accent"),
    Availability.BREAK: ("‖", "$muted"),
    Availability.RECONNECTING: ("?", "bold $warning"),
    Availability.AWAY: ("○", "$muted"),
}
_ORDER: Final = {availability: place for place, availability in enumerate(_SHAPE)}
_STATE_CELLS: Final = 14
_SINCE_CELLS: Final = 6
_OPEN_CELLS: Final = 5
_WAITS_CELLS: Final = 10
_NAME_CELLS: Final = 24
TEAM: Final = (
    "The team: each agent's state and for how long. Open: conversations they have now, snoozed ones not counted."
    " Waiting: of those, customers who wait for an answer, and the longest of these waits; only open time counts."
)


class OfAgent(NamedTuple):
    """Names the row of one agent."""

    id: str


class _Load(NamedTuple):
    open: int = 0
    waiting: int = 0
    longest_ms: int = 0


def team_items(state: MonitorState, now_ms: int, limits: Limits, width: int) -> list[Item]:
    """A row for each agent, who can be asked for something first."""
    agents = [agent for agent in state.known.agents.values() if agent.role in (Role.AGENT, Role.ADMIN)]
    agents.sort(key=lambda agent: (_ORDER[agent.availability], agent.name.casefold()))
    loads = _loads(state, now_ms)
    name_cells = min(_NAME_CELLS, max(8, width - 2 - _STATE_CELLS - _SINCE_CELLS - _OPEN_CELLS - _WAITS_CELLS))
    head = words.joined(
        plain("TEAM".ljust(name_cells + 2)),
        plain("".ljust(_STATE_CELLS)),
        plain("since".rjust(_SINCE_CELLS)),
        plain("open".rjust(_OPEN_CELLS)),
        plain("waiting".rjust(_WAITS_CELLS)),
    )
    items = [Item(Line(head.stylize("$muted")))]
    items += [
        Item(_row(agent, loads.get(agent.id, _Load()), now_ms, name_cells), OfAgent(agent.id)) for agent in agents
    ]
    if not agents:
        items.append(Item(Line(plain("No agent has an account here yet.", "$muted"))))
    return items


def _loads(state: MonitorState, now_ms: int) -> dict[str, _Load]:
    loads: dict[str, _Load] = {}
    for tile in state.tiles.values():
        record = tile.conversation
        if record.owner is None or record.state is not Life.OPEN:
            continue
        load = loads.get(record.owner.id, _Load())
        waited = wait_ms(record, now_ms, state.known.closed)
        loads[record.owner.id] = _Load(
            load.open + 1, load.waiting + (waited is not None), max(load.longest_ms, waited or 0)
        )
    return loads


def _row(agent: Agent, load: _Load, now_ms: int, name_cells: int) -> Line:
    shape, style = _SHAPE[agent.availability]
    name = words.text(agent.name, "bold").truncate(name_cells, ellipsis=True, pad=True)
    waits = f"{load.waiting}, {clock(load.longest_ms)}" if load.waiting else ""
    return Line(
        words.joined(
            plain(f"{shape} ", style),
            name,
            plain(agent.availability.value.ljust(_STATE_CELLS), style),
            plain(clock(max(0, now_ms - agent.since_ms)).rjust(_SINCE_CELLS), "$muted"),
            plain((str(load.open) if load.open else "").rjust(_OPEN_CELLS)),
            plain(waits.rjust(_WAITS_CELLS), "$soon" if load.waiting else ""),
        ),
        NOTHING,
    )
