"""Staff accounts, devices, invites: operations for the writer, queries for readers. Tokens come in as hashes."""

from collections.abc import Sequence

from msgspec import Struct
from sqlalchemy import Connection, select, update

from agent_tui.desk.store import schema as t
from agent_tui.desk.store.rows import AgentRow
from agent_tui.desk.store.transaction import Transaction
from agent_tui.model.ids import uuid7
from agent_tui.model.words import Availability, Role
from agent_tui.protocol.errors import Code, Refusal
from agent_tui.protocol.records import WireSession


class SessionRow(Struct, frozen=True, gc=False):
    """A device's session with the agent it belongs to."""

    id: str
    agent: str
    name: str
    role: Role
    device: str
    created: int
    last_used: int
    ended: int | None

    def is_of(self, name: str, device: str) -> bool:
        """Belongs to this person, and is this device if one is named."""
        return self.name.casefold() == name.casefold() and device in ("", self.device)

    def wire(self) -> WireSession:
        """As `sessions` lists it."""
        return WireSession(
            self.id, self.agent, self.name, self.role, self.device, self.created, self.last_used, self.ended
        )


class Ended(Struct, frozen=True):
    """What a revocation ended."""

    agent: str
    sessions: Sequence[str]
    account: bool
    """The whole account, not only devices of it."""


class AgentKnown(Struct, frozen=True, gc=False):
    """An account as sign-in needs it."""

    id: str
    name: str
    ended: bool


def admins(c: Connection) -> list[str]:
    """Ids of the admins, the first one first: the desk's own admin."""
    found = select(t.agent.c.id).where(t.agent.c.role == Role.ADMIN.value, t.agent.c.ended.is_(None))
    return list(c.execute(found.order_by(t.agent.c.created, t.agent.c.id)).scalars())


def agent_to_be(c: Connection, name: str) -> AgentKnown | None:
    """The account of this name; without a name the desk's own admin. None where there is none yet."""
    a = t.agent.c
    found = select(a.id, a.name, a.ended)
    if name:
        found = found.where(a.name == name)
    else:
        found = found.where(a.role == Role.ADMIN.value, a.ended.is_(None)).order_by(a.created, a.id).limit(1)
    row = c.execute(found).first()
    return None if row is None else AgentKnown(row[0], row[1], row[2] is not None)


def agent_made(tx: Transaction, name: str, role: Role, now: int) -> AgentKnown:
    """The account of this name, made or brought back if it is not there."""
    row = tx.agent_named(name)
    if row is None:
        row = add_agent(tx, name, role, now)
    elif row.ended is not None:
        row = revive_agent(tx, row, role, now)
    tx.audit(now, row.id, row.name, "account made on this machine", detail=role.value)
    return AgentKnown(row.id, row.name, False)


def add_agent(tx: Transaction, name: str, role: Role, now: int) -> AgentRow:
    """Make an account. The caller has looked that the name is free."""
    available, away = Availability.AVAILABLE.value, Availability.AWAY.value
    row = AgentRow(uuid7(), name, role.value, available, away, now, None, now, None)
    tx.put_agent(row, now)
    return row


def revive_agent(tx: Transaction, row: AgentRow, role: Role, now: int) -> AgentRow:
    """An account that was ended is here again, perhaps in another role."""
    row.role, row.ended = role.value, None
    row.changes(now)
    tx.put_agent(row, now)
    return row


def add_invite(tx: Transaction, code_hash: bytes, *, name: str, role: Role, by: str, now: int, until: int) -> str:
    """Keep a single-use code for `name`, voiding those before it; returns the name as the desk spells it.

    Raises `Refusal` where the name belongs to somebody with another role.
    """
    known = tx.agent_named(name)
    if known is not None and known.ended is None and known.role != role.value:
        raise Refusal(
            Code.BAD_VALUE,
            f"{known.name} is {known.role} here. Revoke {known.name} first, then invite again with the new role.",
        )
    spelled = known.name if known is not None else name
    end_unused_invites(tx, spelled, now)
    tx.execute(
        t.invite.insert(),
        {
            "code_hash": code_hash,
            "name": spelled,
            "role": role.value,
            "agent": known.id if known is not None else None,
            "created_by": by,
            "created": now,
            "until": until,
        },
    )
    return spelled


def end_unused_invites(tx: Transaction, name: str, now: int) -> None:
    """Codes for `name` that nobody used are void from now on."""
    unused = (t.invite.c.name == name) & t.invite.c.used.is_(None)
    tx.execute(update(t.invite).where(unused).values(used=now))


