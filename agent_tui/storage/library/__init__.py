"""The library's files: TOML in folders that can live in git, read in a process of their own into a cache."""
