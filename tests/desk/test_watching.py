"""Watching: nobody can tell live, it is all written down, and no end of the desk loses it."""

import asyncio
import contextlib
import sqlite3
from pathlib import Path
from typing import Any
from urllib.parse import quote

import msgspec
import pytest

from agent_tui.desk.settings import DeskSettings
from agent_tui.desk.store import Store
from agent_tui.desk.store.audit_chain import AUDIT_LINE, check_chain
from agent_tui.desk.store.writer import disk_full
from agent_tui.desk.watching import SIGN_OF_LIFE_MS
from agent_tui.model.words import Outcome, Role
from agent_tui.protocol import commands as c
from agent_tui.protocol.errors import CLOSE_CODES, Code
from agent_tui.protocol.frames import ServerFrame
from agent_tui.protocol.requests import AuditChecked
from agent_tui.protocol.table import COMMANDS
from tests.clients import Client, Refused, StaffClient, VisitorClient
from tests.desk.conftest import ROOMY, staff_of, visitor_of
from tests.desk.still_desk import StillDesk, still_desk
from tests.desk.test_desk_roles import VALUES
from tests.desk.test_wall import monitor_of
from tests.desk_process import DeskProcess, running_desk

DAY_MS = 24 * 3_600_000


def audit_of(home: Path) -> list[tuple[str, str, int, str]]:
    """Actor's name, action, conversation, detail."""
    with contextlib.closing(sqlite3.connect(f"file:{home}/desk.db?mode=ro", uri=True)) as db:
        return db.execute("SELECT actor_name, action, conversation, detail FROM audit ORDER BY id").fetchall()


def watched_in(home: Path) -> list[tuple[str, int, str]]:
    return [(who, where, how) for who, action, where, how in audit_of(home) if action == "watched"]


# --- live, nobody can tell ---


def heard(client: Client) -> list[ServerFrame]:
    """Keep what this client is sent, as it is on the wire."""
    kept: list[ServerFrame] = []
    take = client._take

    def taking(frame: ServerFrame) -> None:
        kept.append(frame)
        take(frame)

    client._take = taking  # type: ignore[method-assign]
    return kept


def told(frames: list[ServerFrame]) -> list[bytes]:
    """All that is durable, all that is fleeting, all answers: byte for byte, each in order.

    How the three mix, and how much of each goes into one frame, is up to the network.
    """
    durable = [bytes(raw) for frame in frames for raw in frame.events or []]
    fleeting = [bytes(raw) for frame in frames for raw in frame.now or []]
    answers = [bytes(frame.ok) for frame in frames if frame.ok]
    refusals = [msgspec.json.encode(frame.error) for frame in frames if frame.error]
    return [*durable, b"--", *fleeting, b"--", *answers, b"--", *refusals]


