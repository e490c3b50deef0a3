"""What the library's routes do. The guard in `http.py` has checked who asks."""

from datetime import date
from typing import Final

from sqlalchemy import Connection

from agent_tui.desk.asked import Asked
from agent_tui.desk.library import changing
from agent_tui.desk.service.proof import checked_id
from agent_tui.desk.store import Transaction, proof
from agent_tui.model.snippet import Testimonial
from agent_tui.protocol import library as lib
from agent_tui.protocol.errors import Code, Refusal

_USES: Final = 200


async def library(asked: Asked) -> lib.LibraryPage:
    """The team's library, or what changed in it."""
    if not asked.desk.library.version:
        await asked.desk.library.ready()
    return asked.desk.library.page(asked.word("have"), asked.word("after"))


async def library_uses(asked: Asked) -> lib.UsesPage:
    """What became of the snippets."""
    store = asked.desk.store
    return await store.read(lambda db: lib.UsesPage(proof.counts(db), proof.refused(db)))


async def recall(asked: Asked) -> lib.RecallPage:
    """Who got a snippet."""
    snippet = checked_id(asked.word("snippet"))
    before = asked.number("after")

    def query(db: Connection) -> lib.RecallPage:
        uses, more = proof.who_got(db, snippet, before, _USES)
        return lib.RecallPage(snippet, uses, proof.conversations_with(db, snippet), str(more) if more else "")

    return await asked.desk.store.read(query)


async def edit_snippet(asked: Asked) -> lib.SnippetEdited:
    """An admin's edit of the team's file."""
    body: lib.EditSnippet = asked.body
    done = await changing.edit(asked.desk.library, body.toml)
    await _audit(asked, "snippet edited", f"{done.snippet}, revision {done.revision}")
    return done


async def check_snippet(asked: Asked) -> lib.SnippetEdited:
    """Somebody looked whether it still holds."""
    body: lib.CheckedSnippet = asked.body
    done = await changing.check(asked.desk.library, checked_id(body.snippet), asked.actor.name, date.today())
    await _audit(asked, "snippet checked", done.snippet)
    return done


async def withdraw_consent(asked: Asked) -> lib.ConsentWithdrawn:
    """No customer gets it any more: first here, then on all consoles, then in the file."""
    body: lib.WithdrawConsent = asked.body
    snippet, desk, now = checked_id(body.snippet), asked.desk, asked.desk.now_ms()
    await desk.library.ready()
    known = desk.library.snippet(snippet)
    if known is not None and not isinstance(known.snippet, Testimonial):
        raise Refusal(Code.BAD_VALUE, f"`{snippet}` is a {known.snippet.kind}: only a testimonial has a consent.")

    def write(tx: Transaction) -> date | None:
        since = None
        if body.undo:
            proof.lift_withdrawal(tx, snippet)
        else:
            since = proof.set_withdrawn(tx, snippet, now, asked.actor.id)
        action = "consent was not withdrawn after all" if body.undo else "consent withdrawn"
        tx.audit(now, asked.actor.id, asked.actor.name, action, detail=snippet)
        return since

    since = await desk.store.write(write)
    desk.library.set_withdrawn(await desk.store.read(proof.withdrawals))
    team = desk.library.team_snippet(snippet)
    written = team is not None and await changing.write_withdrawal(desk.library, team, since)
    got = await desk.store.read(lambda db: proof.conversations_with(db, snippet))
    return lib.ConsentWithdrawn(snippet, since, got, written)


async def _audit(asked: Asked, action: str, detail: str) -> None:
    now, actor = asked.desk.now_ms(), asked.actor
    await asked.desk.store.write(lambda tx: tx.audit(now, actor.id, actor.name, action, detail=detail))
