"""Alembic, run by the desk itself; the migrations lie inside the package."""

import sqlite3
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import StaticPool, create_engine, event
from sqlalchemy.engine import Connection

_LOCATION = "agent_tui.desk.store:migrations"


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", _LOCATION)
    return config


def script_directory() -> ScriptDirectory:
    """The migrations."""
    return ScriptDirectory.from_config(_config())


def known_revisions() -> set[str]:
    """Every version this desk can come from."""
    return {script.revision for script in script_directory().walk_revisions()}


def upgrade(path: Path, revision: str = "head") -> None:
    """Bring the database to a version, all of it or nothing."""
    driver = sqlite3.connect(path, isolation_level=None)
    engine = create_engine("sqlite://", creator=lambda: driver, poolclass=StaticPool)
    event.listen(engine, "begin", _begin)
    try:
        with engine.begin() as connection:
            config = _config()
            config.attributes["connection"] = connection
            command.upgrade(config, revision)
    finally:
        engine.dispose()
        driver.close()


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")