async def a_days_work(home: Path, *, watched: bool) -> tuple[list[bytes], list[bytes], list[bytes], list[bytes]]:
    """What an agent, an admin at a console and a visitor are sent, and what an agent reads."""
    async with still_desk(home) as still, contextlib.AsyncExitStack() as stack:
        for name, role in (
            ("Ada", Role.AGENT),
            ("Grace", Role.ADMIN),
            ("Vera", Role.SUPERVISOR),
            ("Otto", Role.ADMIN),
        ):
            await still.agent(name, role)
        ada = StaffClient(still.socket_url, await still.token("Ada", Role.AGENT))
        grace = StaffClient(still.socket_url, await still.token("Grace", Role.ADMIN))
        made = (await still.ask("POST", "/v1/visitors", body={"page_title": "Pricing"})).json()
        ticket = (await still.ask("POST", "/v1/ticket", made["token"], {})).json()["ticket"]
        jane = VisitorClient(still.socket_url, lambda: ticket)
        kept = [heard(client) for client in (ada, grace, jane)]
        for client, name in ((ada, "Ada"), (grace, "Grace")):
            await stack.enter_async_context(client)
            await ada.until(lambda name=name: name in [e.get("agent", {}).get("name") for e in ada.events])  # type: ignore[misc]
        await stack.enter_async_context(jane)
        await jane.until(lambda: jane.events)
        vera = StaffClient(still.socket_url, await still.token("Vera", Role.SUPERVISOR))
        otto = StaffClient(still.socket_url, await still.token("Otto", Role.ADMIN))
        beside = StaffClient(still.socket_url, vera.token)
        if watched:
            vera.wall = otto.wall = True
            for client in (vera, otto, beside):
                await stack.enter_async_context(client)

        async def watch(number: int) -> None:
            if not watched:
                return
            for monitor in (vera, otto):
                await monitor.ask(c.Watch, tiles=(number,), opened=(number,))
            await beside.ask(c.Subscribe, conversations=(number,))
            for path in (f"conversations/{number}/entries", f"conversations/{number}", "replay", "report", "board"):
                assert (await still.ask("GET", f"/v1/{path}", vera.token)).status_code == 200
            assert (await still.ask("GET", f"/v1/conversations/{number}/unmasked", otto.token)).status_code == 200

        await jane.say("hello", cid="cid-jane-1")
        number = (await ada.sees("hello"))["conversation"]
        await watch(number)
        await ada.ask(c.Subscribe, conversations=(number,))
        await jane.ask(c.Writing, on=True)
        await ada.until(lambda: any(e["e"] == "typing" for e in ada.now))
        await jane.say("anybody there?", cid="cid-jane-2")
        await ada.sees("anybody there?")
        still.clock.pass_by(20_000)
        await ada.ask(c.Claim, conversation=number)
        await ada.ask(c.MarkRead, conversation=number, seq=2)
        await ada.ask(c.Typing, conversation=number, on=True)
        await ada.send(number, "yes, me", cid="cid-ada-1")
        await jane.sees("yes, me")
        await ada.ask(c.SetFlag, conversation=number, reason="unsure what to say")
        await watch(number)
        await jane.ask(c.Seen, n=4)
        await ada.until(lambda: any(e["e"] == "seen" for e in ada.events))
        read = [
            (await still.ask("GET", path, ada.token)).content
            for path in (
                "/v1/inbox",
                "/v1/conversations",
                f"/v1/conversations/{number}",
                f"/v1/conversations/{number}/entries",
                "/v1/watched",
            )
        ]
        await ada.ask(c.Resolve, conversation=number)
        await jane.until(lambda: any(e["e"] == "status" and e["state"] == "resolved" for e in jane.events))
        await grace.until(
            lambda: any(e.get("entry", {}).get("system", {}).get("code") == "resolved" for e in grace.events)
        )
        frames = [told(one) for one in kept]
        if watched:
            await asyncio.gather(*(client.close() for client in (vera, otto, beside)))
            await asyncio.sleep(0.3)
            assert len(watched_in(home)) >= 3
            # nothing came of their leaving either
            assert [told(one) for one in kept] == frames
        return frames[0], frames[1], frames[2], read


async def test_nobody_can_tell_live_that_they_are_watched_byte_for_byte(tmp_path: Path) -> None:
    alone = await a_days_work(tmp_path / "alone", watched=False)
    watched = await a_days_work(tmp_path / "watched", watched=True)
    for who, before, after in zip(("agent", "admin", "visitor", "what an agent reads"), alone, watched, strict=True):
        assert len(before) > 4, who
        assert after == before, who


# --- afterwards, it can be read ---


