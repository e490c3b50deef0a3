"""Sign-in without passwords: invites, opaque tokens of which only hashes are kept, single-use tickets for browsers."""

import hashlib
import hmac
import secrets
from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import Final

from msgspec import Struct

from agent_tui.desk.service import Actor, Service
from agent_tui.desk.settings import DeskSettings
from agent_tui.desk.store import Store, Transaction, accounts
from agent_tui.desk.store.accounts import Ended, SessionRow
from agent_tui.model.ids import uuid7
from agent_tui.model.words import Role
from agent_tui.protocol.errors import Code, Refusal
from agent_tui.protocol.records import WireSession

_STAFF_PREFIX: Final = "at_"
_LOCAL_PREFIX: Final = "al_"
_VISITOR_PREFIX: Final = "av_"
_RENEW_MS: Final = 3_600_000
_KEPT_SESSIONS: Final = 10_000
_KEPT_TICKETS: Final = 50_000
_CODE_LETTERS: Final = "ABCDEFGHJKMNPQRSTVWXYZ23456789"
_CODE_GROUPS: Final = 5
"""25 letters of 30: 122 bits, and still short enough to read out."""

_EXPIRED = "This sign-in has ended because it was not used for too long. Sign in again with a new invite."
_LOCAL_ENDED = "This sign-in ended when its desk was restarted. Start the console again."
_UNKNOWN = "This desk does not know that token. Sign in again."


def token_hash(token: str) -> bytes:
    """What the desk keeps of a token, a code or a ticket."""
    return hashlib.sha256(token.encode()).digest()


def _code_hash(code: str) -> bytes:
    return token_hash(code.upper().replace("-", "").replace(" ", ""))


def signed_out(role: Role) -> str:
    """What somebody is told whose sign-in was ended: only who writes has something that is not sent yet."""
    unsent = "" if role is Role.SUPERVISOR else " What you had not sent yet is kept."
    return f"This device was signed out by an admin.{unsent} To come back, ask for a new invite."


class Invitation(Struct, frozen=True):
    """A new code, in the clear for the last time."""

    code: str
    name: str
    role: Role
    until: int


def invitation(name: str, role: Role, by: Actor | None, now: int, life_ms: int) -> Callable[[Transaction], Invitation]:
    """The operation that keeps a new code; it returns the code and the name as the desk spells it."""
    groups = ("".join(secrets.choice(_CODE_LETTERS) for _ in range(5)) for _ in range(_CODE_GROUPS))
    code, until = "-".join(groups), now + life_ms
    by_id, by_name = (by.id, by.name) if by is not None else ("", "")

    def keep(tx: Transaction) -> Invitation:
        spelled = accounts.add_invite(tx, _code_hash(code), name=name, role=role, by=by_id, now=now, until=until)
        tx.audit(now, by_id, by_name, "invited", detail=f"{spelled}, {role.value}")
        return Invitation(code, spelled, role, until)

    return keep


class Issued(Struct, frozen=True):
    """A new token and the session it opens."""

    token: str
    session: SessionRow


class Tickets:
    """Single-use keys to one socket. They live in memory and for seconds: a restart voids them."""

    def __init__(self, life_ms: int, now_ms: Callable[[], int]) -> None:
        self._life_ms = life_ms
        self._now_ms = now_ms
        self._open: dict[bytes, tuple[Actor, int]] = {}

    def issue(self, visitor: Actor) -> str:
        """A ticket for this visitor's next socket."""
        now = self._now_ms()
        while self._open:
            oldest = next(iter(self._open))
            if self._open[oldest][1] >= now and len(self._open) < _KEPT_TICKETS:
                break
            del self._open[oldest]
        ticket = secrets.token_urlsafe(32)
        self._open[token_hash(ticket)] = (visitor, now + self._life_ms)
        return ticket

    def redeem(self, ticket: str) -> Actor:
        """Whose socket this is. Raises `Refusal` for a ticket that is unknown, used or too old."""
        visitor, until = self._open.pop(token_hash(ticket), (None, 0))
        if visitor is None or until < self._now_ms():
            raise Refusal(Code.UNAUTHORISED, "This ticket was used already or is too old. Ask for a new one.")
        return visitor


