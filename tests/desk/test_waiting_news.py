"""Who waits, and whoever has the page open, hears of what changed after they were last told."""

from pathlib import Path

from agent_tui.desk.metrics import Metrics
from agent_tui.desk.reader import Reader, Wire
from agent_tui.desk.readers import Readers
from agent_tui.desk.waiting_news import WaitingNews
from agent_tui.model.words import Availability, Role
from agent_tui.protocol import commands as c
from agent_tui.protocol.limits import DEFAULT
from tests.desk.people import DeskInTest


class Page(Reader):
    """A visitor's open page that writes down what is fleeting."""

    def __init__(self, visitor: str, readers: Readers) -> None:
        super().__init__(Wire(_nothing, _nothing, lambda: None), role=Role.VISITOR, account=visitor, session="",
                         readers=readers)  # fmt: skip
        self.heard: list[bytes] = []
        readers.enter(self)

    def now(self, event: bytes) -> None:
        self.heard.append(event)


async def _nothing(*_: object) -> None:
    raise AssertionError("nothing is sent in this test")


async def test_what_changed_before_the_first_look_is_told(tmp_path: Path) -> None:
    desk = DeskInTest(tmp_path / "desk")
    readers = Readers(DEFAULT, Metrics(), lambda: 0.0)
    news = WaitingNews(readers, desk.service)
    news.begin()
    looking = Page((await desk.visitor()).id, readers)
    ada = await desk.connected("Ada")
    await desk.does(ada, c.SetAvailable(0, availability=Availability.AVAILABLE))
    await news.tell()
    assert len(looking.heard) == 1, "told at connecting that nobody is here; now somebody is"

    first, second = await desk.visitor(), await desk.visitor()
    await desk.says(first)
    await desk.says(second)
    waiting = Page(second.id, readers)
    await desk.does(ada, c.TakeNext(0))
    await news.tell()
    await news.tell()
    assert len(waiting.heard) == 1, "told at connecting that one is before; it was news once"
    assert b'"ahead":0' in waiting.heard[0]
    desk.store.close()
