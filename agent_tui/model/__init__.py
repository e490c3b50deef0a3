"""Values: what a conversation, an entry, a customer, an agent IS. Frozen; the standard library and msgspec only."""
