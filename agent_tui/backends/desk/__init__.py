"""The backend that speaks to our own chat server, the desk."""
