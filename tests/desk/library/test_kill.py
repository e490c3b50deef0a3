"""kill -9 of the desk while proof is sent: what is stored has its use, what is not stored has none."""

import asyncio
import sqlite3
from pathlib import Path

from agent_tui.core.library.wording import as_sent
from agent_tui.model.ids import uuid7
from agent_tui.protocol import commands as c
from agent_tui.protocol.library import WireProof
from agent_tui.storage.library.writing import as_toml
from tests.clients import StaffClient, VisitorClient
from tests.desk_process import DeskProcess
from tests.library_files import said_by_umbra, source

UMBRA, TNO = said_by_umbra(), source()
PROOF = tuple(WireProof(each.id, each.revision, "en") for each in (UMBRA, TNO))
BODY = f"{as_sent(UMBRA, 'en')}\n{as_sent(TNO, 'en')}"
KILLS = 3


def a_send(cid: str) -> dict[str, object]:
    return {
        "conversation": 1, "cid": cid, "kind": "public", "body": BODY, "seen_seq": 10**6, "draft_seq": 10**6,
        "proof": PROOF,
    }  # fmt: skip


async def sending(desk: DeskProcess, waiting: list[str], done: set[str]) -> None:
    """Send, the unanswered ones first, until the desk is gone."""
    token = await asyncio.to_thread(desk.token, "Ada", "agent")
    async with StaffClient(desk.socket_url, token) as ada:
        while True:
            if not waiting:
                waiting.append(uuid7())
            await ada.ask(c.Send, **a_send(waiting[0]))
            done.add(waiting.pop(0))


async def customer_asks(desk: DeskProcess) -> None:
    token, _ = desk.visitor()
    async with VisitorClient(desk.socket_url, lambda: desk.ticket(token)) as jane:
        await jane.say("Is anybody happy with it?")


async def test_a_message_and_its_uses_are_on_the_disk_together_or_not_at_all(tmp_path: Path) -> None:
    home = tmp_path / "desk"
    (home / "library").mkdir(parents=True)
    (home / "library" / "proof.toml").write_text(f"{as_toml(UMBRA)}\n{as_toml(TNO)}", encoding="utf-8")
    desk = DeskProcess(home)
    waiting: list[str] = []
    done: set[str] = set()
    try:
        for round_ in range(KILLS):
            desk.start()
            if round_ == 0:
                await customer_asks(desk)
            before = len(done)
            work = asyncio.ensure_future(sending(desk, waiting, done))
            async with asyncio.timeout(20):
                while len(done) < before + 15 + 7 * round_ and not work.done():
                    await asyncio.sleep(0.001)
            desk.kill()
            await asyncio.gather(work, return_exceptions=True)
        with sqlite3.connect(home / "desk.db") as database:
            stored = dict(database.execute("SELECT seq, cid FROM entry WHERE kind = 'public' AND cid IS NOT NULL"))
            uses = database.execute("SELECT seq, snippet FROM proof_use ORDER BY seq, snippet").fetchall()
        own = {seq: cid for seq, cid in stored.items() if cid in done or cid in waiting}
        assert done <= set(own.values()), "what was acknowledged is there"
        assert len(set(own.values())) == len(own), "each once"
        assert uses == [(seq, snippet) for seq in sorted(own) for snippet in (TNO.id, UMBRA.id)]
        assert len(done) >= 15 * KILLS
    finally:
        desk.kill()
