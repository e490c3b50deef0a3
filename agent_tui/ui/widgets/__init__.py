"""Our own widgets. They take Content, never a bare string, so that no foreign text is read as markup."""
