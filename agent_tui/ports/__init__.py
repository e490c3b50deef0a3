"""What the outside must speak: the backend (watching, answering), phone providers, facts, wishes, errors."""
