"""Which addresses may be opened, and what is shown of them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent_tui.model.links import LinkRefused, checked_link, links_in
from tests.hostile import hostile, hostile_strings


@pytest.mark.parametrize(
    ("address", "url", "host"),
    [
        ("https://example.org/a?b=c#d", "https://example.org/a?b=c#d", "example.org"),
        ("HTTP://Example.ORG:8080", "http://example.org:8080", "example.org:8080"),
        ("http://[::1]:8700/x", "http://[::1]:8700/x", "[::1]:8700"),
        ("https://example.org/übung/%20x", "https://example.org/%C3%BCbung/%20x", "example.org"),
        ("https://münchen.example/", "https://xn--mnchen-3ya.example/", "xn--mnchen-3ya.example"),
        (hostile("homoglyph-url"), "https://xn--pple-43d.com/login", "xn--pple-43d.com"),
        (hostile("url-dot-fullwidth"), "https://evil.example/", "evil.example"),
        ("mailto:jane@example.org", "mailto:jane@example.org", "jane@example.org"),
        (hostile("mailto-attach"), "mailto:a@b?body=x", "a@b"),
        ("mailto:a@b?cc=c@d&Subject=x%20y", "mailto:a@b?subject=x%20y", "a@b"),
    ],
)
def test_what_is_opened_and_what_is_shown(address: str, url: str, host: str) -> None:
    link = checked_link(address)
    assert (link.url, link.host) == (url, host)
    assert checked_link(link.url) == link


@pytest.mark.parametrize(
    "address",
    [
        "",
        "example.org",
        "//example.org/",
        "/etc/passwd",
        "../../etc/passwd",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "data:text/html,x",
        "ssh://-oProxyCommand=id",
        "smb://evil.example/x",
        "%action",
        "https://",
        "https:/example.org",
        "https:example.org",
        "https://-oProxyCommand=id/",
        "https://example.org:99999/",
        "https://example.org:x/",
        "https://[::1",
        "https://good.example\\@evil.example/",
        "https://ex%61mple.org/",
        "https://exa mple.org/",
        "https://example.org/\x1b]52;c;eA==\x07",
        "https://example.org/\u202egpj.exe",
        "https://example.org/\u200b",
        "https://example.org/\ud800",
        "https://" + "a" * 64 + "ü.example/",
        "https://example.org/" + "x" * 3000,
        "mailto:",
        "mailto:jane",
        "mailto:-x@example.org",
        "mailto:a@b,c@d",
        "mailto:a%0Abcc:c@d",
        hostile("url-userinfo"),
        hostile("url-leading-dash"),
        hostile("url-shell-subst"),
        hostile("url-shell-semicolon"),
        hostile("tel-shell"),
        hostile("tel-ussd"),
    ],
)
def test_what_is_refused(address: str) -> None:
    with pytest.raises(LinkRefused, match="not opened"):
        checked_link(address)


@pytest.mark.parametrize(
    ("text", "urls"),
    [
        (
            "see https://example.org/a. Or (http://b.example/c_(d))!",
            ["https://example.org/a", "http://b.example/c_(d)"],
        ),
        (hostile("md-link-spoof"), ["https://bank.example", "https://evil.example"]),
        (hostile("md-link-file"), []),
        (hostile("md-link-dash"), []),
        (hostile("md-image"), ["http://evil.example/track.png"]),
        (hostile("url-userinfo"), []),
        ("no link, just 3.5 or e.g.", []),
    ],
)
def test_links_are_found_in_a_text(text: str, urls: list[str]) -> None:
    found = links_in(text)
    assert [link.url for _, _, link in found] == urls
    assert all(text[start:end].startswith(("http", "mailto")) for start, end, _ in found)


@settings(deadline=None)
@given(
    st.one_of(
        st.text(max_size=40),
        st.text(max_size=30).map("https://".__add__),
        st.text("ab.@:/?#[]%-é。:\\ ", max_size=20).map("https://".__add__),
        st.text("ab.@:/?#[]%-é。,&=", max_size=20).map("mailto:".__add__),
        st.sampled_from([string.text for string in hostile_strings()]),
    )
)
def test_an_opened_address_is_plain_ascii_with_a_host(address: str) -> None:
    try:
        link = checked_link(address)
    except LinkRefused:
        return
    assert link.url.isascii()
    assert link.url.isprintable()
    assert " " not in link.url
    assert link.url.startswith(("http://", "https://", "mailto:"))
    assert link.host
    assert link.host.isascii()
