"""One folder for each phone provider, usable by the console and by the desk."""