async def test_an_agent_reads_from_the_next_day_who_watched_their_own(tmp_path: Path) -> None:
    async with still_desk(tmp_path / "home", DeskSettings(limits=DeskSettings().limits)) as still:
        for name, role in (("Ada", Role.AGENT), ("Bob", Role.AGENT), ("Vera", Role.SUPERVISOR), ("Grace", Role.ADMIN)):
            await still.agent(name, role)
        tokens = {
            name: await still.token(name, role)
            for name, role in (
                ("Ada", Role.AGENT),
                ("Bob", Role.AGENT),
                ("Vera", Role.SUPERVISOR),
                ("Grace", Role.ADMIN),
            )
        }
        number = await a_chat_of(still, tokens["Ada"])
        vera = StaffClient(still.socket_url, tokens["Vera"])
        vera.wall = True
        async with vera:
            await vera.ask(c.Watch, tiles=(number,))
            still.clock.pass_by(12_000)
            await vera.ask(c.Watch, opened=(number,))
            still.clock.pass_by(40_000)
            await vera.ask(c.Watch)

        async def seen_by(name: str) -> list[tuple[int, str, str]]:
            answer = (await still.ask("GET", "/v1/watched", tokens[name])).json()
            return [(line["conversation"], line["who"], line["how"]) for line in answer["watched"]]

        expected = [(number, "Vera", "40 s"), (number, "Vera", "12 s on the wall")]
        assert await seen_by("Ada") == []
        assert await seen_by("Grace") == expected
        still.clock.pass_by(DAY_MS)
        assert await seen_by("Ada") == expected
        assert await seen_by("Bob") == []
        first = (await still.ask("GET", "/v1/watched?limit=1", tokens["Ada"])).json()
        second = (await still.ask("GET", f"/v1/watched?limit=1&after={first['next']}", tokens["Ada"])).json()
        assert [line["how"] for line in first["watched"] + second["watched"]] == ["40 s", "12 s on the wall"]
        assert second["next"] == ""


async def a_chat_of(still: StillDesk, token: str) -> int:
    """A conversation this agent answered; its number."""
    made = (await still.ask("POST", "/v1/visitors", body={})).json()
    ticket = (await still.ask("POST", "/v1/ticket", made["token"], {})).json()["ticket"]
    async with VisitorClient(still.socket_url, lambda: ticket) as jane, StaffClient(still.socket_url, token) as ada:
        await jane.say("hello")
        number: int = (await ada.sees("hello"))["conversation"]
        await ada.ask(c.Claim, conversation=number)
        return number


# --- no end loses it ---


async def test_a_killed_desk_loses_no_line_of_who_watched(tmp_path: Path) -> None:
    with running_desk(tmp_path / "home", env=ROOMY) as desk:
        async with staff_of(desk) as ada, visitor_of(desk) as jane:
            await jane.say("hello")
            number = (await ada.sees("hello"))["conversation"]
            vera, sam = monitor_of(desk), staff_of(desk, "Sam", "supervisor")
            await vera.connect()
            await sam.connect()
            await vera.ask(c.Watch, tiles=(number,), opened=(number,))
            await sam.ask(c.Subscribe, conversations=(number,))
            await asyncio.to_thread(desk.kill)
            await asyncio.gather(vera.closed(), sam.closed(), ada.closed(), jane.closed())
        await asyncio.to_thread(desk.start)
        lines = watched_in(desk.home)
        assert {(who, where) for who, where, _ in lines} == {("Vera", number), ("Sam", number)}
        assert all(how.startswith("at least ") and how.endswith(", until the desk ended") for _, _, how in lines)
        await asyncio.to_thread(desk.kill)
        await asyncio.to_thread(desk.start)
        assert watched_in(desk.home) == lines


async def test_signs_of_life_bound_what_a_kill_can_lose(tmp_path: Path) -> None:
    async with still_desk(tmp_path / "home") as still:
        await still.agent("Vera", Role.SUPERVISOR)
        await still.agent("Ada", Role.AGENT)
        number = await a_chat_of(still, await still.token("Ada", Role.AGENT))
        vera = StaffClient(still.socket_url, await still.token("Vera", Role.SUPERVISOR))
        vera.wall = True
        async with vera:
            await vera.ask(c.Watch, opened=(number,))
            for _ in range(3):
                still.clock.pass_by(SIGN_OF_LIFE_MS)
                await still.desk.watching.tell_alive()
            still.clock.pass_by(SIGN_OF_LIFE_MS - 1)
            await still.desk.watching.tell_alive()
            # as the next start finds it after a power cut
            await still.desk.watching.begin()
            assert watched_in(tmp_path / "home") == [("Vera", number, "at least 30 s, until the desk ended")]


