"""Signs in a conversation that a call would help: rules a team can edit, and what they find."""