def redeem_invite(tx: Transaction, code_hash: bytes, now: int) -> AgentRow:
    """Use up a code: the account it is for, made if there was none. Raises `Refusal`."""
    row = tx.execute(select(t.invite).where(t.invite.c.code_hash == code_hash)).first()
    if row is None:
        raise Refusal(Code.UNAUTHORISED, "This invite code is not known here. Check the address and the code.")
    if row.used is not None:
        raise Refusal(Code.EXPIRED, "This invite code was used already. Ask an admin for a new one.")
    if row.until < now:
        raise Refusal(Code.EXPIRED, "This invite code is too old. Ask an admin for a new one.")
    tx.execute(update(t.invite).where(t.invite.c.code_hash == code_hash).values(used=now))
    role = Role(row.role)
    known = tx.agent(row.agent) if row.agent else tx.agent_named(row.name)
    if known is None:
        return add_agent(tx, row.name, role, now)
    if known.ended is not None or known.role != role.value:
        return revive_agent(tx, known, role, now)
    return known


def add_session(
    tx: Transaction, token_hash: bytes, agent: AgentRow, *, role: Role, device: str, now: int
) -> SessionRow:
    """Sign a device in. A device of a name the agent has in use gets a number behind it."""
    s = t.session.c
    taken = set(tx.execute(select(s.device).where(s.agent == agent.id, s.ended.is_(None))).scalars())
    named, number = device, 2
    while named in taken:
        named, number = f"{device} ({number})", number + 1
    row = SessionRow(uuid7(), agent.id, agent.name, role, named, now, now, None)
    tx.execute(
        t.session.insert(),
        {
            "id": row.id,
            "agent": agent.id,
            "role": role.value,
            "device": named,
            "token_hash": token_hash,
            "created": now,
            "last_used": now,
        },
    )
    return row


_SESSION = (
    t.session.c.id,
    t.session.c.agent,
    t.agent.c.name,
    t.session.c.role,
    t.session.c.device,
    t.session.c.created,
    t.session.c.last_used,
    t.session.c.ended,
)


def session_with(c: Connection, token_hash: bytes) -> SessionRow | None:
    """The session this token belongs to, ended or not."""
    found = select(*_SESSION).join(t.agent, t.agent.c.id == t.session.c.agent)
    row = c.execute(found.where(t.session.c.token_hash == token_hash)).first()
    if row is None:
        return None
    session, agent, name, role, device, created, last_used, ended = row
    return SessionRow(session, agent, name, Role(role), device, created, last_used, ended)


def sessions(c: Connection, *, used_after: int, agent: str = "") -> list[WireSession]:
    """Devices that are signed in, of everybody or of one agent."""
    s = t.session.c
    found = select(*_SESSION).join(t.agent, t.agent.c.id == s.agent).order_by(t.agent.c.name, s.created)
    found = found.where(s.ended.is_(None), s.last_used > used_after)
    if agent:
        found = found.where(s.agent == agent)
    return [
        WireSession(row[0], row[1], row[2], Role(row[3]), row[4], row[5], row[6], row[7]) for row in c.execute(found)
    ]


def touch_session(tx: Transaction, session: str, now: int) -> None:
    """The device is in use."""
    tx.execute(update(t.session).where(t.session.c.id == session).values(last_used=now))


def end_session(tx: Transaction, session: str, now: int) -> None:
    """Sign one device out."""
    tx.execute(update(t.session).where(t.session.c.id == session).values(ended=now))


def revoke(tx: Transaction, name: str, device: str, now: int, *, is_signed_in: bool = False) -> Ended:
    """End one device of a person, or all of them and the account. Raises `Refusal`.

    `is_signed_in`: the device has a sign-in that is not in the database.
    """
    who = tx.agent_named(name)
    if who is None:
        raise Refusal(Code.NOT_FOUND, f"There is nobody called {name} here. `sessions` lists who is.")
    s = t.session.c
    theirs = (s.agent == who.id) & s.ended.is_(None)
    if device:
        theirs &= s.device == device
    ids = list(tx.execute(select(s.id).where(theirs)).scalars())
    if device and not ids and not is_signed_in:
        raise Refusal(Code.NOT_FOUND, f"{who.name} has no device called {device}. `sessions` lists them.")
    if not device and who.role == Role.ADMIN.value and who.ended is None and not _another_admin(tx, who.id):
        raise Refusal(Code.WRONG_STATE, f"{who.name} is the only admin. Invite another admin first.")
    tx.execute(update(t.session).where(theirs).values(ended=now))
    if not device:
        end_unused_invites(tx, who.name, now)
        who.ended = now
        who.availability = Availability.AWAY.value
        who.changes(now)
        tx.put_agent(who, now)
    return Ended(who.id, ids, account=not device)


def _another_admin(tx: Transaction, besides: str) -> bool:
    a = t.agent.c
    others = select(a.id).where(a.role == Role.ADMIN.value, a.ended.is_(None), a.id != besides).limit(1)
    return tx.execute(others).first() is not None
