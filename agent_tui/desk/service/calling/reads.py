"""What routes and pages ask about calls: nothing here changes one."""

import asyncio
from collections.abc import Callable

from agent_tui.core.contacts import ending
from agent_tui.desk.service.actor import Actor
from agent_tui.desk.service.calling import checks, profiles
from agent_tui.desk.service.calling.rules import Rules, any_number
from agent_tui.desk.service.calling.running import Running
from agent_tui.desk.service.moment import Moment
from agent_tui.desk.store import Store, call_lists
from agent_tui.desk.store import calls as kept_calls
from agent_tui.desk.store.call_rows import wire_number, wire_of
from agent_tui.model.ids import AgentId
from agent_tui.model.words import Role
from agent_tui.ports.phone import AgentPhone, Ready
from agent_tui.protocol import call_records as r
from agent_tui.protocol.errors import Code, Refusal
from agent_tui.protocol.pushes import YourCall


class CallReads:
    """Reads, each in one snapshot. Numbers are told to agents and admins only, and only of the call they ask for."""

    def __init__(self, store: Store, rules: Rules, moment: Callable[[], Moment]) -> None:
        self._store = store
        self.rules = rules
        self._moment = moment
        self.running: Running
        self._ready: dict[tuple[str, str], Ready] = {}
        """As last heard, by agent and way."""

    async def of_visitor(self, visitor: str) -> YourCall | None:
        """How a visitor's page shows it; None where there is no telephone to speak of."""
        if not self.rules.on:
            return None
        now = self._moment().now
        return await self._store.read(lambda db: call_lists.your_call(db, visitor, now))

    async def at_start(self) -> list[r.WireCall]:
        """What a console begins with."""
        now = self._moment().now
        return await self._store.read(lambda db: kept_calls.for_start(db, now))

    async def phone(self, actor: Actor, *, ask: bool = True) -> r.PhoneFacts:
        """The desk's telephone, for who asks. Without `ask` whether a way is ready is as last heard."""
        rules = self.rules
        own = await self._store.read(lambda db: call_lists.phone_of(db, actor.id))
        policy = rules.policy.allowed() if rules.on else {}
        return r.PhoneFacts(
            on=rules.on,
            why="" if rules.on else rules.off or checks.sentence_of("phone_off"),
            region=rules.settings.region,
            countries=tuple(f"{code}:{','.join(only)}" if only else str(code) for code, only in policy.items()),
            caller_id=wire_number(rules.caller_id),
            consent=rules.settings.consent,
            start=rules.settings.start,
            countdown_ms=rules.settings.countdown_ms,
            attempts=rules.settings.attempts,
            longest_ms=rules.settings.longest_s * 1000,
            providers=tuple(await self._ways(actor, ask=ask)) if rules.on else (),
            extension=own.extension,
            own_number=profiles.wire_or_none(own.number, rules.settings.region),
            shows=profiles.wire_or_none(own.shows, rules.settings.region),
        )

    async def page(self, *, view: str, conversation: int | None, after: str, limit: int) -> r.CallPage:
        """Calls, without their numbers."""
        if view not in ("open", "queue", "all"):
            raise Refusal(Code.BAD_VALUE, "`view` is one of open, queue, all.")
        if after and not (after.isascii() and after.isdigit() and len(after) <= 15):
            raise Refusal(Code.BAD_VALUE, "`after` is what the page before called `next`.")
        now = self._moment().now
        found = await self._store.read(
            lambda db: kept_calls.page(db, view, conversation, int(after) if after else None, limit, now)
        )
        more = str(found[-1].row) if len(found) == limit and view != "queue" else ""
        return r.CallPage([wire_of(kept) for kept in found], more)

    async def one(self, actor: Actor, call_id: str) -> r.CallNow:
        """One call, with its number for agents and admins."""
        kept = await self._store.read(lambda db: kept_calls.get(db, call_id))
        if kept is None:
            raise Refusal(Code.NOT_FOUND, "There is no such call here.")
        sees = actor.role in (Role.AGENT, Role.ADMIN)
        return r.CallNow(wire_of(kept, full=sees), kept.call.agent in (None, actor.id))

    async def to_number(self, typed: str, limit: int) -> r.CallPage:
        """Which calls were made to this number, also after it was deleted."""
        number = any_number(typed, self.rules.settings.region)
        if number is None:
            raise Refusal(Code.BAD_VALUE, "This is not a telephone number.")
        hashed = self.rules.hmac_of(number.e164)
        found = await self._store.read(lambda db: kept_calls.to_number(db, hashed, limit))
        return r.CallPage([wire_of(kept) for kept in found])

    async def audit(self, call_id: str, after: int, limit: int) -> r.CallAuditPage:
        """The audit from a place on."""
        rows = await self._store.read(lambda db: call_lists.audit_page(db, call_id, after, limit))
        lines = [
            r.CallAuditLine(row.seq, row.at, row.event, row.call, row.conversation, row.actor, row.record)
            for row in rows
        ]
        return r.CallAuditPage(lines, str(lines[-1].seq) if len(lines) == limit else "")

    async def never(self) -> r.NeverPage:
        """The do-not-call list."""
        rows = await self._store.read(call_lists.on_list)
        return r.NeverPage(
            [r.WireNever(ending(row.last4), row.since, row.by, row.reason, row.conversation) for row in rows]
        )

    async def _ways(self, actor: Actor, *, ask: bool = True) -> list[r.WireProvider]:
        own = await self._store.read(lambda db: call_lists.phone_of(db, actor.id))
        phone: AgentPhone = profiles.agent_phone(AgentId(actor.id), own, self.rules.settings.region)
        names = [name for name in self.rules.ways if name in self.running.ways]
        if ask:
            ready = await asyncio.gather(*(self.running.ready(name, phone) for name in names))
            self._ready.update(((actor.id, name), one) for name, one in zip(names, ready, strict=True))
        else:
            ready = [self._ready.get((actor.id, name), Ready(ok=True)) for name in names]
        return [profiles.wire_way(self.running.ways[name], one) for name, one in zip(names, ready, strict=True)]
