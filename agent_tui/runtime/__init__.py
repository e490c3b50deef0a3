"""What runs on asyncio without Textual: net, guard, link, engine, dispatch, plugins, and account (wires one up)."""
