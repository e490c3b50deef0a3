"""What `painting` takes from inside Textual 8.2.8: a key is on the screen without the frame timer, nothing is lost."""

import asyncio

import textual
from rich.console import RenderableType
from textual.screen import Screen

from agent_tui.model.text import SafeText
from agent_tui.ui.painting import paint_now
from agent_tui.ui.widgets.composer import Draft, Recipient
from agent_tui.ui.widgets.composer_lines import RecipientLine
from agent_tui.ui.widgets.composer_text import ComposerText
from agent_tui.ui.widgets.transcript_source import TranscriptSource
from tests.ui.conversations import REF, chat, state_with
from tests.ui.widget_app import WidgetApp


class Painting(WidgetApp):
    """Counts paintings, and can stop the frame timer."""

    paintings = 0

    def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        self.paintings += renderable is not None
        super()._display(screen, renderable)

    def stop_frames(self) -> None:
        self.screen._on_timer_update = lambda: None  # type: ignore[method-assign]
        self.screen._update_timer.stop()


async def ready(app: Painting) -> None:
    app.transcript.show(TranscriptSource(state_with(chat(10)), REF))
    app.composer.load(REF, Recipient(SafeText("Jane"), SafeText("web chat")), Draft())
    app.composer.focus_text()
    for _ in range(5):
        await asyncio.sleep(0.02)


def test_it_is_the_textual_it_was_written_for() -> None:
    assert textual.__version__ == "8.2.8"


async def test_a_key_is_painted_without_the_frame_timer() -> None:
    app = Painting()
    async with app.run_test() as pilot:
        await ready(app)
        app.stop_frames()
        app.paintings = 0
        await pilot.press("a", "b")
        await pilot.press("backspace")
        assert app.paintings >= 3


async def test_a_key_paints_the_text_field_only() -> None:
    app = Painting()
    async with app.run_test() as pilot:
        await ready(app)
        drawn: list[str] = []
        for widget in (app.transcript, app.query_one(RecipientLine)):
            name = type(widget).__name__
            widget.render_line = lambda y, name=name: drawn.append(name)  # type: ignore[method-assign,misc,assignment]
        await pilot.press("a")
        assert drawn == []


async def test_what_others_had_to_paint_stays_to_be_painted() -> None:
    app = Painting()
    async with app.run_test():
        await ready(app)
        screen, line = app.screen, app.query_one(RecipientLine)
        line.refresh()
        screen._dirty_widgets.add(line)
        app.query_one(ComposerText).refresh()
        assert paint_now(app.query_one(ComposerText))
        assert line in screen._dirty_widgets
        assert line._repaint_regions


async def test_nothing_is_painted_over_another_screen() -> None:
    app = Painting()
    async with app.run_test() as pilot:
        await ready(app)
        await app.push_screen(Screen())
        await pilot.pause()
        app.composer._text.refresh()
        assert not paint_now(app.composer._text)


async def test_a_batch_is_not_broken_up() -> None:
    app = Painting()
    async with app.run_test():
        await ready(app)
        with app.batch_update():
            app.composer._text.refresh()
            assert not paint_now(app.composer._text)
