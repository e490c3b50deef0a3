"""The chat server: routes, socket, service, store, sign-in, the visitor's page and the demo."""
