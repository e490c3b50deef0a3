"""Who gets in, for how long, and how fast: invites, tokens, tickets, origins, limits, revocation."""

import hashlib
import hmac
import json
import time
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from agent_tui.protocol import commands as c
from agent_tui.protocol.errors import Code
from tests.clients import Refused, StaffClient, VisitorClient
from tests.desk.conftest import ROOMY, staff_of, visitor_of
from tests.desk_process import DeskProcess, running_desk


def invite(desk: DeskProcess, name: str, role: str = "agent") -> str:
    return str(desk.post("/v1/invites", {"name": name, "role": role}, desk.token())["code"])


def signed_in(desk: DeskProcess, name: str, device: str) -> StaffClient:
    """A console that was signed in with an invite."""
    answer = desk.post("/v1/login", {"code": invite(desk, name), "device": device})
    return StaffClient(desk.socket_url, answer["token"])


async def keep_saying(page: VisitorClient) -> None:
    for n in range(20):
        await page.say(f"more {n}")


def test_an_invite_works_once(desk: DeskProcess) -> None:
    code = invite(desk, "Iris")
    signed_in = desk.post("/v1/login", {"code": code.lower().replace("-", " "), "device": "laptop"})
    assert signed_in["you"]["name"] == "Iris"
    assert desk.get("/v1/me", signed_in["token"])["you"]["role"] == "agent"
    status, answer = desk.refusal("POST", "/v1/login", {"code": code, "device": "laptop"})
    assert (status, answer["code"]) == (401, "expired")


def test_a_newer_invite_voids_the_older(desk: DeskProcess) -> None:
    older, newer = invite(desk, "Olga"), invite(desk, "Olga")
    assert desk.refusal("POST", "/v1/login", {"code": older, "device": "x"})[0] == 401
    assert desk.post("/v1/login", {"code": newer, "device": "x"})["you"]["name"] == "Olga"


def test_a_wrong_code_and_a_wrong_secret_are_refused(desk: DeskProcess) -> None:
    assert desk.refusal("POST", "/v1/login", {"code": "AAAAA-BBBBB", "device": "x"})[1]["code"] == "unauthorised"
    wrong = {"secret": "no", "role": "admin"}
    assert desk.refusal("POST", "/v1/local", wrong)[1]["code"] == "unauthorised"
    as_visitor = {"secret": desk.secret, "role": "visitor"}
    assert desk.refusal("POST", "/v1/local", as_visitor)[1]["code"] == "bad_value"


def test_the_first_admins_invite_is_announced_and_works(tmp_path: Path) -> None:
    with running_desk(tmp_path / "home") as desk:
        said = desk.ready["invite"]
        assert said["role"] == "admin"
        admin = desk.post("/v1/login", {"code": said["code"], "device": "laptop"})
        assert desk.get("/v1/me", admin["token"])["you"]["role"] == "admin"
        desk.kill()
        assert "invite" not in desk.start().ready
        assert desk.get("/v1/me", admin["token"])["you"]["role"] == "admin", "tokens of invites outlive the desk"


def test_local_tokens_end_with_the_desk(tmp_path: Path) -> None:
    with running_desk(tmp_path / "home") as desk:
        token, secret = desk.token(), desk.secret
        desk.kill()
        desk.start()
        assert desk.secret != secret
        status, answer = desk.refusal("GET", "/v1/me", token=token)
        assert (status, answer["code"]) == (401, "expired")
        assert "restarted" in answer["detail"]
        assert desk.refusal("POST", "/v1/local", {"secret": secret, "role": "admin"})[0] == 401


def test_a_device_that_was_not_used_is_signed_out(tmp_path: Path) -> None:
    with running_desk(tmp_path / "home", env={"AGENT_TUI_DESK_SESSION_UNUSED_MS": "1"}) as desk:
        token = desk.post("/v1/login", {"code": desk.ready["invite"]["code"], "device": "x"})["token"]
        time.sleep(0.01)
        status, answer = desk.refusal("GET", "/v1/me", token=token)
        assert (status, answer["code"]) == (401, "expired")


