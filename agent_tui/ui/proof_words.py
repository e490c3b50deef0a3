"""What is said of proof on the screen: rows of the picker, preview, why it stands where it stands, the side pane."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final, NamedTuple

from textual.content import Content

from agent_tui.core import select
from agent_tui.core.library.filling import Filled, unfilled_in
from agent_tui.core.library.gate import Finding
from agent_tui.core.library.layers import Kept
from agent_tui.core.library.provenance import freshness, provenance
from agent_tui.core.library.ranking import Part
from agent_tui.model.conversation import Conversation
from agent_tui.model.gate import Verdict
from agent_tui.model.snippet import SnippetKind
from agent_tui.model.text import SafeText
from agent_tui.model.uses import Uses
from agent_tui.ui import words
from agent_tui.ui.chat_words import plain
from agent_tui.ui.widgets.lines import NOTHING, Line
from agent_tui.ui.widgets.wrapping import wrapped

_BLOCKED: Final = plain("✗ blocked", "bold $error")
_LOOK: Final = plain("! look first", "$warning")
_SHORT: Final = 44
"""Rows narrower than this say the kind by its first word only."""


class Offer(NamedTuple):
    """A snippet as it is offered for one conversation."""

    kept: Kept
    parts: tuple[Part, ...]
    """Why it stands where it stands."""
    findings: tuple[Finding, ...]
    """What speaks against sending it now."""
    uses: Uses | None
    """What it did so far; None where nobody counts."""
    filled: Filled
    """The text as it would go into the composer, in the customer's language."""
    language: str
    """Of that text."""

    @property
    def blocked(self) -> str:
        """Why it can't be sent to a customer now; empty where it can."""
        return next((found.sentence for found in self.findings if found.verdict is Verdict.REFUSE), "")


def counts(uses: Uses | None) -> str:
    """`used 41 · answered 33 · went before a call or a sale 9`."""
    if uses is None:
        return ""
    return uses.in_words() if uses.used else "not used yet"


def row(offer: Offer, width: int, place: str, *, here: bool, kind: bool) -> Line:
    """A row of the list. `place`: where it stands among those that go in together; `kind`: there are several kinds."""
    mark = words.joined(plain("›" if here else " ", "bold $accent"), plain(f"{place:>2} ", "bold $success"))
    blocked = bool(offer.blocked)
    name = words.text(offer.kept.snippet.title, "$muted" if blocked else "bold" if here else "")
    state = _BLOCKED if blocked else _LOOK if offer.findings else NOTHING
    about = [state] if state else []
    if width >= _SHORT or not state:
        named = offer.kept.snippet.kind.value if state else short(offer)  # beside a state its name needs the room
        about.append(plain(named if kind else used(offer), "$muted"))
    right = words.joined(*(piece for piece in about if piece), between="  ")
    return Line(words.joined(mark, name), right, "on $cursor-background" if here else "")


def preview(offer: Offer, today_words: str, width: int, *, tight: bool) -> list[Line]:
    """All there is to know before it is put in. `tight`: rows are few, and its title stands right above."""
    snippet, kept = offer.kept.snippet, offer.kept
    hides = f", hides the one of {' and '.join(kept.hides)}" if kept.hides else ""
    about = f"{snippet.kind.value} · {offer.language} · {kept.layer.value}{hides}"
    gap = [] if tight else [Line(NOTHING)]
    rows = [] if tight else list(_rows(snippet.title, width, "bold"))
    rows += [*_rows(about, width, "$muted"), *gap]
    for finding in offer.findings:
        refused = finding.verdict is Verdict.REFUSE
        shape, style = ("✗", "bold $error") if refused else ("!", "$warning")
        rows += _rows(f"{shape} {finding.sentence}", width, style)
    rows += gap if offer.findings else []
    rows += [*_text(offer.filled.text, width), *gap]
    rows += _rows(" ".join(part for part in (provenance(snippet), today_words) if part), width, "$muted")
    if said := counts(offer.uses):
        rows += _rows(said[0].upper() + said[1:], width, "")
    return rows