def test_the_audit_can_only_grow_and_shows_where_it_was_touched(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "home")
    for number in range(1, 6):
        store.write_now(lambda tx, number=number: tx.audit(number, "v", "Vera", "watched", number, "1 s"))  # type: ignore[misc]
    store.close()
    store = Store.open(tmp_path / "home")
    store.write_now(lambda tx: tx.audit(6, "v", "Vera", "watched", 6, "1 s"))
    columns = ", ".join(("id", *AUDIT_LINE, "chain"))
    query = f"SELECT {columns} FROM audit ORDER BY id"
    lines = store.read_now(lambda db: [tuple(row) for row in db.exec_driver_sql(query)])
    store.close()
    assert len(lines) == 6
    before_seals = [(number, number, "v", "Vera", "signed in", 0, "", "") for number in (1, 2)]
    assert check_chain(lines) == AuditChecked(6, 0, 1, 6, lines[-1][-1], None)
    assert check_chain([]) == AuditChecked(0, 0, 0, 0, "", None)
    assert check_chain(before_seals) == AuditChecked(2, 2, 1, 2, "", None)
    assert check_chain([*lines[:2], *lines[3:]]) == AuditChecked(2, 0, 1, 2, lines[1][-1], 4)
    changed = (3, 3, "v", "Nobody", "watched", 3, "1 s", lines[2][-1])
    assert check_chain([*lines[:2], changed, *lines[3:]]).broken_at == 3
    assert check_chain([*lines[:2], (3, 3, "v", "Vera", "watched", 3, "1 s", ""), *lines[3:]]).broken_at == 3
    assert check_chain([before_seals[0], *lines[1:]]).broken_at == 2
    with contextlib.closing(sqlite3.connect(tmp_path / "home" / "desk.db")) as db:
        for statement in ("UPDATE audit SET detail = ''", "DELETE FROM audit"):
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                db.execute(statement)


# --- nothing can be done from a wall ---


@pytest.mark.parametrize("role", ["supervisor", "admin"])
async def test_a_monitors_socket_is_refused_whatever_changes_something(desk: DeskProcess, role: str) -> None:
    async with monitor_of(desk, f"Wall {role}", role) as monitor:
        for row in COMMANDS:
            if row.request is c.Hello:
                continue
            fields: dict[str, Any] = dict(VALUES.get(row.request, {}))
            if "conversation" in row.request.__struct_fields__:
                fields["conversation"] = 999_999
            try:
                await monitor.ask(row.request, **fields)
                code = None
            except Refused as refused:
                code = refused.answer.code
            if row.writes:
                assert code is Code.NOT_ALLOWED, row.name
            else:
                assert code in (None, Code.NOT_FOUND), row.name


async def test_the_wall_is_refused_to_who_may_not_watch(desk: DeskProcess) -> None:
    for client in (staff_of(desk, "Ada", "agent"), visitor_of(desk)):
        client.wall = True
        with pytest.raises((Refused, ConnectionError)):
            await client.connect()
        assert client.now == []
        await client.close()


async def test_a_revoked_token_closes_the_wall_at_once(desk: DeskProcess) -> None:
    admin = desk.token("Grace", "admin")
    async with monitor_of(desk, "Walt") as walt:
        await walt.until(lambda: any(e["e"] == "complete" for e in walt.now))
        desk.post("/v1/revocations", {"name": "Walt"}, admin)
        assert await walt.closed() == CLOSE_CODES[Code.REVOKED]
        assert [error.code for error in walt.errors] == [Code.REVOKED]
        said = "This device was signed out by an admin. To come back, ask for a new invite."
        assert walt.errors[0].detail == said, "who only watches has nothing that was not sent"
        status, answer = desk.refusal("GET", "/v1/board", token=walt.token)
        assert (status, answer["detail"]) == (401, said)


async def test_an_agent_who_is_signed_out_hears_that_what_was_not_sent_is_kept(desk: DeskProcess) -> None:
    admin = desk.token("Grace", "admin")
    async with staff_of(desk, "Adam") as adam:
        desk.post("/v1/revocations", {"name": "Adam"}, admin)
        await adam.closed()
        assert "What you had not sent yet is kept. To come back, ask" in adam.errors[0].detail