def test_log_out_ends_the_token(desk: DeskProcess) -> None:
    token = desk.token("Lea", "agent")
    desk.post("/v1/logout", {}, token)
    assert desk.refusal("GET", "/v1/me", token=token)[0] == 401


def test_files_with_secrets_are_the_owners_alone(desk: DeskProcess) -> None:
    for name in ("desk.secret", "desk.json", "desk.lock", "desk.db"):
        assert (desk.home / name).stat().st_mode & 0o077 == 0, name
    assert desk.home.stat().st_mode & 0o077 == 0


def test_no_token_code_body_or_secret_is_on_disk_or_in_the_log(tmp_path: Path) -> None:
    with running_desk(tmp_path / "home") as desk:
        code = desk.ready["invite"]["code"]
        admin = desk.post("/v1/login", {"code": code, "device": "laptop"})["token"]
        visitor, _ = desk.visitor()
        ticket = desk.ticket(visitor)
        desk.refusal("POST", "/v1/login", {"code": "SECRET-CODE", "device": "x"})
        desk.refusal("GET", "/v1/me", token="at_some-secret-token")
        secret = desk.secret
        said = desk.said()
        desk.stop()
        kept = b"".join(path.read_bytes() for path in (tmp_path / "home").iterdir())
    for hidden in (code, code.replace("-", ""), admin, visitor, ticket, "SECRET-CODE", "some-secret-token", secret):
        assert hidden not in said
        assert hidden.encode() not in kept


async def test_revoking_ends_sockets_at_once_and_gives_conversations_back(desk: DeskProcess) -> None:
    mallory = StaffClient(
        desk.socket_url, desk.post("/v1/login", {"code": invite(desk, "Mallory"), "device": "m"})["token"]
    )
    await mallory.connect()
    async with visitor_of(desk) as jane, staff_of(desk) as ada:
        await jane.say("hello Mallory")
        conversation = (await mallory.sees("hello Mallory"))["conversation"]
        await mallory.send(conversation, "mine now")
        await jane.sees("mine now")
        revoked = desk.post("/v1/revocations", {"name": "mallory"}, desk.token())
        assert revoked == {"devices": 1, "conversations": 1}
        assert await mallory.closed() == 4403
        assert [error.code for error in mallory.errors] == [Code.REVOKED]
        assert desk.refusal("GET", "/v1/me", token=mallory.token)[1]["code"] == "revoked"
        await ada.until(lambda: any(e["e"] == "agent" and e["agent"]["gone"] for e in ada.events))
        await ada.until(
            lambda: (
                any(
                    e["e"] == "conversation" and e["record"]["id"] == conversation and e["record"]["state"] == "waiting"
                    for e in ada.events
                )
                or desk.get(f"/v1/conversations/{conversation}", ada.token)["state"] == "waiting"
            )
        )
    with pytest.raises(InvalidStatus) as refused:
        await mallory.connect()
    assert refused.value.response.status_code == 401
    assert json.loads(refused.value.response.body)["error"]["code"] == "revoked"


async def test_one_device_can_be_revoked_alone(desk: DeskProcess) -> None:
    laptop, phone = (signed_in(desk, "Nora", device) for device in ("laptop", "phone"))
    await laptop.connect()
    await phone.connect()
    desk.post("/v1/revocations", {"name": "Nora", "device": "phone"}, desk.token())
    assert await phone.closed() == 4403
    assert desk.get("/v1/me", laptop.token)["you"]["name"] == "Nora"
    await laptop.close()


