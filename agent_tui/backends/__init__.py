"""One folder for each chat backend: a pure codec (bytes in, events out) and a client that does the I/O."""