def why(offer: Offer, width: int) -> list[Line]:
    """Its points, part by part."""
    points = sum(part.points for part in offer.parts)
    rows = [*_rows(offer.kept.snippet.title, width, "bold"), Line(NOTHING)]
    rows.append(Line(plain("Why it stands here", "bold"), plain(f"{points:.1f} points", "bold")))
    rows += [Line(plain(f"  {part.reason}"), plain(f"{part.points:+.1f}", "$muted")) for part in offer.parts]
    if not offer.parts:
        rows.append(Line(plain("  Nothing speaks for it or against it: it stands here by its name.", "$muted")))
    return [
        *rows,
        Line(NOTHING),
        *_rows("What customers did after it weighs less than any word you type.", width, "$muted"),
    ]


def pane(stage: str, offers: Sequence[Offer], keys: str, width: int) -> list[Line]:
    """The side pane: the best for the stage, with the numbers that insert them."""
    rows = [Line(plain(f"PROOF FOR {stage.upper()}", "$muted"), plain(keys, "bold $accent"))]
    for number, offer in enumerate(offers, start=1):
        named = offer.kept.snippet.title
        spans = wrapped(named, max(8, width - 2))
        rows.append(Line(words.joined(plain(f"{number} ", "bold $accent"), plain(named[slice(*spans[0])]))))
        if len(spans) > 1:
            rows.append(Line(plain(f"  {named[spans[1][0] :]}")))
        state = _LOOK if offer.findings else NOTHING
        room = width - 2 - (state.cell_length + 1 if state else 0)
        said = next((said for said in _in_little_room(offer) if len(said) <= room), "")
        rows.append(Line(plain(f"  {said}", "$muted"), state))
    return rows


def _in_little_room(offer: Offer) -> tuple[str, ...]:
    """What it is and what it did, the fullest first; its numbers rather than its kind."""
    kind, uses = offer.kept.snippet.kind.value, offer.uses
    if uses is None or not uses.used:
        return (kind,)
    numbers = f"used {uses.used} · answered {uses.answered}"
    return f"{kind} · {numbers}", numbers, used(offer)


def title(offer: Offer) -> Content:
    """What it is called."""
    return words.text(offer.kept.snippet.title)


def short(offer: Offer) -> str:
    """What it is and how often it went out, where there is little room."""
    return " · ".join(part for part in (offer.kept.snippet.kind.value, used(offer)) if part)


def used(offer: Offer) -> str:
    """How often it went out, where there is little room."""
    return f"used {offer.uses.used}" if offer.uses and offer.uses.used else ""


def ranked_for(record: Conversation, stage: str, said: str) -> Content:
    """What the order is made for: who, where they stand, and what they wrote last."""
    customer = record.customer
    parts = [words.text(select.name_of(record), "bold $customer"), plain(stage, "$muted")]
    if customer.language:
        parts.append(words.text(customer.language, "$muted"))
    if said:
        parts.append(words.text(SafeText(f"“{said.splitlines()[-1]}”"), "italic $muted"))
    return words.joined(plain("for ", "$muted"), words.joined(*parts, between=" · "))


def fresh(offer: Offer, today: date) -> str:
    """When somebody last looked at it."""
    return freshness(offer.kept.snippet, today)


def kinds_in_words(kinds: Sequence[SnippetKind]) -> str:
    """`testimonials`, `sources`, or all that is kept ready."""
    if len(kinds) == 1:
        return {SnippetKind.CANNED: "canned replies"}.get(kinds[0], f"{kinds[0].value}s")
    return "everything kept ready"


def _rows(sentence: str, width: int, style: str) -> Iterator[Line]:
    for start, end in wrapped(sentence, width):
        yield Line(plain(sentence[start:end], style))


def _text(text: str, width: int) -> Iterator[Line]:
    """The text itself; what nobody filled in stands out."""
    fields = [offset for field in unfilled_in(text) for offset in range(field.start, field.end)]
    for start, end in wrapped(text, max(1, width - 2)):
        offsets = [offset - start for offset in fields if start <= offset < end]
        yield Line(
            words.joined(plain("▎ ", "$accent"), words.highlighted(SafeText(text[start:end]), offsets, "bold $warning"))
        )
