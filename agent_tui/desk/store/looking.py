"""Who looks at what just now: on the disk while it lasts, so that no end of the desk loses how long it was."""

from collections.abc import Sequence

from sqlalchemy import delete, select, update

from agent_tui.desk.store.schema import watching
from agent_tui.desk.store.transaction import Transaction

WATCHED = "watched"
SAW_CONTACTS = "saw numbers and addresses"


def begin(tx: Transaction, number: str, who: str, name: str, conversation: int, at: int, *, on_the_wall: bool) -> None:
    """Somebody has a conversation on the screen from now on."""
    values = {
        "id": number, "actor": who, "actor_name": name, "conversation": conversation, "since": at, "alive": at,
        "on_the_wall": int(on_the_wall),
    }  # fmt: skip
    tx.execute(watching.insert(), values)


def still(tx: Transaction, numbers: Sequence[str], at: int) -> None:
    """They all still have."""
    tx.execute(update(watching).where(watching.c.id.in_(numbers)).values(alive=at))


def end(tx: Transaction, number: str) -> None:
    """It is over; the audit has the line."""
    tx.execute(delete(watching).where(watching.c.id == number))


def close_unended(tx: Transaction) -> None:
    """The desk ended in the middle of these: their lines say what is known, and that it is not all."""
    for row in tx.execute(select(watching).order_by(watching.c.since, watching.c.id)).all():
        how = f"at least {how_long(row.alive - row.since, on_the_wall=bool(row.on_the_wall))}, until the desk ended"
        tx.audit(row.since, row.actor, row.actor_name, WATCHED, row.conversation, how)
        end(tx, row.id)


def how_long(ms: int, *, on_the_wall: bool) -> str:
    """As the audit says it: `40 s`, `12 s on the wall`."""
    return f"{max(0, ms) // 1000} s{' on the wall' if on_the_wall else ''}"
