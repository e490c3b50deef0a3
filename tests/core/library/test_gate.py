"""The gate: what may not go to a customer is refused with the sentence why, whoever typed it."""

from dataclasses import dataclass
from datetime import date, timedelta

import msgspec
import pytest

from agent_tui.core.library.gate import Inserted, Passage, Used, pass_gate, snippet_findings
from agent_tui.core.library.quotations import Quotations
from agent_tui.core.library.wording import as_sent
from agent_tui.model import snippet as snippets  # `Testimonial` by itself looks like a test to pytest
from agent_tui.model.gate import Policy, Verdict
from agent_tui.model.snippet import AnySnippet, Consent, NamedAs, Scope
from agent_tui.model.text import SafeText
from tests.library_files import QUOTE, TODAY, canned, said_by_umbra, source

GIVEN = date(2026, 3, 2)


@dataclass(frozen=True)
class Case:
    snippet: AnySnippet
    rule: str
    verdict: Verdict
    says: str


def agreed(**changes: object) -> Consent:
    return msgspec.structs.replace(Consent(Scope.EXTERNAL, NamedAs.FULL, GIVEN), **changes)


def sent(
    body: str, *snippets: AnySnippet, known: tuple[snippets.Testimonial, ...] = (), policy: Policy | None = None
) -> Passage:
    inserted = [Inserted(snippet, "en") for snippet in snippets]
    return pass_gate(body, inserted, Quotations(known), policy or Policy(), TODAY)


CASES = [
    Case(said_by_umbra(agreed(withdrawn_on=GIVEN)), "withdrawn", Verdict.REFUSE, "withdrew consent on 2 March 2026"),
    Case(said_by_umbra(agreed(scope=Scope.INTERNAL)), "internal", Verdict.REFUSE, "for the team only"),
    Case(said_by_umbra(Consent()), "internal", Verdict.REFUSE, "for the team only"),
    Case(said_by_umbra(agreed(given_on=None)), "undated consent", Verdict.REFUSE, "no date of consent"),
    Case(
        said_by_umbra(agreed(expires_on=TODAY - timedelta(1))), "expired", Verdict.REFUSE, "ended on 21 November 2026"
    ),
    Case(source(url=""), "incomplete source", Verdict.REFUSE, "no link"),
    Case(source(published_on=None), "incomplete source", Verdict.REFUSE, "no date"),
    Case(source(url="", published_on=None), "incomplete source", Verdict.REFUSE, "no link and no date"),
    Case(msgspec.structs.replace(source(), checked_on=None), "unchecked", Verdict.WARN, "Nobody ever checked"),
    Case(msgspec.structs.replace(source(), checked_on=date(2026, 1, 1)), "unchecked", Verdict.WARN, "30 June 2026"),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.rule}: {case.says}")
def test_a_snippet_that_may_not_go_out_is_named_with_the_reason(case: Case) -> None:
    passage = sent(as_sent(case.snippet, "en"), case.snippet)
    finding = passage.findings[0]
    assert (finding.rule, finding.verdict, finding.snippet) == (case.rule, case.verdict, case.snippet.id)
    assert case.says in finding.sentence
    assert (passage.refusal == finding.sentence) == (case.verdict is Verdict.REFUSE)


@pytest.mark.parametrize(
    "snippet", [said_by_umbra(), source(), canned("Good day, how can I help?")], ids=lambda s: s.id
)
def test_what_may_go_out_goes_as_it_is(snippet: AnySnippet) -> None:
    body = f"Here you are:\n{as_sent(snippet, 'en')}\nAnything else?"
    passage = sent(body, snippet)
    assert (passage.findings, passage.body, passage.used) == ((), body, (Used(snippet, "en"),))


def test_consent_holds_on_its_last_day() -> None:
    assert snippet_findings(said_by_umbra(agreed(expires_on=TODAY)), Policy(), TODAY) == ()


def test_what_was_inserted_and_taken_out_again_is_not_held_against_the_message() -> None:
    passage = sent("I have no example at hand.", said_by_umbra(agreed(withdrawn_on=GIVEN)))
    assert (passage.findings, passage.used) == ((), ())


def test_twelve_words_in_a_row_meet_the_gate_wherever_they_come_from() -> None:
    withdrawn = said_by_umbra(agreed(withdrawn_on=GIVEN))
    words = QUOTE.split()
    for start in range(len(words) - 11):
        copied = f"somebody told me {' '.join(words[start : start + 12]).upper()} honestly"
        assert "withdrew consent" in sent(copied, known=(withdrawn,)).refusal, copied
    assert sent(" ".join(words[:11]), known=(withdrawn,)).refusal == ""


