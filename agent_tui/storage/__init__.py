"""The agent's own files: outbox, drafts, layout, read positions."""