async def test_local_sign_ins_are_listed_and_revoked_like_others(desk: DeskProcess) -> None:
    eve = staff_of(desk, "Eve")
    await eve.connect()
    assert [s["device"] for s in desk.get("/v1/sessions", eve.token)["sessions"]] == ["test"]
    assert desk.post("/v1/revocations", {"name": "Eve", "device": "test"}, desk.token())["devices"] == 1
    assert await eve.closed() == 4403
    assert desk.refusal("GET", "/v1/me", token=eve.token)[1]["code"] == "revoked"
    assert desk.refusal("POST", "/v1/revocations", {"name": "Eve", "device": "test"}, desk.token())[0] == 404


def test_the_only_admin_cannot_be_revoked(tmp_path: Path) -> None:
    with running_desk(tmp_path / "home") as desk:
        admin = desk.token()
        me = desk.get("/v1/me", admin)["you"]["name"]
        assert desk.refusal("POST", "/v1/revocations", {"name": me}, admin)[1]["code"] == "wrong_state"
        assert desk.refusal("POST", "/v1/revocations", {"name": "Nobody"}, admin)[0] == 404


async def test_a_ticket_opens_one_socket_once(desk: DeskProcess) -> None:
    token, _ = desk.visitor()
    ticket = desk.ticket(token)
    jane = VisitorClient(desk.socket_url, lambda: ticket)
    await jane.connect()
    again = VisitorClient(desk.socket_url, lambda: ticket)
    with pytest.raises((Refused, ConnectionError)):
        await again.connect()
    assert await again.closed() == 4401
    assert [error.code for error in again.errors] == [Code.UNAUTHORISED]
    await jane.close()


async def test_a_ticket_gets_old(tmp_path: Path) -> None:
    with running_desk(tmp_path / "home", env={"AGENT_TUI_DESK_TICKET_MS": "-1"}) as desk:
        jane = visitor_of(desk)
        with pytest.raises((Refused, ConnectionError)):
            await jane.connect()
        assert await jane.closed() == 4401


async def test_who_says_no_hello_is_sent_away(tmp_path: Path) -> None:
    with running_desk(tmp_path / "home", env={"AGENT_TUI_DESK_HELLO_MS": "50"}) as desk:
        async with connect(desk.socket_url, proxy=None) as socket:
            assert json.loads(await socket.recv())["error"]["code"] == "unauthorised"
            await socket.wait_closed()
            assert socket.close_code == 4401


@pytest.mark.parametrize(
    "origin", ["https://evil.test", "null", "http://127.0.0.1:1", "https://shop.example.evil.test", "file://"]
)
async def test_a_page_of_an_unknown_origin_gets_no_socket(desk: DeskProcess, origin: str) -> None:
    with pytest.raises(InvalidStatus) as refused:
        async with connect(desk.socket_url, proxy=None, origin=origin):  # type: ignore[arg-type]
            pytest.fail("connected")
    assert refused.value.response.status_code == 403
    status, answer = desk.refusal("POST", "/v1/visitors", {}, Origin=origin)
    assert (status, answer["code"]) == (403, "origin")


async def test_the_desks_own_page_and_listed_sites_get_a_socket(tmp_path: Path) -> None:
    with running_desk(tmp_path / "home", env={"AGENT_TUI_DESK_ORIGINS": '["https://shop.example"]'}) as desk:
        for origin in (desk.url, desk.url.replace("127.0.0.1", "localhost"), "https://shop.example"):
            token, _ = desk.visitor()
            jane = VisitorClient(desk.socket_url, lambda token=token: desk.ticket(token))  # type: ignore[misc]
            await jane.connect(origin=origin)
            await jane.close()
        assert "https://shop.example" in page_headers(desk)["content-security-policy"]


async def test_a_page_may_not_use_a_token_even_from_a_known_origin(desk: DeskProcess) -> None:
    headers = {"Authorization": f"Bearer {desk.token()}"}
    with pytest.raises(InvalidStatus) as refused:
        async with connect(desk.socket_url, proxy=None, additional_headers=headers, origin=desk.url):  # type: ignore[arg-type]
            pytest.fail("connected")
    assert refused.value.response.status_code == 403


