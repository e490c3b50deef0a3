"""The desk's database behind a narrow interface; nothing outside this folder knows which database it is."""

from agent_tui.desk.store import call_tables
from agent_tui.desk.store.events import EventKind, StoredEvent
from agent_tui.desk.store.facade import Store, StoreSettings
from agent_tui.desk.store.transaction import Transaction

__all__ = ["EventKind", "Store", "StoreSettings", "StoredEvent", "Transaction", "call_tables"]
