"""What a check says of a page: gone is gone, unreadable is never counted as dead."""

import pytest

from agent_tui.core.library.linkcheck import LinkState, Reading, judge

PAGE = f"<html><script>var x = '41%'</script><p>In 2025 {{}} left.</p><p>{'word ' * 60}</p></html>"


@pytest.mark.parametrize(
    ("reading", "figure", "state"),
    [
        (Reading("u", 200, "text/html", PAGE.format("41%")), "41%", LinkState.OK),
        (Reading("u", 200, "text/html", PAGE.format("<b>41</b>%")), "41 %", LinkState.OK),
        (Reading("u", 200, "text/html", PAGE.format("40%")), "41%", LinkState.CHANGED),
        (Reading("u", 200, "text/html", PAGE.format("141%")), "41%", LinkState.CHANGED),
        (Reading("u", 200, "text/html", "<div id=app></div>"), "41%", LinkState.UNREAD),
        (Reading("u", 200, "application/pdf"), "41%", LinkState.UNREAD),
        (Reading("u", 200, "application/pdf"), "", LinkState.OK),
        (Reading("u", 200, hops=("a",), moved=True), "", LinkState.MOVED),
        (Reading("u", 200, hops=("a",)), "", LinkState.OK),
        (Reading("u", 404), "41%", LinkState.DEAD),
        (Reading("u", 410), "", LinkState.DEAD),
        (Reading("u", 403), "", LinkState.UNREAD),
        (Reading("u", 503), "", LinkState.UNREAD),
        (Reading("u", trouble="no answer"), "", LinkState.UNREAD),
        (Reading("u", trouble="e.org is not found", gone=True), "", LinkState.DEAD),
    ],
)
def test_a_reading_is_judged(reading: Reading, figure: str, state: LinkState) -> None:
    assert judge(reading, figure).state is state