async def test_what_a_supervisor_is_sent_is_masked_everywhere(desk: DeskProcess) -> None:
    secret, address = "06-12345678", "jane.doe@example.org"
    async with visitor_of(desk, page_url=f"https://x.org/?m={address}") as jane, staff_of(desk) as ada:
        sue = staff_of(desk, "Sue Masked", "supervisor")
        await sue.connect()
        await jane.say(f"reach me at {secret} or {address}")
        await jane.ask(c.Introduce, name=f"Jane {secret}", email=address, phone=secret)
        number = (await ada.sees(f"reach me at {secret} or {address}"))["conversation"]
        monitor = monitor_of(desk, "Mo Masked")
        await monitor.connect()
        await monitor.ask(c.Watch, tiles=(number,), opened=(number,))
        await jane.ask(c.Writing, on=True)
        await ada.ask(c.Claim, conversation=number)
        await ada.send(number, f"so {secret}, right?")
        await monitor.until(lambda: sum("right?" in str(e) for e in monitor.now) >= 2)
        await sue.until(lambda: any("right?" in str(e) for e in sue.events))
        again = StaffClient(desk.socket_url, sue.token)
        again.epoch, again.cursor = sue.epoch, "1"
        await again.connect()
        await again.until(lambda: any("right?" in str(e) for e in again.events))
        read: list[Any] = [monitor.history, sue.history, again.history]
        for path in (
            "inbox", "conversations?view=all", f"conversations?text=c{number}", f"conversations/{number}",
            f"conversations/{number}/entries", f"conversations/{number}/earlier", "search?text=reach",
            "behind?figure=begun", f"replay?conversation={number}", f"standing?at={2**42}",
            "sample", "report", "board", "watched",
        ):  # fmt: skip
            read.append(desk.get(f"/v1/{path}", sue.token))
        for client in (monitor, sue, again):
            await client.close()
        shown = str(read)
        for leak in ("12345678", "345678", "jane.doe", "example.org"):
            assert leak not in shown
        assert "••-••••••78" in shown
        assert secret in str(ada.history)


@pytest.mark.parametrize("text", ["0612", "06 12", "jane@", "612345", "%40example"])
async def test_a_supervisor_cant_find_out_a_contact_by_asking_where_it_stands(desk: DeskProcess, text: str) -> None:
    sue, grace = desk.token("Sue", "supervisor"), desk.token("Grace", "admin")
    # a number alone is the number of a chat in a list, and nothing else
    for path in ("search",) if text.isdigit() else ("search", "conversations"):
        status, answer = desk.refusal("GET", f"/v1/{path}?text={quote(text)}", token=sue)
        assert (status, answer["code"]) == (403, "not_allowed")
        assert "masked" in answer["detail"]
        desk.get(f"/v1/{path}?text={quote(text)}", grace)


async def test_a_few_digits_find_no_list_of_who_has_them(desk: DeskProcess) -> None:
    sue, grace = desk.token("Sue", "supervisor"), desk.token("Grace", "admin")
    async with visitor_of(desk) as jane:
        await jane.say("my number is 0687654321")
        await jane.ask(c.Introduce, phone="0687654321", email="quentin@example.org")
        for text in ("x65", "8 7", "quentin"):
            assert desk.get(f"/v1/conversations?text={text.replace(' ', '%20')}", sue)["conversations"] == []
        assert desk.get("/v1/conversations?text=quentin", grace)["conversations"]


def test_contacts_stay_masked_where_no_admin_allowed_them(tmp_path: Path) -> None:
    with running_desk(tmp_path / "home") as desk:
        status, answer = desk.refusal("GET", "/v1/conversations/1/unmasked", token=desk.token("Sue", "supervisor"))
        assert (status, answer["code"]) == (403, "not_allowed")
        assert "supervisors_see_contacts" in answer["detail"]


