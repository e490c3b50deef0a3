"""The monitor's part of the table of actions: all of them only look.

What of the console's table acts has no place here: its keys are answered with a sentence, and nothing is sent.
"""

from typing import Final

from agent_tui.config.actions import ACTION, LOOK, Action, Where

W: Final = Where.MONITOR

MONITOR_ACTIONS: Final[tuple[Action, ...]] = (
    Action(
        "monitor.open", "Open: the conversation whole, or those behind a number", ("enter",), W, LOOK, footer="open"
    ),
    Action("monitor.back", "Back to the wall", ("escape",), W, LOOK, palette=False),
    Action("monitor.next_alert", "Next alert", ("n", "ctrl+g", "alt+a"), W, LOOK, footer="next alert"),
    Action(
        "monitor.acknowledge",
        "Acknowledge this alert, or take that back",
        ("a",),
        W,
        LOOK,
        help="yours only, kept on this machine",
        footer="acknowledge",
    ),
    Action(
        "monitor.freeze",
        "Freeze, or follow again",
        ("space",),
        W,
        LOOK,
        help="what is held back is counted",
        footer="freeze",
    ),
    Action("monitor.copy", "Copy whose chat this is and how it stands", ("y",), W, LOOK, footer="copy"),
    Action("monitor.flags", "Flags and alerts", ("f", "4"), W, LOOK, footer="flags"),
    Action("monitor.pin", "Pin this tile, or let it go", ("p",), W, LOOK, help="yours only"),
    Action("monitor.more", "More tiles", ("plus", "equals_sign"), W, LOOK),
    Action("monitor.fewer", "Fewer tiles", ("minus",), W, LOOK),
    Action("monitor.sort", "Sort the wall by risk, wait, agent, stage", ("s",), W, LOOK, footer="sort"),
    Action("monitor.definition", "What this number means", ("d",), W, LOOK, footer="definition"),
    Action("monitor.wall", "The wall", ("1",), W, LOOK),
    Action("monitor.board", "The board", ("2",), W, LOOK),
    Action("monitor.stages", "Stages and channels", ("3",), W, LOOK),
    Action("monitor.replay", "Replay: this conversation, or a time you choose", ("5",), W, LOOK),
    Action("monitor.coaching", "Ten random resolved conversations, for coaching", ("x",), W, LOOK),
    Action("monitor.next_view", "Next view", ("tab", "right_square_bracket"), W, LOOK, palette=False),
    Action("monitor.previous_view", "Previous view", ("left_square_bracket",), W, LOOK, palette=False),
    Action("monitor.up", "Up", ("k", "up"), W, LOOK, palette=False),
    Action("monitor.down", "Down", ("j", "down"), W, LOOK, palette=False),
    Action("monitor.left", "Left", ("left",), W, LOOK, palette=False),
    Action("monitor.right", "Right", ("right",), W, LOOK, palette=False),
    Action("monitor.first", "First", ("g", "home"), W, LOOK, palette=False),
    Action("monitor.last", "Last", ("G", "end"), W, LOOK, palette=False),
    Action("monitor.page_on", "Conversations that have no tile here", ("pagedown",), W, LOOK),
    Action("monitor.page_back", "Back to those before", ("pageup",), W, LOOK),
    Action("monitor.card", "Customer and alerts beside the conversation", ("v",), W, LOOK),
    Action(
        "monitor.reveal",
        "Show this customer's number and address",
        ("V",),
        W,
        LOOK,
        help="where an admin allows it; the desk writes it down",
    ),
    Action("monitor.faster", "Replay faster", ("full_stop",), W, LOOK),
    Action("monitor.slower", "Replay slower", ("comma",), W, LOOK),
    Action("monitor.step_back", "Replay: back to what happened before", ("less_than_sign",), W, LOOK),
    Action("monitor.step_on", "Replay: on to what happens next", ("greater_than_sign",), W, LOOK),
)
"""What only the monitor has."""

SHARED: Final[tuple[Action, ...]] = tuple(
    ACTION[name]
    for name in (
        "app.palette",
        "app.help",
        "app.help_moving",
        "app.redraw",
        "app.theme",
        "app.test_notices",
        "app.quit",
    )
)
"""What the monitor has of the console's table."""

IN_MONITOR: Final[tuple[Action, ...]] = (*MONITOR_ACTIONS, *SHARED)
"""All that can be done there."""
