"""`agent-tui tail` and `send`: what scripts use."""

import sys
from typing import TYPE_CHECKING

import click

from agent_tui.cli.chosen import Chosen
from agent_tui.cli.exits import Exit, leave, sentences

if TYPE_CHECKING:
    from agent_tui.cli.following import Line
    from agent_tui.cli.sending import Message, Sent
    from agent_tui.cli.ways import Way
    from agent_tui.model.entry import Entry
    from agent_tui.model.words import Role


@click.command()
@click.option("--after", default="", metavar="CURSOR", help="Go on after the line that has this `cursor`.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line: every event, each with its cursor.")
@click.pass_obj
def tail(chosen: Chosen, after: str, as_json: bool) -> None:
    """Print what happens at the desk, until it is interrupted; only looks.

    With --json each line has a `cursor`: start again with --after and that cursor, and nothing is missed. A line may
    come twice, none is left out. Without it, messages are printed for people.
    """
    import asyncio
    import contextlib
    import signal

    from agent_tui.cli.following import Follower, place_after
    from agent_tui.cli.ways import sign_off
    from agent_tui.model.words import Role
    from agent_tui.runtime.net import Net

    with sentences():
        place = place_after(after)
        way = way_for_scripts(chosen, Role.SUPERVISOR)

    async def run() -> None:
        net = Net(way.find)
        try:
            async for line in Follower(net, place).lines():
                text = line.json() if as_json else _for_people(line)
                if text:
                    print(text, flush=True)
        finally:
            await sign_off(way, net)
            await net.aclose()

    async def until_told() -> None:
        following = asyncio.ensure_future(run())
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, following.cancel)
        with contextlib.suppress(asyncio.CancelledError):
            await following

    try:
        with sentences(), contextlib.suppress(KeyboardInterrupt):
            asyncio.run(until_told())
    except BrokenPipeError:
        # whoever read has had enough; Python must not complain about it at its end
        sys.stdout = None


@click.command()
@click.argument("text", required=False)
@click.option("--conversation", required=True, metavar="c42", help="Which conversation.")
@click.option("--expect-seq", type=click.IntRange(min=0), help="The last entry you saw; its newest where not given.")
@click.option("--note", is_flag=True, help="Internal: the customer never sees it.")
@click.option("--cid", default="", help="Your own key for this message: the same one again sends nothing twice.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_obj
def send(
    chosen: Chosen, text: str | None, conversation: str, expect_seq: int | None, note: bool, cid: str, as_json: bool
) -> None:
    """Send TEXT (or what comes in on stdin), once, and only if nothing was said that you had not seen.

    Exit code 1 means that it was not sent: with --expect-seq, what crossed it is printed.
    """
    import asyncio

    from agent_tui.cli.console import number_of
    from agent_tui.cli.sending import Message, deliver
    from agent_tui.model.ids import uuid7
    from agent_tui.model.words import Role
    from agent_tui.ports.errors import Crossed

    number = number_of(conversation)
    body = _body(text)
    message = Message(number, body, cid or uuid7(), expect_seq, note=note)
    try:
        with sentences():
            way = way_for_scripts(chosen, Role.ADMIN)
            try:
                sent = asyncio.run(deliver(way, message))
            except Crossed as crossed:
                _show_crossed(crossed.entries, as_json=as_json)
                leave(Exit.FAILED, f"{crossed} It was not sent.")
    except KeyboardInterrupt:
        leave(Exit.FAILED, f"Interrupted: it may have been sent. Run it again with --cid {message.cid} to be sure.")
    _show_sent(message, sent, as_json=as_json)


def way_for_scripts(chosen: Chosen, own_role: "Role") -> "Way":
    """The desk that is meant; scripts start none."""
    from agent_tui.cli.ways import OWN, own_way, way_to
    from agent_tui.config.paths import find_paths

    paths = find_paths()
    way = way_to(chosen, paths, own_role=own_role)
    return own_way(paths, own_role, may_start=False) if way is None or way.name == OWN else way


def _body(text: str | None) -> str:
    if text is None or text == "-":
        try:
            text = sys.stdin.buffer.read().decode()
        except UnicodeDecodeError:
            leave(Exit.USAGE, "What came in is not UTF-8; nothing was sent.")
    body = text.rstrip("\r\n")
    if not body.strip():
        leave(Exit.USAGE, "There is no text; nothing was sent.")
    return body


def _for_people(line: "Line") -> str:
    """A message as one line; nothing for all else."""
    import msgspec

    from agent_tui.backends.desk.codec import Codec
    from agent_tui.cli.following import BEGUN
    from agent_tui.cli.times import local_time
    from agent_tui.model.text import clean
    from agent_tui.protocol.pushes import EntryAdded

    if line.fields.get("e") == BEGUN:
        why = clean(str(line.fields.get("why", "")), limit=300, multiline=False)
        return f"-- {why}" if why else ""
    try:
        push = msgspec.convert(line.fields, EntryAdded)
    except msgspec.ValidationError:
        return ""
    entry = Codec().entry(push.entry)
    if not entry.body:
        return ""
    return f"{local_time(entry.at_ms)}  c{push.conversation}  {_said(entry)}"


def _said(entry: "Entry") -> str:
    note = " (note)" if entry.kind == "note" else ""
    return f"{entry.author.name or entry.author.kind}{note}: {' / '.join(entry.body.splitlines())}"


def _show_crossed(entries: "tuple[Entry, ...]", *, as_json: bool) -> None:
    import json

    if as_json:
        rows = [
            {"seq": entry.key, "at": entry.at_ms, "by": entry.author.name, "kind": entry.kind, "body": entry.body}
            for entry in entries
        ]
        click.echo(json.dumps({"crossed": rows}, ensure_ascii=True))
        return
    for entry in entries:
        click.echo(f"#{entry.key}  {_said(entry)}")


def _show_sent(message: "Message", sent: "Sent", *, as_json: bool) -> None:
    import json

    if as_json:
        row = {"conversation": int(message.conversation), "seq": sent.seq, "at": sent.at_ms, "cid": message.cid}
        click.echo(json.dumps(row))
    else:
        click.echo(f"Sent to c{message.conversation} as #{sent.seq}.")