async def test_a_replay_has_lines_looks_and_refusals_in_the_order_of_their_time_page_by_page(tmp_path: Path) -> None:
    async with still_desk(tmp_path / "home") as still:
        for name, role in (("Ada", Role.AGENT), ("Vera", Role.SUPERVISOR)):
            await still.agent(name, role)
        ada_token, vera_token = await still.token("Ada", Role.AGENT), await still.token("Vera", Role.SUPERVISOR)
        number = await a_chat_of(still, ada_token)
        began = still.clock()
        async with StaffClient(still.socket_url, ada_token) as ada:
            for step in range(4):
                still.clock.pass_by(1_000)
                await ada.send(number, f"line {step}", cid=f"cid-ada-{step}", seen_seq=99, draft_seq=99)
            await ada.ask(
                c.ProofStopped, conversation=number, snippet="umbra-hours", revision=1, language="en",
                rule="withdrawn", report="cid-refused-1", at=still.clock(),
            )  # fmt: skip
            vera = StaffClient(still.socket_url, vera_token)
            vera.wall = True
            async with vera:
                await vera.ask(c.Watch, opened=(number,))
                still.clock.pass_by(5_000)
                await vera.ask(c.Watch)
            await ada.send(number, "last", cid="cid-ada-9", seen_seq=99, draft_seq=99)

        async def pages(query: str, limit: int) -> list[str]:
            found, after = [], ""
            while True:
                path = f"/v1/replay?{query}&limit={limit}&after={after}"
                page = (await still.ask("GET", path, vera_token)).json()
                assert len(page["steps"]) <= limit
                found += [
                    step["entry"].get("body") or step["entry"]["system"]["code"]
                    if "entry" in step
                    else f"{step['who']} {step['action']} {step['detail']}"
                    for step in page["steps"]
                ]
                after = page["next"]
                if not after:
                    return found

        expected = [
            "hello", "claimed", "line 0", "line 1", "line 2", "line 3", "Vera watched 5 s",
            "Ada was refused proof umbra-hours, withdrawn", "last",
        ]  # fmt: skip
        query = f"since={began}&until={still.clock() + 1}&conversation={number}"
        for limit in (1, 2, 3, 100):
            # reading it is written down too, once in this minute
            told = [step for step in await pages(query, limit) if step != "Vera watched read"]
            assert told == expected, limit
        everything = await pages(f"since={began}&until={still.clock() + 1}", 100)
        assert [step for step in everything if step in expected] == expected
        assert await pages(f"since={began + 1_500}&until={began + 3_500}&conversation={number}", 100) == [
            "line 1",
            "line 2",
        ]


async def test_what_was_open_at_a_moment_and_how_it_stood_page_by_page(tmp_path: Path) -> None:
    async with still_desk(tmp_path / "home") as still:
        for name, role in (("Ada", Role.AGENT), ("Vera", Role.SUPERVISOR)):
            await still.agent(name, role)
        ada_token, vera_token = await still.token("Ada", Role.AGENT), await still.token("Vera", Role.SUPERVISOR)
        answered, ended, back, later = [await a_chat_of(still, ada_token) for _ in range(3)] + [0]
        async with StaffClient(still.socket_url, ada_token) as ada:
            for step in range(20):
                still.clock.pass_by(1_000)
                text = "call me on 0612345678" if step == 19 else f"line {step}"
                await ada.send(answered, text, cid=f"cid-ada-{step}", seen_seq=99, draft_seq=99)
            for one in (ended, back):
                await ada.ask(c.Resolve, conversation=one, outcome=Outcome.SOLVED)
            still.clock.pass_by(1_000)
            await ada.ask(c.Reopen, conversation=back)
            still.clock.pass_by(1_000)
            moment = still.clock()
            still.clock.pass_by(1_000)
            # all of this is after the moment
            await ada.ask(c.Reopen, conversation=ended)
            await ada.ask(c.Resolve, conversation=answered, outcome=Outcome.SOLVED)
            later = await a_chat_of(still, ada_token)

        async def read(at: int, limit: int) -> list[dict[str, Any]]:
            found: list[dict[str, Any]] = []
            after = ""
            while True:
                page = (await still.ask("GET", f"/v1/standing?at={at}&limit={limit}&after={after}", vera_token)).json()
                assert len(page["standing"]) <= limit
                found += page["standing"]
                after = page["next"]
                if not after:
                    return found

        for limit in (1, 2, 100):
            assert [one["record"]["id"] for one in await read(moment, limit)] == [back, answered], limit
        stood = {one["record"]["id"]: one for one in await read(moment, 100)}
        said = [entry.get("body") or entry["system"]["code"] for entry in stood[answered]["entries"]]
        assert said == ["claimed", *(f"line {step}" for step in range(8, 19)), "call me on ••••••••78"]
        assert stood[answered]["left_out"] == 9
        assert [entry["system"]["code"] for entry in stood[back]["entries"] if "system" in entry] == [
            "claimed", "resolved", "reopened",
        ]  # fmt: skip
        assert {one["record"]["id"] for one in await read(still.clock() + 1, 100)} == {ended, back, later}
        assert await read(0, 100) == []
        # whoever reads how it stood has read it
        assert {where for who, where, how in watched_in(tmp_path / "home") if (who, how) == ("Vera", "read")} == {
            answered, ended, back, later,
        }  # fmt: skip


