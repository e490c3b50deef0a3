"""The gate at Enter: with the library as it is at that moment, and what an author can do about what it says."""

from datetime import date

import msgspec
import pytest

from agent_tui.core.library.gate import Choice, Passage
from agent_tui.core.library.layers import Library, merge
from agent_tui.core.library.mending import mended
from agent_tui.core.library.quotations import Quotations
from agent_tui.core.library.sending import Shelved, weigh
from agent_tui.core.library.team import TeamHeld
from agent_tui.core.library.wording import as_sent
from agent_tui.model import snippet as model  # `Testimonial` by itself looks like a test to pytest
from agent_tui.model.gate import Policy, Verdict
from agent_tui.model.proof import Proof
from agent_tui.model.snippet import AnySnippet, Layer, Place, Placed
from agent_tui.model.uses import UseCount, Uses
from agent_tui.model.words import Stage
from agent_tui.ports.library import TeamPage
from tests.library_files import QUOTE, TODAY, canned, said_by_umbra, source

UMBRA, TNO = said_by_umbra(), source()
SAID = as_sent(UMBRA, "en")
WHERE = Place("library/proof.toml", 2)


def shelved(*snippets: AnySnippet, layer: Layer = Layer.TEAM) -> Shelved:
    library: Library = merge({layer: [Placed(snippet, WHERE) for snippet in snippets]})
    found = [each for each in snippets if isinstance(each, model.Testimonial)]
    return Shelved(library, Quotations(found))


def page(*snippets: AnySnippet, version: str = "v1", whole: bool = True, **more: object) -> TeamPage:
    return TeamPage(version, whole, tuple(Placed(each, WHERE) for each in snippets), **more)  # type: ignore[arg-type]


def held(*snippets: AnySnippet, told: str = "v1") -> TeamHeld:
    team = TeamHeld(told=told)
    team.take(page(*snippets), first=True)
    return team


def asked(body: str, team: TeamHeld, known: Shelved | None, *put_in: AnySnippet) -> Passage:
    proof = tuple(Proof(each.id, each.revision, "en", 0, len(body)) for each in put_in)
    return weigh(body, proof, known, team, "en", TODAY)


def test_what_the_team_has_and_is_confirmed_goes() -> None:
    passage = asked(SAID, held(UMBRA), shelved(UMBRA), UMBRA)
    assert (passage.findings, [used.snippet.id for used in passage.used]) == ((), [UMBRA.id])


def test_offline_what_needs_a_consent_check_is_not_sent_and_the_rest_is() -> None:
    offline = held(UMBRA, TNO, told="")
    offline.heard_ms = 1_795_348_800_000
    refused = asked(SAID, offline, shelved(UMBRA, TNO), UMBRA)
    assert [found.rule for found in refused.findings] == ["consent not checkable"]
    assert "the team's library here is from 22 November 2026" in refused.refusal
    assert asked(as_sent(TNO, "en"), offline, shelved(UMBRA, TNO), TNO).findings == ()
    assert "consent" in asked(f"they say {QUOTE}", offline, shelved(UMBRA)).refusal, "copied words too"
    mine = shelved(UMBRA, layer=Layer.PERSONAL)
    assert asked(SAID, offline, mine, UMBRA).findings == (), "one's own file says what was agreed to"


@pytest.mark.parametrize("put_in", [(UMBRA,), ()], ids=["put in", "copied"])
def test_a_withdrawal_that_just_came_counts_before_any_file_is_read(put_in: tuple[AnySnippet, ...]) -> None:
    team = held(UMBRA)
    team.take(page(version="v2", whole=False, withdrawn={UMBRA.id: date(2026, 11, 20)}), first=True)
    team.told = "v2"
    for layer in (Layer.TEAM, Layer.PERSONAL):
        passage = asked(SAID, team, shelved(UMBRA, layer=layer), *put_in)
        assert "withdrew consent on 20 November 2026" in passage.refusal


def test_a_record_that_came_meanwhile_is_the_one_that_counts() -> None:
    team = held(UMBRA)
    internal = msgspec.structs.replace(UMBRA, consent=msgspec.structs.replace(UMBRA.consent, given_on=None))
    team.take(page(internal, version="v1", whole=False), first=True)
    assert "no date of consent" in asked(SAID, team, shelved(UMBRA), UMBRA).refusal


def test_a_record_that_is_gone_stops_what_came_from_it() -> None:
    team = held(UMBRA)
    team.take(page(version="v1", whole=False, gone=(UMBRA.id,)), first=True)
    finding = asked(SAID, team, shelved(UMBRA), UMBRA).findings[0]
    assert (finding.rule, finding.verdict, finding.start, finding.end) == ("gone", Verdict.REFUSE, 0, len(SAID))
    whole = held(TNO)
    assert asked(SAID, whole, shelved(UMBRA), UMBRA).findings[0].rule == "gone"


