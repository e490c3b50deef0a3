"""A program that stores lines until it is killed, and says on its output what was acknowledged.

Arguments: the desk's folder, and how many write at once.
"""

import asyncio
import sys
from pathlib import Path

from agent_tui.desk.store import Store
from agent_tui.model.ids import uuid7
from tests.desk.store.messages import VISITOR, begin, line


async def write_for_ever(store: Store, conversation: int, lane: int) -> None:
    for number in range(1_000_000):
        cid = f"{lane:03d}-{number:06d}-{uuid7()}"
        seq = await store.write(line(conversation, cid), (VISITOR, cid))
        sys.stdout.write(f"{cid} {seq}\n")
        sys.stdout.flush()


async def main() -> None:
    store = Store.open(Path(sys.argv[1]))
    known = store.read_now(lambda db: db.exec_driver_sql("SELECT max(id) FROM conversation").scalar())
    conversation = known or begin(store)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    await asyncio.gather(*(write_for_ever(store, conversation, lane) for lane in range(int(sys.argv[2]))))


if __name__ == "__main__":
    asyncio.run(main())
