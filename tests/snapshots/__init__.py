"""Pictures of every screen, as text; made by one Python and one Textual, and looked at when they change."""
