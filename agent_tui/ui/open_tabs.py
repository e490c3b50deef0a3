"""Which chats are open in tabs: in the order they were opened, which nothing else changes."""

from agent_tui.model.ids import ConversationRef


class OpenTabs:
    """The order, the shown one, and the one before it."""

    def __init__(self, refs: tuple[ConversationRef, ...] = (), shown: ConversationRef | None = None) -> None:
        self.refs: list[ConversationRef] = list(refs)
        self.shown = shown if shown in self.refs else (self.refs[0] if self.refs else None)
        self.before: ConversationRef | None = None

    def show(self, ref: ConversationRef) -> None:
        """Show a chat, in its tab or in a new one at the end."""
        if ref not in self.refs:
            self.refs.append(ref)
        if ref != self.shown:
            self.before, self.shown = self.shown, ref

    def close(self, ref: ConversationRef) -> None:
        """Take a tab away; the one after it is shown, at the end the one before it."""
        if ref not in self.refs:
            return
        index = self.refs.index(ref)
        self.refs.remove(ref)
        if self.before == ref:
            self.before = None
        if self.shown == ref:
            self.shown = self.refs[min(index, len(self.refs) - 1)] if self.refs else None

    def numbered(self, number: int) -> ConversationRef | None:
        """Tab `number`, from 1."""
        return self.refs[number - 1] if 0 < number <= len(self.refs) else None

    def beside(self, step: int) -> ConversationRef | None:
        """The tab `step` to the right, round the ends."""
        if self.shown is None or len(self.refs) < 2:
            return None
        return self.refs[(self.refs.index(self.shown) + step) % len(self.refs)]

    @property
    def last(self) -> ConversationRef | None:
        """The chat shown before this one, while it has a tab."""
        return self.before if self.before in self.refs else None
