"""Which hosts a file may come from: told by name, by address, and by how near the API itself is."""

from __future__ import annotations

import pytest

from chainhub_fal._addresses import Nearness, Reach, falls_back, nearness

PUBLIC, PRIVATE, LOOPBACK, FORBIDDEN = Nearness
GATEWAY = "https://api.chainhub.tech"


@pytest.mark.parametrize(
    ("hosts", "expected"),
    [
        (
            "8.8.8.8 2606:4700::1 ::ffff:8.8.8.8 64:ff9b::808:808 v3.fal.media. 1.2.3.example",
            PUBLIC,
        ),
        ("10.1.2.3 172.16.0.1 192.168.1.1 100.64.1.1 fd00::1 fec0::1 ::ffff:10.0.0.1", PRIVATE),
        ("64:ff9b::a00:1 2002:a00:1:: gateway foo.internal printer.local a.home.arpa", PRIVATE),
        ("127.0.0.1 127.9.9.9 ::1 localhost LOCALHOST. a.localhost ::ffff:127.0.0.1", LOOPBACK),
        ("169.254.169.254 fe80::1 fe80::1%eth0 ::ffff:169.254.169.254 fd00:ec2::254", FORBIDDEN),
        ("0.0.0.0 0.1.2.3 :: 224.0.0.1 ff02::1 240.0.0.1 255.255.255.255", FORBIDDEN),
        ("127.1 0x7f.1 2130706433 0177.0.0.1 1.0x7f 100.100.100.200 168.63.129.16", FORBIDDEN),
    ],
)
def test_a_host_is_as_near_as_its_name_or_address_tells(hosts: str, expected: Nearness) -> None:
    assert {host: nearness(host) for host in hosts.split()} == dict.fromkeys(
        hosts.split(), expected
    )


@pytest.mark.parametrize(
    ("base", "admitted"),
    [
        (GATEWAY, {PUBLIC}),
        ("http://10.0.0.5:8080", {PUBLIC, PRIVATE}),
        ("http://gateway:8080", {PUBLIC, PRIVATE}),
        ("http://127.0.0.1:1", {PUBLIC, PRIVATE, LOOPBACK}),
        ("http://localhost", {PUBLIC, PRIVATE, LOOPBACK}),
        ("http://169.254.1.1", {PUBLIC}),
    ],
)
def test_files_are_at_most_as_near_as_the_api(base: str, admitted: set[Nearness]) -> None:
    addresses = {
        PUBLIC: "8.8.8.8",
        PRIVATE: "10.9.9.9",
        LOOPBACK: "127.0.0.2",
        FORBIDDEN: "169.254.169.254",
    }
    reach = Reach(base)
    by_url = {near for near, host in addresses.items() if not reach.refusal(f"http://{host}/a")}
    by_peer = {
        near
        for near, host in addresses.items()
        if not reach.peer_refusal("https://cdn.example/a", host)
    }
    assert by_url == by_peer == admitted


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("https://gw.example/files/a", True),
        ("https://gw.example:443/files/a", True),
        ("https://gw.example:8443/files/a", False),
        ("http://gw.example/files/a", False),
        ("https://other.example/files/a", False),
    ],
)
def test_the_apis_own_origin_may_turn_out_to_be_private(url: str, allowed: bool) -> None:  # noqa: FBT001
    assert (not Reach("https://GW.example").peer_refusal(url, "10.0.0.1")) is allowed


@pytest.mark.parametrize(
    "url", ["ftp://cdn.example/a", "file:///etc/passwd", "https:///a", "a.png"]
)
def test_only_the_web_has_files(url: str) -> None:
    assert Reach("http://127.0.0.1").refusal(url) == "its URL is not http(s)"


@pytest.mark.parametrize(
    ("before", "after", "lost"),
    [
        ("https://a.example", "http://a.example", True),
        ("https://a.example", "https://a.example", False),
        ("http://a.example", "http://a.example", False),
        ("http://a.example", "https://a.example", False),
        ("https://localhost", "http://127.0.0.1", False),
        ("https://localhost", "http://10.0.0.1", True),
        ("https://a.example", "http://127.0.0.1", True),
        ("HTTPS://a.example", "HTTP://a.example", True),
    ],
)
def test_a_redirect_gives_up_encryption_on_one_machine_only(
    before: str,
    after: str,
    lost: bool,  # noqa: FBT001
) -> None:
    assert falls_back(before, after) is lost
