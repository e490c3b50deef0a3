"""The monitor's own screens: it looks, and holds nothing that could act. No composer, no acting key is built here."""
