"""Bad luck at the real console on a terminal: what a person reads there, and that nothing they wrote is lost."""

import asyncio
import resource
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent_tui.desk.store.opening import DATABASE
from agent_tui.protocol.commands import Introduce
from tests.clients import Refused, StaffClient, VisitorClient
from tests.desk.conftest import ROOMY
from tests.desk_process import DeskProcess, running_desk
from tests.e2e.crowd import lasting_token
from tests.e2e.terminal import PATIENCE_S, Terminal
from tests.proxy import proxy_to
from tests.required import require

F8, CTRL_Q = b"\x1b[19~", b"\x11"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[DeskProcess]:
    with running_desk(tmp_path / "desk", env=ROOMY) as desk:
        yield desk


async def customer_of(desk: DeskProcess, name: str = "Jane de Vries", line: str = "Is anybody there?") -> VisitorClient:
    """A customer who has written; their page stays open until it is closed."""
    token, _ = desk.visitor(language="nl")
    visitor = VisitorClient(desk.socket_url, lambda: desk.ticket(token))
    await visitor.connect()
    await visitor.ask(Introduce, name=name)
    await visitor.say(line)
    return visitor


async def taken(console: Terminal, desk: DeskProcess) -> VisitorClient:
    """The console is live, and one customer's chat is taken and open."""
    await console.live()
    customer = await customer_of(desk)
    await console.shows("1 waiting")
    console.write(F8)
    await console.shows("TO Jane", "Is anybody there?")
    return customer


async def says_two_hundred(customer: VisitorClient, line: str) -> None:
    """More than there is room for."""
    for _ in range(200):
        await customer.say(line)


def bodies(desk: DeskProcess, token: str = "") -> list[str]:
    """Every public line of the first conversation, as it is stored."""
    entries = desk.get("/v1/conversations/1/entries", token or desk.token())["entries"]
    return [entry["body"] for entry in entries if entry["kind"] == "public"]


async def test_a_revoked_console_says_so_and_how_to_mend_it(desk: DeskProcess, tmp_path: Path) -> None:
    with Terminal(desk, lasting_token(desk, "Ada"), tmp_path / "ada") as console:
        customer = await taken(console, desk)
        await console.type_reply("half an answer")
        desk.post("/v1/revocations", {"name": "Ada"}, desk.token())
        await console.shows("half an answer", "invite")
        console.write("\r")
        console.write(CTRL_Q)
        await console.shows("quit: all is kept")
        console.write("q")
        await asyncio.to_thread(console.wait_exit, PATIENCE_S)
        assert bodies(desk) == ["Is anybody there?"]
        await customer.close()


async def test_a_full_disk_at_the_desk_is_said_and_the_message_goes_when_there_is_room(tmp_path: Path) -> None:
    with running_desk(tmp_path / "desk", env=ROOMY) as desk:
        token = lasting_token(desk, "Ada")
        with Terminal(desk, token, tmp_path / "ada") as console:
            customer = await taken(console, desk)
            await customer.close()
            desk.stop()
            pages = (desk.home / DATABASE).stat().st_size // 4096
            desk.start(AGENT_TUI_DESK_MAX_PAGE_COUNT=str(pages))
            await console.live()
            await customer.connect()
            for length in (3_000, 300, 30):
                with pytest.raises(Refused, match="disk"):
                    await says_two_hundred(customer, "x" * length)
            await customer.close()
            before = bodies(desk, token)
            await console.say("Is there room for me?")
            await console.shows("Is there room for me?", "disk")
            assert bodies(desk, token) == before
            desk.stop()
            desk.start()
            await console.live()
            await console.shows("✓")
            assert bodies(desk, token) == [*before, "Is there room for me?"]


async def test_an_outbox_that_cannot_be_written_refuses_and_keeps_the_text(desk: DeskProcess, tmp_path: Path) -> None:
    with Terminal(desk, lasting_token(desk, "Ada"), tmp_path / "ada") as console:
        customer = await taken(console, desk)
        before = resource.prlimit(console.pid, resource.RLIMIT_FSIZE)
        await console.type_reply("Yes, I am here.")
        resource.prlimit(console.pid, resource.RLIMIT_FSIZE, (1, before[1]))
        console.write("\r")
        await console.shows("Yes, I am here.", "can't be written")
        assert bodies(desk) == ["Is anybody there?"]
        resource.prlimit(console.pid, resource.RLIMIT_FSIZE, before)
        console.write("\r")
        await customer.sees("Yes, I am here.")
        await console.shows("✓")
        assert bodies(desk) == ["Is anybody there?", "Yes, I am here."]
        await customer.close()


async def test_a_customers_line_that_crosses_is_shown_above_the_kept_text(desk: DeskProcess, tmp_path: Path) -> None:
    token = lasting_token(desk, "Ada")
    async with proxy_to(desk.url) as proxy:
        with Terminal(proxy.url, token, tmp_path / "ada") as console:
            customer = await taken(console, desk)
            await console.type_reply("Yes, we do.")
            proxy.delay_s = lambda: 1.0
            await customer.say("Never mind, bye!")
            console.write("\r")
            await console.shows("Never mind, bye!", "Yes, we do.")
            proxy.delay_s = lambda: 0.0
            await console.shows("send again")
            assert bodies(desk) == ["Is anybody there?", "Never mind, bye!"]
            await console.screen_shows(lambda screen: True, timeout=PATIENCE_S, settled=0.5)
            console.write("\r")
            await customer.sees("Yes, we do.")
            assert bodies(desk) == ["Is anybody there?", "Never mind, bye!", "Yes, we do."]
            await customer.close()


