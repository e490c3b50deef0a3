"""What the actions that only look do. Nothing here reaches the desk's writing half."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from agent_tui.core import select
from agent_tui.core.select import Shown
from agent_tui.model.ids import ConversationRef, OrderKey
from agent_tui.model.links import Link
from agent_tui.model.text import SafeText
from agent_tui.ui import words
from agent_tui.ui.chat_words import plain
from agent_tui.ui.clipboard import copy
from agent_tui.ui.screens.question import Answer, Question

if TYPE_CHECKING:
    from agent_tui.ui.screens.console import ConsoleScreen

Doing = Callable[["ConsoleScreen"], None]


def shown(console: ConsoleScreen) -> ConversationRef | None:
    """The conversation named in the header; where there is none, that is said."""
    if console.tabs.shown is None:
        take = console.keys.shown("queue.take_next")
        console.say(f"No chat is open. Choose one in the list with Enter, or {take} takes the next.")
    return console.tabs.shown


def _most_urgent(console: ConsoleScreen) -> None:
    console.urgent.go()


def _beside(step: int) -> Doing:
    def go(console: ConsoleScreen) -> None:
        ref = console.tabs.beside(step)
        if ref is None:
            console.say("There is no other tab.")
        else:
            console.show(ref)

    return go


def _last(console: ConsoleScreen) -> None:
    if console.tabs.last is None:
        console.say("No other chat was shown before this one.")
    else:
        console.show(console.tabs.last)


def _lead(console: ConsoleScreen) -> None:
    console.leading = True
    console.footer.redraw()


def _close_tab(console: ConsoleScreen) -> None:
    ref = shown(console)
    if ref is not None:
        console.close_tab(ref)


def _palette(console: ConsoleScreen) -> None:
    from agent_tui.ui.palette import open_palette

    open_palette(console)


def _help(console: ConsoleScreen) -> None:
    from agent_tui.ui.screens.help import Help, help_rows

    console.app.push_screen(Help(help_rows(console.keys, typing=console.typing)))


def _find_here(console: ConsoleScreen) -> None:
    from agent_tui.ui.screens.asking import FindHere

    if shown(console) is not None:
        console.app.push_screen(FindHere(console.chat.transcript))


def _search(console: ConsoleScreen) -> None:
    from agent_tui.ui.screens.search import Search

    if console.account is None:
        console.say("Not connected yet: there is nothing to search in.")
        return

    def go(found: tuple[ConversationRef, int] | None) -> None:
        console.searched = search.text
        if found is not None:
            console.show(found[0])
            console.chat.transcript.focus()
            console.run_worker(
                _go_to_hit(console, found, search.text), group="hit", exclusive=True, exit_on_error=False
            )

    search = Search(console.account, console.options.zone, console.searched)
    console.app.push_screen(search, go)


async def _go_to_hit(console: ConsoleScreen, hit: tuple[ConversationRef, int], query: str) -> None:
    """Mark what was searched for and put the cursor on the line that was chosen, once it is read."""
    from agent_tui.ports.errors import PortError
    from agent_tui.ui.widgets.transcript_source import TranscriptSource

    ref, key = hit
    if console.account is None:
        return
    try:
        await console.account.open(ref)
        held = console.state.transcript(ref)
        more = True
        while more and held.entries and held.entries[0].key > key:
            before = held.entries[0].key
            more = await console.account.older(ref) and held.entries[0].key < before
    except PortError as error:
        console.say(str(error))
    if console.tabs.shown == ref:
        console.chat.transcript.show(TranscriptSource(console.state, ref))
        console.chat.transcript.find(query.strip())
        console.chat.transcript.go_to(OrderKey(key))


def _filter(console: ConsoleScreen) -> None:
    from agent_tui.ui.screens.asking import AskText

    def follow(text: str) -> None:
        console.wanted = text
        console.inbox.redraw()

    def keep(text: str | None) -> None:
        follow(text or "")
        console.inbox.focus()
        console.set_class(console.has_class("-narrow"), "-list")
        if text:
            console.inbox.to_end(last=False)

    title = plain("Filter the list by name, number, stage or newest line", "bold")
    console.app.push_screen(AskText(title, console.wanted, follow=follow), keep)


def _redraw(console: ConsoleScreen) -> None:
    console.app.refresh(repaint=True, layout=True)
    console.app.screen.refresh(repaint=True, layout=True)


def _quit(console: ConsoleScreen) -> None:
    from agent_tui.ui.leaving import ask_to_leave

    ask_to_leave(console)


def _leave_composer(console: ConsoleScreen) -> None:
    console.chat.transcript.focus()


def _step(step: int) -> Doing:
    def go(console: ConsoleScreen) -> None:
        if console.inbox.has_focus:
            console.inbox.move(step)
        else:
            console.chat.transcript.move(step)

    return go


def _end(*, newest: bool) -> Doing:
    def go(console: ConsoleScreen) -> None:
        if console.inbox.has_focus:
            console.inbox.to_end(last=newest)
        elif newest:
            console.chat.transcript.newest()
        else:
            console.chat.transcript.oldest()

    return go


def _unread(console: ConsoleScreen) -> None:
    if shown(console) is not None and not console.chat.transcript.first_unread():
        console.say("You have read everything here.")


def _pane(console: ConsoleScreen) -> None:
    to_list = not console.inbox.has_focus
    if to_list or console.tabs.shown is None:
        console.set_class(console.has_class("-narrow"), "-list")
        console.inbox.focus()
    else:
        console.remove_class("-list")
        console.chat.transcript.focus()


def _open_link(console: ConsoleScreen) -> None:
    links = console.chat.transcript.links_here() if shown(console) else ()
    if not links:
        console.say("There is no link in this line.")
        return

    def open_it(link: Link | None) -> None:
        if link is not None:
            console.say(_open_outside(link))

    answers = [
        Answer(str(number), words.text(link.host, "bold"), link, words.text(SafeText(link.url[:40]), "$muted"))
        for number, link in enumerate(links[:9], start=1)
    ]
    console.app.push_screen(Question(plain("Open which site in your browser?", "bold"), answers), open_it)


def _open_outside(link: Link) -> str:
    """Start the desktop's opener with the address as one argument. What became of it is not known here."""
    opener = "open" if sys.platform == "darwin" else "xdg-open"
    try:
        subprocess.Popen(  # noqa: S603
            [opener, link.url],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError:
        return f"This machine has no `{opener}` to open it with. y copies the message."
    return f"Opening {link.host} …"


def _copy(console: ConsoleScreen) -> None:
    text = console.chat.transcript.text_here() if shown(console) else ""
    if text:
        copy(console.app, text)
        console.say("Copied this message.")
    else:
        console.say("There is no message under the cursor to copy.")


def _card(console: ConsoleScreen) -> None:
    if shown(console) is not None:
        folded = console.has_class("-narrow") or console.has_class("-medium")
        console.toggle_class("-card" if folded else "-no-card")
        console.read_earlier()
        console.redraw_lists()


def _details(console: ConsoleScreen) -> None:
    ref = shown(console)
    if ref is None:
        return
    state = console.state
    held = state.transcript(ref)
    now_ms = console.options.clock()
    shape, word = select.link_words(state, now_ms)
    whole = f"complete to #{held.last_key}" if held.gap_after is None else f"a gap after #{held.gap_after}"
    heard = f"last heard {max(0, now_ms - state.link.heard_ms) // 1000} s ago"
    skew = f", clocks differ by {state.link.clock_skew_ms} ms" if abs(state.link.clock_skew_ms) > 1000 else ""
    console.say(f"{len(held.entries)} entries here, {whole}; {shape} {word}, {heard}{skew}.")


def _list(what: Shown) -> Doing:
    def go(console: ConsoleScreen) -> None:
        console.shown_list = Shown.DESK if console.shown_list is what else what
        console.set_class(console.has_class("-narrow"), "-list")
        console.inbox.focus()
        console.redraw_lists()
        if what is Shown.ALL:
            console.run_worker(_read_all(console), group="list", exclusive=True, exit_on_error=False)

    return go


async def _read_all(console: ConsoleScreen) -> None:
    """Bring in what the state does not hold: resolved ones, and those of colleagues."""
    from agent_tui.ports.backend import View
    from agent_tui.ports.errors import PortError

    if console.account is None:
        return
    try:
        for view in (View.ALL, View.RESOLVED):
            page = await console.account.list(view)
            for record in page.conversations:
                if record.ref not in console.state.conversations:
                    await console.account.get(record.ref)
    except PortError as error:
        console.say(str(error))
    console.redraw_lists()


def _theme(console: ConsoleScreen) -> None:
    from agent_tui.ui.palette import choose_theme

    choose_theme(console)


def _test_notices(console: ConsoleScreen) -> None:
    console.notices.test()
    console.say("A bell and a desktop notice were sent. If none arrived, `agent-tui doctor` says what to set.")


LOOKING: Final[dict[str, Doing]] = {
    "chat.most_urgent": _most_urgent,
    "tab.next": _beside(1),
    "tab.previous": _beside(-1),
    "tab.next_moving": _beside(1),
    "tab.previous_moving": _beside(-1),
    "tab.jump": _lead,
    "tab.last": _last,
    "tab.close": _close_tab,
    "app.palette": _palette,
    "app.help": _help,
    "app.help_moving": _help,
    "find.here": _find_here,
    "find.everywhere": _search,
    "list.filter": _filter,
    "list.waiting": _list(Shown.WAITING),
    "list.mine": _list(Shown.MINE),
    "list.snoozed": _list(Shown.SNOOZED),
    "list.all": _list(Shown.ALL),
    "app.redraw": _redraw,
    "app.quit": _quit,
    "app.theme": _theme,
    "app.test_notices": _test_notices,
    "compose.leave": _leave_composer,
    "move.down": _step(1),
    "move.up": _step(-1),
    "move.oldest": _end(newest=False),
    "move.newest": _end(newest=True),
    "move.pane": _pane,
    "move.unread": _unread,
    "entry.open_link": _open_link,
    "entry.copy": _copy,
    "chat.card": _card,
    "chat.details": _details,
}
