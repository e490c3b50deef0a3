"""What an operation may do to the database. Lives in the writer's thread."""

from typing import Any

from sqlalchemy import CursorResult
from sqlalchemy.sql import Executable

from agent_tui.desk.store.rows import AgentRow


class Transaction:
    """One operation's view of the group it is committed with."""

    def execute(self, statement: Executable, values: Any = None) -> CursorResult[Any]:
        """Any SQLAlchemy Core statement on `schema`'s tables, except agent, visitor and conversation: held in memory."""
        raise NotImplementedError

    def agent(self, agent: str) -> AgentRow | None:
        """One of the staff, those who left included."""
        raise NotImplementedError

    def agent_named(self, name: str) -> AgentRow | None:
        """The same, by name without regard to case."""
        raise NotImplementedError

    def put_agent(self, row: AgentRow, at: int) -> None:
        """Store a new or changed agent and tell the staff."""
        raise NotImplementedError

    def audit(self, at: int, actor: str, actor_name: str, action: str, conversation: int = 0, detail: str = "") -> None:
        """Add a line to the audit."""
        raise NotImplementedError
