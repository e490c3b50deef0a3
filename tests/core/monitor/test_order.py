"""The wall's order: alert first, and nothing moves under the eye."""

from agent_tui.core.monitor.order import ANNOUNCED_MS, Candidate, Places, arranged
from agent_tui.model.ids import ConversationRef


def ref(name: str) -> ConversationRef:
    return ConversationRef(name)


def calm(*names: str) -> list[Candidate]:
    """Conversations without an alert, the first to be shown first."""
    return [Candidate(ref(name), None, (rank,)) for rank, name in enumerate(names)]


def alerting(candidates: list[Candidate], name: str, rank: int = 0, since: int = 0) -> list[Candidate]:
    """The same, with an alert on one of them."""
    return [c._replace(alert=(rank, since, c.ref)) if c.ref == name else c for c in candidates]


def names(places: Places) -> str:
    return " ".join(places.shown)


def test_at_the_start_alerts_are_first_and_nothing_is_announced() -> None:
    places = arranged(Places(), alerting(calm("a", "b", "c", "d"), "d"), (), 3, 0)
    assert names(places) == "d a b"
    assert not places.rising


def test_a_new_alert_is_announced_and_takes_its_place_only_then() -> None:
    many = calm("a", "b", "c", "d")
    places = arranged(Places(), many, (), 4, 0)
    many = alerting(many, "d")
    places = arranged(places, many, (), 4, 1_000)
    assert names(places) == "a b c d"
    assert set(places.rising) == {"d"}
    places = arranged(places, many, (), 4, 1_000 + ANNOUNCED_MS - 1)
    assert names(places) == "a b c d"
    places = arranged(places, many, (), 4, 1_000 + ANNOUNCED_MS)
    assert names(places) == "d a b c"
    assert not places.rising


def test_an_alert_from_off_the_wall_takes_its_place_too() -> None:
    many = calm("a", "b", "c", "z")
    places = arranged(Places(), many, (), 3, 0)
    many = alerting(many, "z")
    places = arranged(places, many, (), 3, 0)
    assert names(arranged(places, many, (), 3, ANNOUNCED_MS)) == "z a b"


def test_the_later_alert_goes_behind_the_earlier_one_of_its_kind_and_the_worse_kind_before_both() -> None:
    many = alerting(alerting(calm("a", "b", "c", "d"), "c", 2, since=50), "d", 2, since=10)
    places = arranged(Places(), many, (), 4, 0)
    assert names(places) == "d c a b"
    many = alerting(many, "b", 0, since=900)
    places = arranged(places, many, (), 4, 1_000)
    assert names(arranged(places, many, (), 4, 1_000 + ANNOUNCED_MS)) == "b d c a"


def test_an_alert_that_ends_moves_nothing() -> None:
    many = calm("a", "b", "c", "d")
    places = arranged(Places(), alerting(many, "d"), (), 4, 0)
    assert names(places) == "d a b c"
    assert names(arranged(places, many, (), 4, 60_000)) == "d a b c"


def test_another_rank_moves_nothing() -> None:
    places = arranged(Places(), calm("a", "b", "c"), (), 3, 0)
    assert names(arranged(places, calm("c", "b", "a"), (), 3, 60_000)) == "a b c"


def test_who_has_gone_leaves_the_place_to_the_next_one_and_the_others_stay() -> None:
    places = arranged(Places(), calm("a", "b", "c", "d", "e"), (), 3, 0)
    assert names(arranged(places, calm("a", "c", "d", "e"), (), 3, 1)) == "a d c"


def test_with_nobody_to_follow_the_wall_closes_up() -> None:
    places = arranged(Places(), calm("a", "b", "c"), (), 3, 0)
    assert names(arranged(places, calm("a", "c"), (), 3, 1)) == "a c"
    assert names(arranged(places, [], (), 3, 1)) == ""


def test_more_tiles_are_added_at_the_end() -> None:
    places = arranged(Places(), calm("a", "b", "c", "d"), (), 2, 0)
    assert names(arranged(places, calm("a", "b", "c", "d"), (), 4, 1)) == "a b c d"


def test_what_is_announced_does_not_slip_into_a_hole_before_its_time() -> None:
    many = calm("a", "b", "c", "d")
    places = arranged(Places(), many, (), 2, 0)
    many = alerting(many, "c")
    places = arranged(places, many, (), 2, 1)
    gone = [candidate for candidate in many if candidate.ref != "a"]
    assert names(arranged(places, gone, (), 2, 2)) == "d b"


def test_frozen_nothing_moves_and_announcements_go_on() -> None:
    many = calm("a", "b", "c", "d")
    places = arranged(Places(), many, (), 4, 0)
    many = alerting(many, "d")
    places = arranged(places, many, (), 4, 1, frozen=True)
    assert set(places.rising) == {"d"}
    places = arranged(places, many, (), 4, 60_000, frozen=True)
    assert names(places) == "a b c d"
    assert names(arranged(places, many, (), 4, 60_001)) == "d a b c"


def test_a_pinned_tile_stays_before_every_alert() -> None:
    many = calm("a", "b", "c", "d")
    places = arranged(Places(), many, (ref("b"),), 4, 0)
    assert names(places) == "b a c d"
    many = alerting(many, "d")
    places = arranged(places, many, (ref("b"),), 4, 0)
    assert names(arranged(places, many, (ref("b"),), 4, ANNOUNCED_MS)) == "b d a c"


def test_asked_for_another_order_it_is_sorted_anew_at_once() -> None:
    places = arranged(Places(), calm("a", "b", "c"), (), 3, 0)
    assert names(arranged(places, calm("c", "b", "a"), (), 3, 1, anew=True)) == "c b a"


def test_sorted_by_something_else_an_alert_is_announced_and_moves_nothing() -> None:
    many = calm("a", "b", "c")
    places = arranged(Places(), many, (), 3, 0, alerts_first=False)
    many = alerting(many, "c")
    places = arranged(places, many, (), 3, 1, alerts_first=False)
    assert set(places.rising) == {"c"}
    assert names(arranged(places, many, (), 3, 60_000, alerts_first=False)) == "a b c"


def test_an_alert_that_ended_and_began_again_is_announced_again() -> None:
    many = calm("a", "b")
    places = arranged(Places(), alerting(many, "b"), (), 2, 0)
    places = arranged(places, many, (), 2, 1)
    places = arranged(places, alerting(many, "b", since=2), (), 2, 2)
    assert set(places.rising) == {"b"}


def test_a_worse_alert_in_a_conversation_that_has_one_is_announced_too() -> None:
    many = alerting(alerting(calm("a", "b", "c"), "a", 3, since=1), "b", 3, since=2)
    places = arranged(Places(), many, (), 3, 0)
    assert names(places) == "a b c"
    many = alerting(many, "b", 0, since=900)
    places = arranged(places, many, (), 3, 1_000)
    assert set(places.rising) == {"b"}
    assert names(arranged(places, many, (), 3, 1_000 + ANNOUNCED_MS)) == "b a c"


def test_the_worse_one_gone_the_lesser_one_stays_where_it_stands() -> None:
    many = alerting(alerting(calm("a", "b", "c"), "a", 3, since=1), "b", 0, since=2)
    places = arranged(Places(), many, (), 3, 0)
    assert names(places) == "b a c"
    many = alerting(many, "b", 4, since=1)
    places = arranged(places, many, (), 3, 60_000)
    assert names(places) == "b a c"
    assert not places.rising
