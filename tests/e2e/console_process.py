"""A console without a screen, to be killed: `python -m tests.e2e.console_process URL TOKEN FOLDER NAME FROM COUNT`.

Presses Enter COUNT times, as fast as the outbox takes it, in every conversation there is, so long as fewer than COUNT
wait there; then goes on sending until it is killed or everything is settled. It tells on stdout what it did, a JSON
list a line: ["press", cid, ref, body] before the outbox has it, ["kept", cid] or ["refused", sentence] after,
["acked", cid, key], ["held", cid], ["settled"].
"""

import asyncio
import json
import sys
from pathlib import Path

from agent_tui.core.state import LinkState
from agent_tui.model.ids import rising_uuid7
from agent_tui.model.outgoing import Delivery
from agent_tui.model.words import EntryKind
from agent_tui.ports.events import Event, OutgoingMoved
from agent_tui.runtime.connecting import account_at, always_at
from agent_tui.runtime.link import BackOff


def tell(*what: object) -> None:
    """One line, out at once: the next instruction may be the last."""
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


async def main(url: str, token: str, folder: str, name: str, start: int, count: int) -> None:
    """Live until killed or done."""
    account = account_at(name, always_at(url, token), Path(folder))
    account._link.back_off = BackOff(lambda: 0.02)
    pressing = ("", "")

    def new_cid(after: str) -> str:
        cid = rising_uuid7(after)
        tell("press", cid, *pressing)
        return cid

    assert account._posting is not None
    account._posting._new_cid = new_cid
    apply = account._engine.apply

    def noted(*events: Event) -> None:
        for event in events:
            if isinstance(event, OutgoingMoved) and event.item.state is Delivery.SENT:
                tell("acked", event.item.cid, event.item.key)
        apply(*events)

    account._engine.apply = noted  # type: ignore[method-assign]
    running = asyncio.ensure_future(account.run())
    while account.state.link.state is not LinkState.LIVE:
        await asyncio.sleep(0.005)
    refs = sorted(account.state.conversations)
    for ref in refs:
        await account.open(ref)
    for number in range(start, start + count):
        for ref in refs:
            if len(account.state.outgoing.get(ref, ())) >= count:
                continue
            last = account.state.transcript(ref).last_key
            pressing = (ref, f"{name} {number}")
            posted = account.send(ref, EntryKind.PUBLIC, f"{name} {number}", last, last)
            tell(*(("refused", posted.refusal) if posted.refusal else ("kept", posted.cid)))
        await asyncio.sleep(0)
    while any(account.state.outgoing.values()):
        for items in account.state.outgoing.values():
            for item in items:
                if item.state is Delivery.HELD:
                    tell("held", item.cid)
                    account.send_anyway(item.cid)
        await asyncio.sleep(0.02)
    tell("settled")
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await account.close()


if __name__ == "__main__":
    _url, _token, _folder, _name, _start, _count = sys.argv[1:]
    asyncio.run(main(_url, _token, _folder, _name, int(_start), int(_count)))
