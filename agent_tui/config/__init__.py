"""Settings, paths, secrets and the one table of actions with their keys."""
