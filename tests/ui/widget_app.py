"""A small app around the transcript and the composer: for their tests and for the eye."""

from textual.app import App, ComposeResult
from textual.message import Message

from agent_tui.ui.theming import read_themes, variable_defaults
from agent_tui.ui.widgets.composer import Composer
from agent_tui.ui.widgets.transcript import Transcript
from tests.ui.conversations import now_ms


class WidgetApp(App[None]):
    """Transcript above composer, nothing else; `told` holds what they posted, in order."""

    CSS = "Screen { layout: vertical; }"
    ENABLE_COMMAND_PALETTE = False

    def __init__(self, theme: str = "dark") -> None:
        super().__init__()
        self.transcript = Transcript(now_ms, None)
        self.composer = Composer(lambda: self.transcript.seen_key)
        self.told: list[Message] = []
        for found, _ in read_themes()[0].values():
            self.register_theme(found)
        self.theme = theme

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return variable_defaults(self.current_theme)

    def compose(self) -> ComposeResult:
        yield self.transcript
        yield self.composer

    def post_told(self, message: Message) -> None:
        self.told.append(message)

    on_need_older = on_read_up_to = on_cursor_moved = on_new_below = post_told
    on_submitted = on_draft_changed = on_take_back_asked = on_left = post_told