async def test_a_colleagues_answer_holds_a_draft_begun_before_it(desk: DeskProcess, tmp_path: Path) -> None:
    with Terminal(desk, lasting_token(desk, "Ada"), tmp_path / "ada") as console:
        customer = await taken(console, desk)
        await console.type_reply("It costs 40 euros.")
        async with StaffClient(desk.socket_url, lasting_token(desk, "Ruben")) as ruben:
            await ruben.send(1, "It costs 35 euros.", seen_seq=9, draft_seq=9)
        await console.shows("It costs 35 euros.", "It costs 40 euros.")
        console.write("\r")
        await console.shows("It costs 40 euros.", "Ruben")
        await console.screen_shows(lambda screen: True, timeout=PATIENCE_S, settled=0.7)
        assert bodies(desk) == ["Is anybody there?", "It costs 35 euros."]
        console.write("\r")
        await customer.sees("It costs 40 euros.")
        await customer.close()


async def test_who_claims_second_is_told_who_has_it(desk: DeskProcess, tmp_path: Path) -> None:
    token, other = lasting_token(desk, "Ada"), lasting_token(desk, "Ruben")
    async with proxy_to(desk.url) as proxy:
        with (
            Terminal(proxy.url, token, tmp_path / "ada", arguments=("open", "c1")) as first,
            Terminal(desk, other, tmp_path / "ruben", arguments=("open", "c1")) as second,
        ):
            await asyncio.gather(first.live(), second.live())
            customer = await customer_of(desk)
            await asyncio.gather(first.shows("nobody has it"), second.shows("nobody has it"))
            proxy.delay_s = lambda: 1.0
            second.write("c")
            await second.shows("is yours")
            first.write("c")
            await first.shows("Ruben")
            proxy.delay_s = lambda: 0.0
            await first.shows("Ruben has it")
            told = desk.get("/v1/conversations/1", token)
            assert told["owner"]["name"] == "Ruben"
            await customer.close()


async def test_two_consoles_of_one_agent_show_and_send_the_same(desk: DeskProcess, tmp_path: Path) -> None:
    token = lasting_token(desk, "Ada")
    with Terminal(desk, token, tmp_path / "ada") as one, Terminal(desk, token, tmp_path / "ada") as two:
        customer = await taken(one, desk)
        await two.live()
        two.write("j\r")
        await two.shows("TO Jane", "Is anybody there?")
        await one.say("from the one")
        await two.shows("from the one")
        await two.say("from the other")
        await asyncio.gather(one.shows("from the other", "✓"), customer.sees("from the other"))
        assert bodies(desk) == ["Is anybody there?", "from the one", "from the other"]
        await customer.close()


async def test_a_night_later_an_unsent_line_asks_before_it_goes(desk: DeskProcess, tmp_path: Path) -> None:
    faketime = require("faketime", "apt-get install faketime")
    token = lasting_token(desk, "Ada")
    with Terminal(desk, token, tmp_path / "ada") as console:
        customer = await taken(console, desk)
        await customer.close()
        desk.stop()
        await console.shows("○ reconnecting")
        await console.say("Until tomorrow then.")
        await console.shows("Until tomorrow then.", "waiting")
        console.write(CTRL_Q)
        await console.shows("1 unsent line would stay behind")
        console.write("q")
        await asyncio.to_thread(console.wait_exit, PATIENCE_S)
    desk.start()
    with Terminal(desk, token, tmp_path / "ada", wrapper=(faketime, "-f", "+9h")) as console:
        await console.live()
        await console.shows("Until tomorrow then.", "Written 9 hours ago")
        assert bodies(desk) == ["Is anybody there?"]
        await console.screen_shows(lambda screen: True, timeout=PATIENCE_S, settled=0.5)
        if "TYPING" not in console.screen().rows[0]:
            console.write("i")
            await console.screen_shows("TYPING", timeout=PATIENCE_S, settled=0.5)
        console.write("\r")
        await console.shows("✓")
        assert bodies(desk) == ["Is anybody there?", "Until tomorrow then."]


async def test_too_small_a_terminal_says_so_and_keeps_the_text(desk: DeskProcess, tmp_path: Path) -> None:
    with Terminal(desk, lasting_token(desk, "Ada"), tmp_path / "ada") as console:
        customer = await taken(console, desk)
        await console.type_reply("half an answer")
        for columns, rows in ((29, 20), (100, 7), (20, 5), (1, 1), (2, 40), (400, 2)):
            console.resize(columns, rows)
            await console.screen_shows(lambda screen: True, timeout=PATIENCE_S, settled=0.2)
        console.resize(29, 12)
        await console.shows("too small")
        console.resize(60, 16)
        await console.shows("TYPING", "TO Jane", "half an answer")
        console.write("\r")
        await customer.sees("half an answer")
        await customer.close()


async def test_a_console_without_its_desk_comes_back_to_a_restored_copy(desk: DeskProcess, tmp_path: Path) -> None:
    with Terminal(desk, lasting_token(desk, "Ada"), tmp_path / "ada") as console:
        customer = await taken(console, desk)
        await customer.close()
        desk.stop()
        shutil.copytree(desk.home, tmp_path / "copy")
        desk.start()
        await console.live()
        await console.say("after the copy")
        await console.shows("✓")
        await console.type_reply("a draft")
        desk.stop()
        for file in desk.home.glob(f"{DATABASE}*"):
            file.unlink()
        for file in (tmp_path / "copy").glob(f"{DATABASE}*"):
            shutil.copy(file, desk.home)
        desk.start()
        await console.live()
        await console.shows("read anew", "a draft", "Is anybody there?")
        await console.no_longer_shows("after the copy")
