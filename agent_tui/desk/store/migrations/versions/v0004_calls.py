"""Calls, offers of one, the do-not-call list, the agents' telephones, and the calls' audit with its guard."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "call_audit",
        sa.Column("seq", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("at", sa.Integer(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("call", sa.Text(), nullable=False),
        sa.Column("conversation", sa.Integer(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("seq"),
        sqlite_autoincrement=True,
    )
    op.create_index("call_audit_call", "call_audit", ["call", "seq"], unique=False)
    op.create_table(
        "do_not_call",
        sa.Column("number_hmac", sa.Text(), nullable=False),
        sa.Column("last4", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("since", sa.Integer(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("conversation", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("number_hmac"),
    )
    op.create_table(
        "agent_phone",
        sa.Column("agent", sa.Text(), nullable=False),
        sa.Column("extension", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("shows", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agent"],
            ["agent.id"],
        ),
        sa.PrimaryKeyConstraint("agent"),
    )
    op.create_table(
        "call",
        sa.Column("row", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("request_hash", sa.Text(), nullable=False),
        sa.Column("conversation", sa.Integer(), nullable=False),
        sa.Column("visitor", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("since", sa.Integer(), nullable=False),
        sa.Column("heard", sa.Integer(), nullable=False),
        sa.Column("requested", sa.Integer(), nullable=False),
        sa.Column("dialled", sa.Integer(), nullable=True),
        sa.Column("answered", sa.Integer(), nullable=True),
        sa.Column("ended", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("agent", sa.Text(), nullable=True),
        sa.Column("agent_name", sa.Text(), nullable=False),
        sa.Column("e164", sa.Text(), nullable=True),
        sa.Column("extension", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("line_kind", sa.Text(), nullable=False),
        sa.Column("shown", sa.Text(), nullable=False),
        sa.Column("last4", sa.Text(), nullable=False),
        sa.Column("number_hmac", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("provider_ref", sa.Text(), nullable=False),
        sa.Column("in_console", sa.Integer(), nullable=False),
        sa.Column("caller_id", sa.Text(), nullable=False),
        sa.Column("caller_shown", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("basis_seq", sa.Integer(), nullable=False),
        sa.Column("basis_at", sa.Integer(), nullable=True),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("not_before", sa.Integer(), nullable=True),
        sa.Column("not_after", sa.Integer(), nullable=True),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("lease_until", sa.Integer(), nullable=True),
        sa.Column("by_customer", sa.Integer(), nullable=False),
        sa.Column("noticed", sa.Integer(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("connected", sa.Integer(), nullable=False),
        sa.Column("tried", sa.Integer(), nullable=True),
        sa.Column("deadline", sa.Integer(), nullable=True),
        sa.Column("passed", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agent"],
            ["agent.id"],
        ),
        sa.ForeignKeyConstraint(
            ["conversation"],
            ["conversation.id"],
        ),
        sa.PrimaryKeyConstraint("row"),
        sa.UniqueConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index("call_agent", "call", ["agent", "tried"], unique=False)
    op.create_index("call_conversation", "call", ["conversation", "row"], unique=False)
    op.create_index("call_deadline", "call", ["deadline"], unique=False)
    op.create_index("call_ended", "call", ["ended"], unique=False)
    op.create_index("call_number", "call", ["number_hmac", "tried"], unique=False)
    op.create_index(
        "call_open_agent",
        "call",
        ["agent"],
        unique=True,
        sqlite_where=sa.text("state != 'ended' AND agent IS NOT NULL"),
    )
    op.create_index(
        "call_open_conversation", "call", ["conversation"], unique=True, sqlite_where=sa.text("state != 'ended'")
    )
    op.create_table(
        "call_offer",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("conversation", sa.Integer(), nullable=False),
        sa.Column("at", sa.Integer(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("last4", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("answered_at", sa.Integer(), nullable=True),
        sa.Column("answered_seq", sa.Integer(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation"],
            ["conversation.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index("call_offer_conversation", "call_offer", ["conversation", "id"], unique=False)

    for action in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER call_audit_keeps_{action.lower()} BEFORE {action} ON call_audit"
            " BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END"
        )