async def test_a_token_in_the_address_is_not_looked_at(desk: DeskProcess) -> None:
    assert desk.refusal("GET", f"/v1/me?token={desk.token()}&access_token={desk.token()}")[0] == 401


def page_headers(desk: DeskProcess, path: str = "/") -> dict[str, str]:
    import urllib.request

    with urllib.request.urlopen(f"{desk.url}{path}", timeout=10) as answer:
        return {name.lower(): value for name, value in answer.headers.items()}


@pytest.mark.parametrize("path", ["/", "/embed.js", "/widget/widget.js", "/widget/widget.css"])
def test_the_widgets_files_are_guarded(desk: DeskProcess, path: str) -> None:
    headers = page_headers(desk, path)
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] in ("no-referrer", "same-origin")
    assert "server" not in headers


@pytest.mark.parametrize("name", ["nothing.js", "files.py", "..%2Fserve.py", "%2e%2e/serve.py", "__init__.py", "%00"])
def test_no_other_file_is_served(desk: DeskProcess, name: str) -> None:
    assert desk.refusal("GET", f"/widget/{name}")[0] == 404


async def test_a_visitor_who_writes_too_fast_is_slowed_and_loses_nothing(tmp_path: Path) -> None:
    env = {"AGENT_TUI_DESK_LIMITS_VISITOR_BURST": "3", "AGENT_TUI_DESK_LIMITS_VISITOR_MESSAGES_PER_SECOND": "20.0"}
    with running_desk(tmp_path / "home", env=env) as desk:
        async with visitor_of(desk) as jane, visitor_of(desk) as other:
            for n in range(3):
                await jane.say(f"line {n}")
            with pytest.raises(Refused) as refused:
                await keep_saying(jane)
            answer = refused.value.answer
            assert answer.code is Code.TOO_FAST
            assert answer.retry_after_ms is not None
            assert 0 < answer.retry_after_ms <= 51
            assert (await other.say("unharmed")).seq == 1


def test_new_visitors_of_one_address_are_limited(tmp_path: Path) -> None:
    env = {"AGENT_TUI_DESK_LIMITS_CONVERSATIONS_PER_ADDRESS_MINUTE": "3"}
    with running_desk(tmp_path / "home", env=env) as desk:
        for _ in range(3):
            desk.visitor()
        status, answer = desk.refusal("POST", "/v1/visitors", {})
        assert (status, answer["code"]) == (429, "too_fast")
        assert answer["retry_after_ms"] > 0


async def test_sockets_of_one_address_and_of_one_visitor_are_limited(tmp_path: Path) -> None:
    env = {"AGENT_TUI_DESK_LIMITS_SOCKETS_PER_ADDRESS": "4", "AGENT_TUI_DESK_SOCKETS_PER_VISITOR": "2"}
    with running_desk(tmp_path / "home", env=env) as desk:
        token, _ = desk.visitor()
        pages = [VisitorClient(desk.socket_url, lambda: desk.ticket(token)) for _ in range(3)]
        await pages[0].connect()
        await pages[1].connect()
        with pytest.raises(Refused) as refused:
            await pages[2].connect()
        assert refused.value.answer.code is Code.TOO_FAST
        assert await pages[2].closed() == 4429
        others = [visitor_of(desk) for _ in range(3)]
        await others[0].connect()
        await others[1].connect()
        with pytest.raises(InvalidStatus) as full:
            await others[2].connect()
        assert full.value.response.status_code == 429
        await pages[0].close()
        await others[2].connect()
        for client in (pages[1], *others):
            await client.close()
        async with staff_of(desk):
            pass


