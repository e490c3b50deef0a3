"""P4: `kill -9` while somebody types loses at most the last second; tabs and read positions stay where they were."""

import asyncio
import random
import signal
import subprocess
import sys
from pathlib import Path

from agent_tui.model.ids import ConversationRef
from agent_tui.storage.account_file import AccountFile
from agent_tui.storage.drafts import Drafts
from agent_tui.storage.layout import LayoutFile

JANE = ConversationRef("42")

TYPIST = """
import asyncio, sys, time
from pathlib import Path
from agent_tui.model.ids import ConversationRef, OrderKey
from agent_tui.model.words import EntryKind
from agent_tui.storage.account_file import AccountFile
from agent_tui.runtime.account import Account, Draft, Layout
from tests.account_of import running, account_of
from tests.scripted_backend import ScriptedDesk
from agent_tui.runtime.account import wall_ms

async def main():
    desk = ScriptedDesk(wall_ms)
    ref = desk.conversation(42, "Jane", owner="Ada")
    for number in range(10_000):
        desk.customer_says(ref, "hello")
    async with running(account_of(desk, folder=Path(sys.argv[1]))) as account:
        for number in range(1, 10_000):
            account.save_draft(ref, Draft("x" * number, EntryKind.PUBLIC, OrderKey(1)))
            account.mark_read(ref, OrderKey(number))
            account.save_layout(Layout((ref,), ref, {ref: OrderKey(number)}))
            print(number, time.monotonic(), flush=True)
            await asyncio.sleep(0.005)

asyncio.run(main())
"""


async def test_at_most_a_second_of_typing_is_lost(tmp_path: Path) -> None:
    chance = random.Random(7)
    for life in range(5):
        folder = tmp_path / str(life)
        typist = subprocess.Popen([sys.executable, "-c", TYPIST, str(folder)], stdout=subprocess.PIPE, bufsize=0)
        assert typist.stdout is not None
        try:
            await asyncio.to_thread(typist.stdout.readline)
            await asyncio.sleep(chance.uniform(1.1, 2.0))
        finally:
            typist.send_signal(signal.SIGKILL)
        out, _ = await asyncio.to_thread(typist.communicate)
        typed = [(int(number), float(at)) for number, at in (row.split() for row in out.decode().splitlines()[:-1])]
        last_at = typed[-1][1]
        safe = max(number for number, at in typed if at <= last_at - 1.0)
        file = AccountFile(folder)
        assert len(Drafts(file)[JANE].text) >= safe
        layout = LayoutFile(file)
        assert layout.load().anchors[JANE] >= safe
        assert layout.pending_reads().get(JANE, safe) >= safe
        file.close()