def test_until_the_library_was_read_only_what_was_put_in_waits() -> None:
    assert asked("Good morning", held(), None).findings == ()
    assert asked(SAID, held(), None, UMBRA).findings[0].rule == "library not read"
    assert asked("Hi {{customer.name}}", held(), None).findings[0].rule == "unfilled field"


def test_braces_of_ones_own_are_no_field_but_those_a_snippet_brought_are() -> None:
    body = "Write {{ user }} into the template"
    assert asked(body, held(), shelved()).findings == ()
    form = canned("Write {{ user }} into the template")
    assert asked(body, held(form), shelved(form), form).findings[0].rule == "unfilled field"


def test_a_snippet_that_includes_itself_includes_nothing_and_stops() -> None:
    loop = canned("See {{greet}} and {{greet}}")
    findings = asked("See {{greet}} and {{greet}}", held(loop), shelved(loop), loop).findings
    assert [found.rule for found in findings] == ["unfilled field", "unfilled field"]


def test_the_teams_policy_is_asked() -> None:
    old = msgspec.structs.replace(TNO, checked_on=date(2025, 1, 1))
    team = held(old)
    body = as_sent(old, "en")
    assert (asked(body, team, shelved(old), old).refusal, bool(asked(body, team, shelved(old), old).warning)) == (
        "",
        True,
    )
    team.take(page(version="v1", whole=False, policy=Policy(unchecked=Verdict.REFUSE)), first=True)
    assert "was to be checked again" in asked(body, team, shelved(old), old).refusal


CHANGED = [
    SAID.replace("two whole days", "ten whole days"),
    f"“{QUOTE.replace('costs', 'cost')}”",
    f"At Umbra: {QUOTE.replace('two', 'nine').replace('a year', 'two years')}",
    f"Mira Okafor told me: {QUOTE.replace('We get', 'They get')} Nice, isn't it?",
]


@pytest.mark.parametrize("body", CHANGED)
@pytest.mark.parametrize("choice", list(Choice))
def test_both_choices_let_changed_words_go(body: str, choice: Choice) -> None:
    finding = next(found for found in asked(body, held(UMBRA), shelved(UMBRA), UMBRA).findings)
    assert (finding.rule, finding.choices) == ("changed quotation", (Choice.RESTORE, Choice.DROP))
    after = mended(body, finding, choice, UMBRA, "en")
    assert asked(after, held(UMBRA), shelved(UMBRA), UMBRA).refusal == ""
    if choice is Choice.RESTORE:
        assert QUOTE in after
    else:
        assert not any(sign in after for sign in ("“", "”", "Mira", "Umbra"))


def test_the_rest_of_the_text_stays_when_the_words_are_restored() -> None:
    body = f"Good day! {SAID.replace('more than', 'less than')}\nShall I call you?"
    finding = asked(body, held(UMBRA), shelved(UMBRA), UMBRA).findings[0]
    assert mended(body, finding, Choice.RESTORE, UMBRA, "en") == f"Good day! {SAID}\nShall I call you?"


@pytest.mark.parametrize("choice", list(Choice))
def test_both_choices_let_a_changed_figure_go(choice: Choice) -> None:
    body = f"Look: {as_sent(TNO, 'en').replace('41%', '61%')}"
    finding = asked(body, held(TNO), shelved(TNO), TNO).findings[0]
    after = mended(body, finding, choice, TNO, "en")
    assert asked(after, held(TNO), shelved(TNO), TNO).refusal == ""
    assert ("41%" in after, "TNO" in after) == ((True, True) if choice is Choice.RESTORE else (False, False))


def test_a_disclosure_in_the_customers_language_is_one() -> None:
    partner = said_by_umbra(relationship="Umbra is a partner of ours")
    bare = as_sent(partner, "en").partition("\n")[0]
    team, known = held(partner), shelved(partner)
    passage = asked(bare, team, known, partner)
    assert passage.added == ("To be open about it: Umbra is a partner of ours.",)
    dutch = f"{bare}\nVoor de volledigheid: Umbra is a partner of ours."
    assert asked(dutch, team, known, partner).added == ()


def test_counts_by_stage_and_in_all() -> None:
    team = TeamHeld()
    team.take_counts((UseCount("a", Stage.MID, Uses(40, 30, 8)), UseCount("a", Stage.CLOSING, Uses(1, 0, 1)),
                      UseCount("b", Stage.MID, Uses(60, 10, 2))))  # fmt: skip
    assert team.uses("a") == Uses(41, 30, 9)
    assert team.uses("a", Stage.MID) == Uses(40, 30, 8)
    assert team.average(Stage.MID) == 0.1
    assert (team.average(Stage.SUPPORT), team.uses("c")) == (0.0, Uses())
    assert Uses(41, 33, 9).in_words() == "used 41 · answered 33 · went before a call or a sale 9"


def test_a_reply_whose_fields_were_filled_is_one_that_was_used() -> None:
    greet = canned("Good day {{customer.name}}, how can I help?")
    passage = asked("Good day Jane, how can I help you?", held(greet), shelved(greet), greet)
    assert [used.snippet.id for used in passage.used] == ["greet"]
