"""Identifiers: as RFC 9562 has them, and rising."""

import uuid

from agent_tui.model.ids import rising_uuid7, uuid7


def test_uuid7_is_one() -> None:
    made = uuid.UUID(uuid7(lambda: 1_795_348_800_123))
    assert (made.version, made.variant) == (7, uuid.RFC_4122)
    assert made.int >> 80 == 1_795_348_800_123


def test_keys_rise_within_a_millisecond_and_when_the_clock_goes_back() -> None:
    times = iter([1000] * 50 + [900] * 50 + [1001] * 2)
    made = [""]
    for _ in range(102):
        made.append(rising_uuid7(made[-1], lambda: next(times)))
    assert made == sorted(set(made))
    assert all(uuid.UUID(key).version == 7 for key in made[1:])
