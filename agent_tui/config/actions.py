"""The one table of actions and their keys. Bindings, palette, footer, help, docs and tests are made from it."""

from enum import StrEnum
from typing import NamedTuple


class Right(StrEnum):
    """What an action does to the world: looking is everybody's, acting is never built for a monitor."""

    LOOK = "look"
    ACT = "act"


class Where(StrEnum):
    """Where a key counts: everywhere, also while typing; or only while moving (list or transcript has the focus)."""

    EVERYWHERE = "everywhere"
    TYPING = "typing"
    MOVING = "moving"
    MONITOR = "monitor"
    """In the supervisor's monitor, which has no text field (`config.monitor_actions`)."""


class Action(NamedTuple):
    """One thing a person can do. `id` is what a keymap file names; `keys` are the defaults, the first is shown."""

    id: str
    title: str
    keys: tuple[str, ...]
    where: Where
    right: Right
    help: str = ""
    footer: str = ""
    """Short label in the footer; empty: not there."""
    palette: bool = True
    undo: bool = False
    """Offers undo for 5 s."""


E, T, M = Where.EVERYWHERE, Where.TYPING, Where.MOVING
LOOK, ACT = Right.LOOK, Right.ACT

ACTIONS: tuple[Action, ...] = (
    Action("proof.testimonials", "Testimonials for this chat", ("f2", "ctrl+o t"), E, ACT, footer="testimonial"),
    Action("proof.sources", "Sources for this chat", ("f3", "ctrl+o s"), E, ACT, footer="source"),
    Action("call.phone", "Take it to the phone: the call card", ("f9", "ctrl+t"), E, ACT, footer="phone"),
    Action("chat.most_urgent", "Go to the chat that needs me most", ("ctrl+g", "alt+a"), E, LOOK, footer="most urgent"),
    Action("queue.take_next", "Take the longest-waiting customer", ("f8", "ctrl+o q"), E, ACT, footer="take next"),
    Action("compose.note", "Switch between reply and note", ("f4", "ctrl+o n"), E, ACT, footer="note"),
    Action("tab.next", "Next tab", ("ctrl+n", "alt+right", "ctrl+pagedown"), E, LOOK),
    Action("tab.previous", "Previous tab", ("ctrl+p", "alt+left", "ctrl+pageup"), E, LOOK),
    Action("tab.jump", "Jump to a tab: then 1-9, or again for the last chat", ("ctrl+o",), E, LOOK),
    Action("tab.last", "Back to the last chat", ("ctrl+o ctrl+o",), E, LOOK),
    Action("app.palette", "Command palette", ("ctrl+k",), E, LOOK, footer="commands", palette=False),
    Action("find.here", "Find in this chat", ("ctrl+f",), E, LOOK),
    Action("find.everywhere", "Search all chats", ("ctrl+r",), E, LOOK),
    Action("app.redraw", "Redraw the screen", ("ctrl+l",), E, LOOK),
    Action("app.quit", "Quit", ("ctrl+q",), E, LOOK),
    Action("app.help", "Keys for where I am", ("f1",), E, LOOK, footer="keys"),
    Action("compose.send", "Send to the customer named in the line", ("enter", "ctrl+s"), T, ACT, palette=False),
    Action("compose.newline", "New line", ("ctrl+j", "shift+enter"), T, ACT, palette=False),
    Action("compose.take_back", "Bring back a held or failed message", ("up",), T, ACT, help="on an empty composer"),
    Action("compose.leave", "To moving, the draft is kept", ("escape",), T, LOOK, footer="moving", palette=False),
    Action("proof.all", "Snippets of all kinds", ("slash",), T, ACT, help="at a word's start; // types a slash"),
    Action("compose.field", "Next field without a value", ("tab",), T, ACT, palette=False),
    Action("move.down", "Down", ("j", "down"), M, LOOK, palette=False),
    Action("move.up", "Up", ("k", "up"), M, LOOK, palette=False),
    Action("move.oldest", "Oldest", ("g", "home"), M, LOOK),
    Action("move.newest", "Newest", ("G", "end"), M, LOOK),
    Action("move.pane", "To the list, or back to the chat", ("tab",), M, LOOK, footer="list", palette=False),
    Action("move.unread", "First unread line", ("u",), M, LOOK),
    Action("compose.write", "Write a reply", ("i", "r", "enter"), M, ACT, footer="reply"),
    Action("compose.write_note", "Write a note", ("n",), M, ACT),
    Action("list.filter", "Filter the list", ("slash",), M, LOOK, footer="filter"),
    Action("entry.open_link", "Open the link in this line", ("o",), M, LOOK, help="its host is shown first"),
    Action("entry.copy", "Copy this message", ("y",), M, LOOK),
    Action("entry.withdraw", "Withdraw my message", ("W",), M, ACT, undo=True),
    Action("chat.resolve", "Resolve", ("e",), M, ACT, footer="resolve", undo=True),
    Action("chat.resolve_next", "Resolve and go to the next", ("E",), M, ACT, undo=True),
    Action("chat.reopen", "Reopen", ("R",), M, ACT, undo=True),
    Action("chat.snooze", "Snooze", ("z",), M, ACT, footer="snooze", undo=True),
    Action("chat.transfer", "Transfer to a colleague or the queue", ("t",), M, ACT, footer="transfer", undo=True),
    Action("chat.claim", "Claim", ("c",), M, ACT, undo=True),
    Action("chat.stage", "Stage: confirm or set", ("s",), M, ACT, footer="stage", undo=True),
    Action("chat.outcome", "Outcome: how it went", ("O",), M, ACT, undo=True),
    Action("chat.no_answer_needed", "Needs no answer", ("m",), M, ACT, undo=True),
    Action("call.next_callback", "Take the next callback", ("C", "ctrl+o c"), M, ACT),
    Action("call.others", "While I call: a line for the others, or hand them over", ("H", "ctrl+o h"), M, ACT),
    Action("call.packet", "What whoever calls should know", ("P", "ctrl+o p"), M, LOOK),
    Action("call.not_now", "No call now: put the offer away", ("X", "ctrl+o x"), M, LOOK),
    Action(
        "chat.flag", "Raise a flag for the supervisor, or lower it", ("f",), M, ACT, help="with a reason", undo=True
    ),
    Action("chat.block", "Block this visitor", ("B",), M, ACT, undo=True),
    Action("chat.card", "Customer card", ("v",), M, LOOK),
    Action("chat.details", "How this chat stands (gaps, round trip)", ("D",), M, LOOK),
    Action("me.availability", "My availability", ("b",), M, ACT),
    Action("me.end_shift", "End my shift", (), M, ACT, help="walks your open chats: resolve, hand over, snooze"),
    Action("proof.numbered", "One of the three best for the stage", ("p", "ctrl+o b"), M, ACT, help="then its number"),
    Action("app.undo", "Undo the last action", ("U", "ctrl+o u"), M, ACT),
    Action("tab.close", "Close this tab (the chat goes on)", ("w",), M, LOOK),
    Action("tab.next_moving", "Next tab", ("right_square_bracket",), M, LOOK, palette=False),
    Action("tab.previous_moving", "Previous tab", ("left_square_bracket",), M, LOOK, palette=False),
    Action("list.waiting", "Show waiting", (), M, LOOK),
    Action("list.mine", "Show mine", (), M, LOOK),
    Action("list.snoozed", "Show snoozed", (), M, LOOK),
    Action("list.all", "Show all", (), M, LOOK),
    Action("app.theme", "Change the theme", (), M, LOOK),
    Action("app.test_notices", "Test the notices", (), M, LOOK, help="bell and desktop notice, as far as they reach"),
    Action("app.help_moving", "Keys for where I am", ("question_mark",), M, LOOK, palette=False),
)

ACTION: dict[str, Action] = {action.id: action for action in ACTIONS}
