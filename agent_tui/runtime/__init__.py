"""What runs on asyncio without Textual: net, guard, link, engine, dispatch, plugins, and the account that wires them up."""
