"""How one version of the database becomes the next. Each file stays as it was when it was released."""
