"""Where webhooks may not go."""

from __future__ import annotations

import asyncio
import socket
from typing import Any

import httpx
import pytest
from pytest_django import Settings

from studio.integrations import address, send

OPEN = ("93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c")
INSIDE = (
    "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
    "255.255.255.255", "::1", "::", "fe80::1", "fc00::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
    "64:ff9b::7f00:1", "2002:7f00:1::", "2001:0:7f00:1::",
)  # fmt: skip


@pytest.mark.parametrize("text", INSIDE)
def test_addresses_inside_are_refused(text: str) -> None:
    host = f"[{text}]" if ":" in text else text
    with pytest.raises(address.Refused):
        address.checked(f"https://{host}/hook")


@pytest.mark.parametrize("text", OPEN)
def test_addresses_of_the_internet_are_taken(text: str) -> None:
    host = f"[{text}]" if ":" in text else text
    url = address.checked(f"https://{host}/hook")
    assert asyncio.run(address.resolve(url)) == text


@pytest.mark.parametrize(
    "url",
    ["http://example.org/", "ftp://example.org/", "https://", "hook", "https://a:b@example.org/", "https://x.org/#a",
     "https://x.org:99999/", "https://x.org/" + "a" * 500, "file:///etc/passwd", "https://x.org:0/"],
)  # fmt: skip
def test_words_that_are_no_address(url: str) -> None:
    with pytest.raises(address.Refused):
        address.checked(url)


@pytest.mark.parametrize("host", ["localhost", "0x7f.1", "2130706433", "127.1"])
def test_names_and_spellings_of_this_machine_are_refused_once_resolved(host: str) -> None:
    with pytest.raises(address.Refused):
        asyncio.run(address.resolve(address.checked(f"https://{host}/hook")))


def test_the_operator_allows_hosts_and_networks(settings: Settings) -> None:
    settings.WEBHOOK_HOSTS = ["localhost", "10.0.0.0/8"]
    assert asyncio.run(address.resolve(address.checked("http://localhost:9/hook"))) == "127.0.0.1"
    assert asyncio.run(address.resolve(address.checked("http://10.1.2.3/hook"))) == "10.1.2.3"
    with pytest.raises(address.Refused):
        address.checked("https://192.168.1.1/hook")


def test_a_name_with_one_address_inside_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    answers(monkeypatch, OPEN[0], "10.0.0.1")
    with pytest.raises(address.Refused):
        asyncio.run(address.resolve(httpx.URL("https://two.example.org/")))


def test_a_name_that_changes_its_mind_leads_nowhere_else(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is resolved once: the connection goes to the address that was checked, whatever the name says by then."""
    asked = answers(monkeypatch, "192.0.2.1")  # of documentation: refused
    answer = send.post("https://rebinds.example.org/", ["whsec_AAAA"], "msg_1", b"{}")
    assert answer.status is None
    assert asked == ["rebinds.example.org"]
    monkeypatch.setattr(address, "public", lambda found: True)
    asked = answers(monkeypatch, "127.0.0.1")
    answer = send.post("https://rebinds.example.org:9/", ["whsec_AAAA"], "msg_1", b"{}")
    assert answer.status is None
    assert asked == ["rebinds.example.org"], "nobody asks the name again to connect"


def answers(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> list[str]:
    """Names resolve to these; what is asked of them is kept. What is an address already is itself."""
    asked: list[str] = []

    def look_up(host: Any, port: Any, *args: Any, **more: Any) -> list[Any]:
        name = host.decode() if isinstance(host, bytes) else host
        if name[0].isdigit():
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (name, port))]
        asked.append(name)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return asked