class Auth:
    """Who somebody is. The sessions in use are held in memory; the database has the last word on the others."""

    def __init__(self, store: Store, service: Service, settings: DeskSettings, *, now_ms: Callable[[], int]) -> None:
        self._store = store
        self._service = service
        self._settings = settings
        self._now_ms = now_ms
        self._sessions: dict[bytes, SessionRow] = {}
        self._local: OrderedDict[bytes, SessionRow] = OrderedDict()
        """Sessions of this start. They are nowhere else: they end with it, and a full disk keeps nobody out."""
        self._renewed: dict[str, int] = {}
        self._ended: set[str] = set()
        self.tickets = Tickets(settings.ticket_ms, now_ms)
        self.local_secret = secrets.token_urlsafe(32)

    async def actor(self, token: str) -> Actor:
        """The account behind a bearer token, of staff or of a visitor. Raises `Refusal`."""
        if token.startswith(_VISITOR_PREFIX):
            visitor = await self._service.visitor_by_token(token_hash(token))
            if visitor is None:
                raise Refusal(Code.UNAUTHORISED, _UNKNOWN)
            return visitor
        hashed = token_hash(token)
        row = self._local_session(hashed) if token.startswith(_LOCAL_PREFIX) else await self._session(hashed)
        return Actor(row.role, row.agent, row.name, row.id)

    def _local_session(self, hashed: bytes) -> SessionRow:
        row = self._local.get(hashed)
        if row is None:
            raise Refusal(Code.EXPIRED, _LOCAL_ENDED)
        if row.id in self._ended:
            raise Refusal(Code.REVOKED, signed_out(row.role))
        self._local.move_to_end(hashed)
        return row

    async def _session(self, hashed: bytes) -> SessionRow:
        row = self._sessions.get(hashed)
        if row is None:
            row = await self._store.read(lambda c: accounts.session_with(c, hashed))
            if row is None:
                raise Refusal(Code.UNAUTHORISED, _UNKNOWN)
            if row.ended is not None or row.id in self._ended:
                raise Refusal(Code.REVOKED, signed_out(row.role))
            if len(self._sessions) >= _KEPT_SESSIONS:
                self._sessions.clear()
            self._sessions[hashed] = row
        now = self._now_ms()
        used = self._renewed.get(row.id, row.last_used)
        if now - used > self._settings.session_unused_ms:
            self._sessions.pop(hashed, None)
            raise Refusal(Code.EXPIRED, _EXPIRED)
        if now - used > _RENEW_MS:
            self._renewed[row.id] = now
            session = row.id
            self._store.write(lambda tx: accounts.touch_session(tx, session, now)).add_done_callback(
                lambda done: done.exception()
            )
        return row

    async def log_in(self, code: str, device: str) -> Issued:
        """Trade an invite code for a token of this device. Raises `Refusal`."""
        now, hashed = self._now_ms(), _code_hash(code)
        token = _STAFF_PREFIX + secrets.token_urlsafe(32)

        def sign_in(tx: Transaction) -> SessionRow:
            agent = accounts.redeem_invite(tx, hashed, now)
            row = accounts.add_session(tx, token_hash(token), agent, role=Role(agent.role), device=device, now=now)
            tx.audit(now, agent.id, agent.name, "signed in", detail=row.device)
            return row

        return Issued(token, await self._store.write(sign_in))

    def local_secret_fits(self, secret: str) -> bool:
        """True for who could read this start's secret file."""
        return hmac.compare_digest(secret.encode(), self.local_secret.encode())

    async def sign_in_locally(self, role: Role, name: str, device: str, own_name: str) -> Issued:
        """A token bound to this start of the desk. Without a `name`: the desk's own admin, made as `own_name`."""
        now = self._now_ms()
        agent = await self._store.read(lambda c: accounts.agent_to_be(c, name))
        if agent is None or agent.ended:
            wanted = role if name else Role.ADMIN
            agent = await self._store.write(lambda tx: accounts.agent_made(tx, name or own_name, wanted, now))
        row = SessionRow(uuid7(), agent.id, agent.name, role, device, now, now, None)
        token = _LOCAL_PREFIX + secrets.token_urlsafe(32)
        self._local[token_hash(token)] = row
        if len(self._local) > _KEPT_SESSIONS:
            self._local.popitem(last=False)
        return Issued(token, row)

    async def log_out(self, actor: Actor) -> None:
        """End the device's own session."""
        now = self._now_ms()

        def end(tx: Transaction) -> None:
            accounts.end_session(tx, actor.session, now)
            tx.audit(now, actor.id, actor.name, "signed out")

        if all(row.id != actor.session for row in self._local.values()):
            await self._store.write(end)
        self._forget([actor.session])

    async def invite(self, name: str, role: Role, by: Actor | None) -> Invitation:
        """A single-use code. Raises `Refusal`."""
        return await self._store.write(invitation(name, role, by, self._now_ms(), self._settings.invite_ms))

    async def revoke(self, name: str, device: str, by: Actor | None) -> Ended:
        """End a person's devices or one of them; the caller ends their sockets. Raises `Refusal`."""
        now = self._now_ms()
        local = [row for row in self._local.values() if row.is_of(name, device) and row.id not in self._ended]

        def end(tx: Transaction) -> Ended:
            ended = accounts.revoke(tx, name, device, now, is_signed_in=bool(local))
            who = (by.id, by.name) if by is not None else ("", "")
            tx.audit(now, *who, "revoked", detail=f"{name}, {device}" if device else name)
            return Ended(ended.agent, [*ended.sessions, *(row.id for row in local)], ended.account)

        ended = await self._store.write(end)
        self._forget(ended.sessions)
        return ended

    async def sessions(self, agent: str = "") -> list[WireSession]:
        """Devices that are signed in, of one agent or of everybody; those of this start last."""
        used_after = self._now_ms() - self._settings.session_unused_ms
        found = await self._store.read(lambda c: accounts.sessions(c, used_after=used_after, agent=agent))
        local = [row for row in self._local.values() if row.id not in self._ended and agent in ("", row.agent)]
        return [*found, *(row.wire() for row in local)]

    def _forget(self, sessions: Iterable[str]) -> None:
        # kept, so that a read under way when they ended does not bring them back
        self._ended.update(sessions)
        self._sessions = {hashed: row for hashed, row in self._sessions.items() if row.id not in self._ended}

    def has_ended(self, session: str) -> bool:
        """The session ended since this desk started."""
        return session in self._ended

    def new_visitor_token(self) -> str:
        """A fresh token for a browser; `token_hash` of it is what is kept."""
        return _VISITOR_PREFIX + secrets.token_urlsafe(32)
