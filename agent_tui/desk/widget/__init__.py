"""The visitor's page and the script that embeds it: static files, served by the desk."""
