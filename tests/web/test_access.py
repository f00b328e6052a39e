"""Who is answered: the token, the host and the origin, each alone is not enough."""

import pytest

from unipixel.web.access import Access, make_token

ACCESS = Access("secret", 8420)
GOOD = {"host": "127.0.0.1:8420", "authorization": "Bearer secret"}


def status(headers, method="POST", offered=None, access=ACCESS):
    refusal = access.refuse(method, headers, offered)
    return refusal and refusal.status


@pytest.mark.parametrize("host", ["127.0.0.1:8420", "localhost:8420", "LOCALHOST", "[::1]:8420", "localhost:9000"])
def test_this_machine_is_answered_by_any_of_its_names(host):
    assert status({**GOOD, "host": host}) is None


@pytest.mark.parametrize(
    "host",
    ["", "evil.example", "evil.example:8420", "127.0.0.1.evil.example", "localhost.evil.example", "10.0.0.1", "[::1"],
)
def test_other_hosts_are_not_answered(host):
    assert status({**GOOD, "host": host}) == 421


def test_a_remote_server_takes_addresses_and_its_name_but_no_other():
    remote = Access("secret", 8420, frozenset({"studio-box"}), takes_addresses=True)

    assert status({**GOOD, "host": "192.168.1.7:8420"}, access=remote) is None
    assert status({**GOOD, "host": "[fe80::1]:8420"}, access=remote) is None
    assert status({**GOOD, "host": "studio-box:8420"}, access=remote) is None
    assert status({**GOOD, "host": "evil.example:8420"}, access=remote) == 421
    assert status({"host": "192.168.1.7:8420"}, access=remote) == 401


@pytest.mark.parametrize("origin", ["http://127.0.0.1:8420", None])
def test_its_own_pages_and_programs_are_answered(origin):
    assert status({**GOOD, **({"origin": origin} if origin else {})}) is None


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "", "http://127.0.0.1:3000", "http://localhost:8420", "file://"]
)
def test_pages_of_other_origins_are_not(origin, method):
    assert status({**GOOD, "origin": origin}, method) == 403


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_what_a_browser_says_came_from_another_site_changes_nothing(site):
    assert status({**GOOD, "sec-fetch-site": site}) == 403
    assert status({**GOOD, "sec-fetch-site": site}, "GET") is None


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"authorization": "Bearer"},
        {"authorization": "Bearer wrong"},
        {"authorization": "Basic secret"},
        {"authorization": "Bearer sécret"},
        {"cookie": "unipixel-8420=wrong"},
        {"cookie": "unipixel-9000=secret"},
        {"cookie": "\x00=;=;"},
    ],
)
def test_without_the_token_nothing_is_answered(headers):
    assert status({"host": "localhost", **headers}, "GET") == 401


def test_the_token_may_be_in_the_address_a_cookie_or_a_header():
    host = {"host": "localhost"}

    assert status(host, "GET", offered="secret") is None
    assert status({**host, "cookie": "other=1; unipixel-8420=secret"}) is None
    assert status({**host, "authorization": "bearer secret"}) is None
    assert status(host, "GET", offered="wrong") == 401


def test_tokens_are_long_and_never_the_same():
    tokens = {make_token() for _ in range(100)}

    assert len(tokens) == 100
    assert min(map(len, tokens)) >= 43
