"""The transcript in an app: what it paints, what it asks its parent, what keys and the mouse do to it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pyte
import pytest
from rich.console import RenderableType
from textual import events
from textual._compositor import ChopsUpdate, CompositorUpdate
from textual.message import Message
from textual.pilot import Pilot
from textual.screen import Screen

from agent_tui.model.entry import Entry
from agent_tui.model.ids import ConversationRef, OrderKey
from agent_tui.ui.widgets import transcript
from agent_tui.ui.widgets.transcript_messages import CursorMoved, NeedOlder, NewBelow, ReadUpTo
from agent_tui.ui.widgets.transcript_source import TranscriptSource
from tests.ui.conversations import JANE, ME, MINUTE, NOW_MS, REF, add_conversation, chat, line, state_with
from tests.ui.hand_clock import hand_clock
from tests.ui.widget_app import WidgetApp

OTHER = ConversationRef("43")
SIZE = (120, 36)


class Terminal(WidgetApp):
    """Keeps what would be written to the terminal, and draws it as a terminal does."""

    def __init__(self) -> None:
        super().__init__()
        self.written: list[str] = []
        self.rows_written = 0
        self.drawn = pyte.Screen(*SIZE)
        self._stream = pyte.Stream(self.drawn)

    def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        update: object = renderable
        if isinstance(update, CompositorUpdate):
            text = update.render_segments(self.console)
            self.written.append(text)
            self.rows_written += len(update.spans) if isinstance(update, ChopsUpdate) else self.size.height
            self._stream.feed(text.replace("\n", "\r\n"))
        super()._display(screen, renderable)

    def drawn_anew(self) -> list[str]:
        """The rows as one full repaint would draw them."""
        screen = pyte.Screen(*SIZE)
        text = self.screen._compositor.render_full_update().render_segments(self.console)
        pyte.Stream(screen).feed(text.replace("\n", "\r\n"))
        return list(screen.display)


@asynccontextmanager
async def showing(
    entries: list[Entry], *, read: int = 0
) -> AsyncIterator[tuple[Terminal, TranscriptSource, Pilot[None]]]:
    app = Terminal()
    async with app.run_test(size=SIZE) as pilot:
        source = TranscriptSource(state_with(entries, read=read), REF)
        app.transcript.show(source)
        app.transcript.focus()
        await pilot.pause()
        yield app, source, pilot


def told(app: WidgetApp, kind: type[Message]) -> list[Message]:
    return [message for message in app.told if isinstance(message, kind)]


def painted(app: WidgetApp) -> list[str]:
    return [app.transcript.render_line(y).text for y in range(app.transcript.size.height)]


async def painted_says(app: WidgetApp, words: str) -> None:
    async with asyncio.timeout(5):
        while not any(words in row for row in painted(app)):
            await asyncio.sleep(0.01)


async def test_what_arrives_at_the_end_is_painted_at_once() -> None:
    async with showing(chat(100)) as (app, source, _):
        await asyncio.sleep(0.05)
        app.written.clear()
        source.transcript.put(line(101, "This just came in"))
        app.transcript.changed()
        assert "This just came in" in "".join(app.written)


async def test_many_that_arrive_are_painted_together(monkeypatch: pytest.MonkeyPatch) -> None:
    async with showing(chat(100)) as (app, source, _):
        hand_clock(monkeypatch, transcript).pass_s(1.0)  # nothing was painted for long; all of it in one moment
        app.written.clear()
        for key in range(101, 301):
            source.transcript.put(line(key, f"line {key}"))
            app.transcript.changed()
        assert len(app.written) == 1
        await painted_says(app, "line 300")
        assert len(app.written) <= 4


async def test_an_arriving_message_costs_few_bytes_and_only_the_rows_of_the_transcript() -> None:
    """Both ceilings are the goals for one message in follow mode at 120 columns and 36 rows."""
    async with showing(chat(300)) as (app, source, pilot):
        for key, body in ((301, "Short."), (302, "Of course, I will send it to you. " * 6)):
            await asyncio.sleep(0.05)
            await pilot.pause()
            app.written.clear()
            app.rows_written = 0
            source.transcript.put(line(key, body, (JANE, ME)[key % 2], NOW_MS + key * MINUTE))
            app.transcript.changed()
            await pilot.pause()
            await asyncio.sleep(0.05)
            assert 0 < len("".join(app.written).encode()) <= 10_000
            assert app.rows_written <= app.transcript.size.height + 4


async def test_a_terminal_that_got_only_the_changes_shows_the_same_as_a_full_repaint() -> None:
    async with showing(chat(300), read=290) as (app, source, pilot):
        app.drawn.reset()
        app.refresh()
        app.screen.refresh()
        await pilot.pause()
        await asyncio.sleep(0.1)
        moves = [
            lambda: app.transcript.move(-1),
            lambda: app.transcript.action_page(-1),
            lambda: app.transcript.scroll_rows(3),
            lambda: source.transcript.put(line(301, "日本語 came in", ME)),
            app.transcript.changed,
            lambda: app.transcript.find("Mondays"),
            lambda: app.transcript.find_next(-1),
            app.transcript.oldest,
            lambda: source.transcript.put(line(302, "and one more\n\nwith lines", JANE, NOW_MS + MINUTE)),
            app.transcript.changed,
            app.transcript.newest,
            app.transcript.first_unread,
            lambda: app.transcript.find(""),
            lambda: app.transcript.scroll_rows(7),
            app.composer.focus_text,
            app.transcript.newest,
        ]
        for move in moves:
            move()
            await pilot.pause()
            await asyncio.sleep(0.04)
            assert list(app.drawn.display) == app.drawn_anew(), move


async def test_each_conversation_is_found_where_it_was_left() -> None:
    async with showing(chat(200)) as (app, source, pilot):
        add_conversation(source.state, [line(1, "The other one")], OTHER)
        app.transcript.scroll_rows(-60)
        before = painted(app)
        app.transcript.show(TranscriptSource(source.state, OTHER))
        await pilot.pause()
        assert any("The other one" in row for row in painted(app))
        source.transcript.put(line(201, "while away"))
        app.transcript.show(source)
        assert painted(app) == before
        assert not app.transcript.following


async def test_a_following_conversation_comes_back_at_its_end_with_the_new_line() -> None:
    async with showing(chat(50), read=50) as (app, source, pilot):
        add_conversation(source.state, [line(1, "The other one")], OTHER)
        app.transcript.show(TranscriptSource(source.state, OTHER))
        source.transcript.put(line(51, "while away"))
        app.transcript.show(source)
        await pilot.pause()
        rows = painted(app)
        assert any("─ new ─" in row for row in rows)
        assert "while away" in rows[-1]


async def test_what_is_painted_is_seen_and_told_once() -> None:
    async with showing(chat(50)) as (app, source, pilot):
        assert app.transcript.seen_key == 50
        assert [message.key for message in told(app, ReadUpTo) if isinstance(message, ReadUpTo)] == [50]
        app.transcript.scroll_rows(-20)
        source.transcript.put(line(51, "below the screen"))
        app.transcript.changed()
        await asyncio.sleep(0.05)
        await pilot.pause()
        assert app.transcript.seen_key == 50
        app.transcript.newest()
        await pilot.pause()
        assert app.transcript.seen_key == 51
        assert [message.key for message in told(app, ReadUpTo) if isinstance(message, ReadUpTo)] == [50, 51]


async def test_a_window_without_the_focus_reads_nothing() -> None:
    async with showing(chat(50)) as (app, source, pilot):
        app.app_focus = False
        source.transcript.put(line(51, "nobody looks"))
        app.transcript.changed()
        await asyncio.sleep(0.05)
        await pilot.pause()
        assert len(told(app, ReadUpTo)) == 1
        app.app_focus = True
        await pilot.pause()
        assert [message.key for message in told(app, ReadUpTo) if isinstance(message, ReadUpTo)] == [50, 51]


async def test_elsewhere_new_lines_are_counted_in_words() -> None:
    async with showing(chat(100)) as (app, source, pilot):
        app.transcript.scroll_rows(-20)
        for key in (101, 102):
            source.transcript.put(line(key, "new"))
        app.transcript.changed()
        await asyncio.sleep(0.05)
        await pilot.pause()
        assert "2 new below" in painted(app)[-1]
        assert [message.count for message in told(app, NewBelow) if isinstance(message, NewBelow)] == [2]


async def test_older_ones_are_asked_for_at_the_top() -> None:
    async with showing(chat(100)) as (app, source, pilot):
        source.transcript.reaches_start = False
        for _ in range(20):
            app.transcript.action_page(-1)
        await pilot.pause()
        assert [message.ref for message in told(app, NeedOlder) if isinstance(message, NeedOlder)] == [REF]
        app.transcript.older_failed("The desk did not answer.")
        assert "The desk did not answer." in painted(app)[0]


async def test_the_cursor_is_told_and_seen() -> None:
    async with showing(chat(100)) as (app, _, pilot):
        app.transcript.move(-1)
        app.transcript.move(-1)
        await pilot.pause()
        assert [message.key for message in told(app, CursorMoved) if isinstance(message, CursorMoved)] == [100, 99]
        assert any(row.startswith("▌99: ") for row in painted(app))
        entry = app.transcript.cursor_entry
        assert entry is not None
        assert app.transcript.text_here() == entry.body


async def test_find_goes_to_the_newest_and_on() -> None:
    async with showing(chat(100)) as (app, _, _pilot):
        assert app.transcript.find("MONDAYS") == 20
        assert app.transcript.find_next(-1) == (19, 20)
        entry = app.transcript.cursor_entry
        assert entry is not None
        assert entry.key == 95
        assert app.transcript.find_next(1) == (20, 20)
        assert app.transcript.find_next(1) == (1, 20)
        assert app.transcript.find("nowhere") == 0


async def test_links_of_a_message() -> None:
    async with showing([line(1, "See https://a.example/x and https://b.example")]) as (app, _, _pilot):
        app.transcript.move(-1)
        assert [link.host for link in app.transcript.links_here()] == ["a.example", "b.example"]


async def test_dragging_the_mouse_selects_words_and_not_the_document() -> None:
    body = "one two three four " * 10
    async with showing([*chat(50), line(51, body.strip(), JANE, NOW_MS + 60 * MINUTE)]) as (app, _, pilot):
        rows = painted(app)
        y = next(y for y, row in enumerate(rows) if row.startswith("▎one two"))
        await pilot.mouse_down(app.transcript, offset=(5, y))
        await pilot.hover(app.transcript, offset=(7, y))
        await pilot.mouse_up(app.transcript, offset=(7, y))
        assert app.screen.get_selected_text() == "two"
        await pilot.mouse_down(app.transcript, offset=(5, y))
        await pilot.hover(app.transcript, offset=(8, y + 1))
        await pilot.mouse_up(app.transcript, offset=(8, y + 1))
        selected = app.screen.get_selected_text()
        assert selected is not None
        assert selected.startswith("two three four")
        assert "\n" not in selected


async def test_the_wheel_and_the_bar_move_it() -> None:
    async with showing(chat(300)) as (app, _, pilot):
        await pilot._post_mouse_events([events.MouseScrollUp], app.transcript, offset=(5, 5), button=0)
        assert not app.transcript.following
        await pilot.click(app.transcript, offset=(SIZE[0] - 1, 0))
        assert "beginning of the conversation" in "".join(painted(app)) or any("1: Is there" in r for r in painted(app))


@pytest.mark.parametrize("theme", ["dark", "light", "high-contrast"])
async def test_another_theme_repaints_it(theme: str) -> None:
    async with showing(chat(30)) as (app, _, pilot):
        app.theme = theme
        await pilot.pause()
        await pilot.pause()
        background = app.transcript.styles.background.rich_color
        segment = next(iter(app.transcript.render_line(0)))
        assert segment.style is not None
        assert segment.style.bgcolor == background


async def test_a_forgotten_conversation_is_gone() -> None:
    async with showing(chat(30)) as (app, _, _pilot):
        app.transcript.forget(REF)
        assert "".join(painted(app)).strip() == ""
        assert app.transcript.seen_key == OrderKey(0)