def test_sign_in_tries_are_limited(tmp_path: Path) -> None:
    with running_desk(tmp_path / "home", env={"AGENT_TUI_DESK_LOGIN_ATTEMPTS": "3"}) as desk:
        answers = [desk.refusal("POST", "/v1/login", {"code": f"no {n}", "device": "x"})[1]["code"] for n in range(4)]
        assert answers == ["unauthorised"] * 3 + ["too_fast"]
        assert desk.token(), "who knows the secret is not kept out by others"


async def test_names_and_ratings_are_paced_like_lines(tmp_path: Path) -> None:
    env = {"AGENT_TUI_DESK_LIMITS_VISITOR_BURST": "3", "AGENT_TUI_DESK_LIMITS_VISITOR_MESSAGES_PER_SECOND": "0.001"}
    with running_desk(tmp_path / "home", env=env) as desk:
        async with visitor_of(desk) as page:
            await page.say("hello")
            await page.ask(c.Introduce, name="Jane")
            await page.ask(c.Rate, answer="no")
            for command, said in ((c.Introduce, {"name": "Piet"}), (c.Rate, {"answer": "yes"}), (c.End, {})):
                with pytest.raises(Refused) as refused:
                    await page.ask(command, **said)
                assert refused.value.answer.code is Code.TOO_FAST


def signed(key: str, customer: str) -> dict[str, Any]:
    return {"signed_id": customer, "signature": hmac.new(key.encode(), customer.encode(), hashlib.sha256).hexdigest()}


async def test_only_a_right_signature_joins_conversations(tmp_path: Path) -> None:
    with running_desk(tmp_path / "home", env={**ROOMY, "AGENT_TUI_DESK_SITE_KEY": "our key"}) as desk:
        async with staff_of(desk) as ada:
            for said in (signed("our key", "c-1"), signed("their key", "c-1"), {}, signed("our key", "c-1")):
                async with visitor_of(desk, **said) as page:
                    await page.say("hello")
            await ada.until(lambda: len([e for e in ada.events if e["e"] == "entry"]) >= 4)
            found = desk.get("/v1/conversations", ada.token)["conversations"]
        earlier = {record["id"]: record["customer"].get("earlier", 0) for record in found}
        assert earlier == {1: 0, 2: 0, 3: 0, 4: 1}


def test_forwarded_addresses_are_believed_from_the_proxy_only(tmp_path: Path) -> None:
    env = {"AGENT_TUI_DESK_LIMITS_CONVERSATIONS_PER_ADDRESS_MINUTE": "1"}
    with running_desk(tmp_path / "plain", env=env) as desk:
        desk.ask("POST", "/v1/visitors", {}, X_Forwarded_For="198.51.100.1")
        assert desk.refusal("POST", "/v1/visitors", {}, X_Forwarded_For="198.51.100.2")[0] == 429
        assert "--behind-proxy 127.0.0.1" in desk.get("/healthz")["detail"]
    with running_desk(tmp_path / "proxied", env=env, arguments=("--behind-proxy", "127.0.0.1")) as desk:
        for n in (1, 2):
            desk.ask("POST", "/v1/visitors", {}, X_Forwarded_For=f"198.51.100.{n}")
        assert desk.refusal("POST", "/v1/visitors", {}, X_Forwarded_For="198.51.100.2")[0] == 429
        assert desk.refusal("POST", "/v1/visitors", {}, X_Forwarded_For="203.0.113.9, 198.51.100.2")[0] == 429
        assert desk.refusal("GET", "/metrics", X_Forwarded_For="198.51.100.2")[0] == 401


async def test_who_signs_out_is_told_so_on_the_socket_and_not_sent_to_an_admin(desk: DeskProcess) -> None:
    for path, asked, words in (
        ("/v1/logout", {}, "You signed this device out."),
        ("/v1/revocations", {"name": "Nell"}, "signed out by an admin"),
    ):
        nell = staff_of(desk, "Nell")
        await nell.connect()
        desk.post(path, asked, nell.token if path == "/v1/logout" else desk.token())
        assert await nell.closed() == 4403
        assert [words in error.detail for error in nell.errors] == [True]
