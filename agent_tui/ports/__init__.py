"""What the outside must speak: the backend's two halves, phone providers, events, intents, capability records, errors."""