def test_a_copied_testimonial_that_may_go_out_is_counted_as_used() -> None:
    assert sent(f"They said: {QUOTE}", known=(said_by_umbra(),)).used == (Used(said_by_umbra(), "en", recognised=True),)


@pytest.mark.parametrize(
    "body",
    [
        as_sent(said_by_umbra(), "en").replace("two whole days", "ten whole days"),
        f"“{QUOTE.replace('more', 'less')}”",
        f"At Umbra {QUOTE.replace('two', 'nine')}",
    ],
)
def test_changed_words_inside_a_quotation_are_refused(body: str) -> None:
    passage = sent(body, said_by_umbra())
    assert "were changed: restore them" in passage.refusal


@pytest.mark.parametrize(
    ("named_as", "beside", "takes_out"),
    [
        (NamedAs.ROLE, "says MIRA  Okafor, of Umbra", "Mira Okafor"),
        (NamedAs.ANONYMOUS, "says somebody at umbra.", "Umbra"),
        (NamedAs.ROLE, "says the head of support at Umbra", ""),
        (NamedAs.ANONYMOUS, "says a head of support", ""),
        (NamedAs.FULL, "says Mira Okafor", ""),
    ],
)
@pytest.mark.parametrize("put_in", [True, False])
def test_a_name_beyond_the_consent_is_refused(named_as: NamedAs, beside: str, takes_out: str, put_in: bool) -> None:
    agreed_so = said_by_umbra(agreed(named_as=named_as))
    body = f"“{QUOTE}” {beside}"
    passage = sent(body, *([agreed_so] if put_in else []), known=(agreed_so,))
    assert passage.refusal.endswith(f"take out “{takes_out}”." if takes_out else "")
    assert bool(passage.refusal) == bool(takes_out)
    if takes_out:
        found = passage.findings[0]
        assert " ".join(body[found.start : found.end].strip(".,").split()).casefold() == takes_out.casefold()
    assert sent(f"My own words, {beside}", *([agreed_so] if put_in else []), known=(agreed_so,)).refusal == ""


@pytest.mark.parametrize("body", [QUOTE.replace("two", "nine"), f"“{QUOTE.upper()}” — Mira Okafor"])
def test_without_marks_and_name_or_with_its_own_words_nothing_was_changed(body: str) -> None:
    assert sent(body, said_by_umbra()).refusal == ""


def test_a_changed_figure_of_a_source_is_refused() -> None:
    body = as_sent(source(), "en").replace("41%", "61%")
    assert "says 41%" in sent(body, source()).refusal


def test_a_relationship_adds_its_line_once() -> None:
    partner = said_by_umbra(relationship="Umbra is a partner of ours", typical=False)
    bare = as_sent(partner, "en").partition("\n")[0]
    body = sent(bare, partner).body
    assert body == f"{bare}\nTo be open about it: Umbra is a partner of ours.\nNot everybody gets this result."
    assert sent(body, partner).body == body


def test_a_field_without_a_value_stops_the_send_and_says_where() -> None:
    finding = sent("Hello {{customer.name}}, hi").findings[0]
    assert (finding.verdict, finding.start, finding.end) == (Verdict.REFUSE, 6, 23)


def test_policy_decides_only_what_is_for_deciding() -> None:
    lax = Policy(*[Verdict.ALLOW] * len(Policy.__struct_fields__))
    decided = {case.rule: sent(as_sent(case.snippet, "en"), case.snippet, policy=lax).refusal != "" for case in CASES}
    assert {rule for rule, refused in decided.items() if refused} == {"withdrawn", "internal", "undated consent"}
    assert sent("Hello {{customer.name}}", policy=lax).refusal
    by_role = said_by_umbra(agreed(named_as=NamedAs.ROLE))
    assert sent(f"{QUOTE} — Mira Okafor", by_role, policy=lax).refusal
    strict = Policy(unchecked=Verdict.REFUSE)
    assert "Nobody ever checked" in sent(as_sent(CASES[8].snippet, "en"), CASES[8].snippet, policy=strict).refusal


def test_a_title_full_of_braces_is_only_text() -> None:
    odd = msgspec.structs.replace(said_by_umbra(agreed(withdrawn_on=GIVEN)), title=SafeText("{0} {x!r} %s"))
    assert "{0} {x!r} %s" in sent(QUOTE, odd).refusal
