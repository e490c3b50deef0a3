"""Paint now: a widget's own region, without waiting for the frame timer.

Textual paints at the next tick of a 60 Hz timer, which is most of the time between a key and its echo. What is used
here is private to Textual 8.2.8; it is all in this module, and tests/ui/test_painting.py notices when it changes.
"""

from typing import TYPE_CHECKING, Any

from textual.screen import Screen
from textual.widget import Widget

if TYPE_CHECKING:
    _Base = Widget
else:
    # Not a widget by itself: Textual takes styles and bindings along one line of widget classes only.
    _Base = object


def paint_now(widget: Widget) -> bool:
    """Paint what is dirty of this widget at once. False where that has to wait for a layout or a batch.

    Other widgets' pending repaints stay pending.
    """
    if not widget.is_attached or widget.app._batch_count:
        return False
    screen = widget.screen
    if screen is not widget.app.screen or screen._layout_required or widget._layout_required:
        return False
    pending = screen._dirty_widgets - {widget}
    screen._compositor.update_widgets({widget})
    screen._compositor_refresh()
    screen._dirty_widgets |= pending
    widget._repaint_required = False
    return True


def forget_repaints(screen: Screen[Any]) -> None:
    """This screen was just laid out and painted whole, for the first time: whatever asks for it again is forgotten.

    Textual has the screen and each widget that got its first size ask again: a third of the time to the first frame.
    """
    for widget in (screen, *screen.query("*")):
        forget_repaint(widget)
        widget._layout_required = False
    screen._dirty_widgets.clear()


def forget_repaint(widget: Widget) -> None:
    """What this widget wants painted again is as it was: a child that is not displayed was mounted in it, say."""
    widget._exchange_repaint_regions()
    widget._repaint_required = False


class PaintsNow(_Base):
    """Named before a widget class: it paints as soon as its messages are handled, and doesn't wait for the timer."""

    def _check_refresh(self) -> None:
        if self._repaint_required and not self._layout_required:
            paint_now(self)
        super()._check_refresh()