async def test_the_line_that_waits_longest_is_among_what_is_known_of_a_moment(tmp_path: Path) -> None:
    async with still_desk(tmp_path / "home") as still:
        await still.agent("Vera", Role.SUPERVISOR)
        vera_token = await still.token("Vera", Role.SUPERVISOR)
        made = (await still.ask("POST", "/v1/visitors", body={"page_title": "Pricing"})).json()
        ticket = (await still.ask("POST", "/v1/ticket", made["token"], {})).json()["ticket"]
        async with VisitorClient(still.socket_url, lambda: ticket) as jane:
            for step in range(20):
                await jane.say(f"line {step}", cid=f"cid-jane-{step}")
                still.clock.pass_by(1_000)
        (one,) = (await still.ask("GET", f"/v1/standing?at={still.clock()}", vera_token)).json()["standing"]
        assert [entry["body"] for entry in one["entries"]] == ["line 0", *(f"line {step}" for step in range(8, 20))]
        assert one["left_out"] == 7


async def test_where_a_look_cannot_be_written_down_nothing_is_shown(tmp_path: Path) -> None:
    async with still_desk(tmp_path / "home") as still:
        await still.agent("Ada", Role.AGENT)
        await still.agent("Vera", Role.SUPERVISOR)
        number = await a_chat_of(still, await still.token("Ada", Role.AGENT))
        vera = StaffClient(still.socket_url, await still.token("Vera", Role.SUPERVISOR))
        vera.wall = True
        async with vera:
            await vera.until(lambda: any(e["e"] == "complete" for e in vera.now))
            still.desk.watching._store = _FullDisk()  # type: ignore[assignment]
            with pytest.raises(Refused) as refused:
                await vera.ask(c.Watch, tiles=(number,), opened=(number,))
            assert refused.value.answer.code is Code.DISK_FULL
            answer = await still.ask("GET", f"/v1/conversations/{number}/entries", vera.token)
            assert answer.status_code == 507
            assert "hello" not in answer.text
            still.desk.wall.tick(with_board=True)
            await vera.until(lambda: any(e["e"] == "board" for e in vera.now))
            assert not any(e["e"] in ("lines", "entry") for e in vera.now)


class _FullDisk:
    async def write(self, _operation: Any) -> None:
        raise disk_full()


async def test_a_report_counts_who_still_waits_like_the_board(tmp_path: Path) -> None:
    async with still_desk(tmp_path / "home") as still:
        for name, role in (("Ada", Role.AGENT), ("Vera", Role.SUPERVISOR)):
            await still.agent(name, role)
        ada, vera = await still.token("Ada", Role.AGENT), await still.token("Vera", Role.SUPERVISOR)
        await a_chat_of(still, ada)
        for passed, due in ((40_000, 0), (1, 1)):
            still.clock.pass_by(passed)
            level = (await still.ask("GET", "/v1/board", vera)).json()["figures"]["service_level"]
            counts = (await still.ask("GET", "/v1/report", vera)).json()["counts"]
            assert (level.get("of", 0), counts.get("due", 0)) == (due, due)
