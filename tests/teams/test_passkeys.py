"""Passkeys, answered by a device made of software: what is refused. A browser's own device: tests/browser/test_ways_in.py."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from django.test import Client
from fido2.cose import ES256
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import Aaguid, AttestedCredentialData

from studio.teams import throttle, totp
from studio.teams.models import AuditEntry, Passkey, User
from tests.teams.test_second_step import switch_on
from tests.teams.test_signin_page import signed_in

pytestmark = pytest.mark.django_db
Clients = Callable[[User], Client]
HERE = "http://testserver"
VERIFIED, PRESENT_ALONE = 0x05, 0x01


class Device:
    """Keeps one key. `origin` and `flags` are what it says; a real one says the truth."""

    def __init__(self, identifier: bytes = b"a key") -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id = identifier
        self.uses = 0
        self.handle = b""

    def _client(self, kind: str, challenge: str, origin: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": origin}).encode()

    def _said(self, response: dict[str, bytes]) -> str:
        raw = websafe_encode(self.id)
        parts = {name: websafe_encode(value) for name, value in response.items()}
        return json.dumps({"id": raw, "rawId": raw, "type": "public-key", "response": parts})

    def create(self, options: dict[str, Any], origin: str = HERE, flags: int = VERIFIED) -> str:
        from fido2 import cbor

        asked = options["publicKey"]
        self.handle = websafe_decode(asked["user"]["id"])
        kept = AttestedCredentialData.create(
            Aaguid.NONE,
            self.id,
            ES256.from_cryptography_key(self.key.public_key()),  # type: ignore[no-untyped-call]
        )
        data = self._data(asked["rp"]["id"], flags | 0x40) + bytes(kept)
        client = self._client("webauthn.create", asked["challenge"], origin)
        made = cbor.encode({"fmt": "none", "attStmt": {}, "authData": data})
        return self._said({"clientDataJSON": client, "attestationObject": made})

    def get(self, options: dict[str, Any], origin: str = HERE, flags: int = VERIFIED) -> str:
        asked = options["publicKey"]
        self.uses += 1
        data = self._data(asked["rpId"], flags)
        client = self._client("webauthn.get", asked["challenge"], origin)
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._said(
            {
                "clientDataJSON": client,
                "authenticatorData": data,
                "signature": signature,
                "userHandle": self.handle,
            }
        )

    def _data(self, rp: str, flags: int) -> bytes:
        return hashlib.sha256(rp.encode()).digest() + bytes([flags]) + self.uses.to_bytes(4, "big")


def add(client: Client, device: Device, **lies: Any) -> None:
    options = client.post("/account/passkeys/options/").json()
    client.post("/account/passkeys/", {"name": "Laptop", "answer": device.create(options, **lies)})


def ask(client: Client) -> dict[str, Any]:
    return dict(client.post("/signin/passkey/options/").json())


def come(device: Device, **lies: Any) -> bool:
    """Whether it opens the studio."""
    client = Client()
    client.post("/signin/passkey/", {"answer": device.get(ask(client), **lies), "next": "/gallery/"})
    return signed_in(client)


@pytest.fixture
def device(alice: User, client_of: Clients) -> Device:
    """Alice's."""
    device = Device()
    add(client_of(alice), device)
    assert Passkey.objects.get(user=alice).name == "Laptop"
    return device


def test_it_signs_in_without_a_password_or_a_code_and_is_removed(
    alice: User, device: Device, client_of: Clients
) -> None:
    switch_on(alice)
    assert totp.is_on(alice)
    assert come(device)
    key = Passkey.objects.get()
    assert key.last_used_at
    client_of(alice).post(f"/account/passkeys/{key.pk}/remove/")
    assert not come(device)
    verbs = ["passkey.add", "totp.on", "signin.passkey", "passkey.remove"]
    assert list(AuditEntry.objects.order_by("at").values_list("verb", flat=True))[-4:] == verbs


@pytest.mark.parametrize("lies", [{"origin": "https://elsewhere.example"}, {"flags": PRESENT_ALONE}])
def test_another_page_or_a_device_that_asked_for_no_finger_opens_nothing(
    device: Device, alice: User, client_of: Clients, lies: dict[str, Any]
) -> None:
    assert not come(device, **lies)
    add(client_of(alice), Device(b"another"), **lies)
    assert Passkey.objects.count() == 1


def test_an_answer_is_good_for_one_question(device: Device) -> None:
    client = Client()
    answer = device.get(ask(client))
    client.post("/signin/passkey/", {"answer": answer})
    assert signed_in(client)
    client.post("/signout/")
    client.post("/signin/passkey/", {"answer": answer})
    ask(client)
    client.post("/signin/passkey/", {"answer": answer})
    assert not signed_in(client)


def test_a_copy_of_the_key_is_noticed(device: Device) -> None:
    assert come(device)
    device.uses = 0
    assert not come(device)
    assert AuditEntry.objects.filter(verb="passkey.copied").exists()


def test_anothers_signature_or_person_opens_nothing(device: Device, alice: User, charlie: User) -> None:
    thief = Device()
    thief.handle = device.handle
    assert not come(thief)
    device.handle = charlie.pk.bytes
    assert not come(device)


@pytest.mark.parametrize("answer", ["", "{}", "[]", "null", '{"rawId": 1}', '{"rawId": "é", "response": {}}'])
def test_what_is_no_answer_opens_nothing(client_of: Clients, alice: User, answer: str) -> None:
    client = Client()
    ask(client)
    assert client.post("/signin/passkey/", {"answer": answer}).headers["Location"] == "/signin/"
    mine = client_of(alice)
    mine.post("/account/passkeys/options/")
    assert mine.post("/account/passkeys/", {"name": "x", "answer": answer}).status_code == 302
    assert not Passkey.objects.exists()


def test_questions_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(throttle.RULES, "passkey", throttle.Rule(1, 600))
    client = Client()
    assert [client.post("/signin/passkey/options/").status_code for _ in range(2)] == [200, 429]


def test_nobody_removes_anothers(device: Device, charlie: User, client_of: Clients) -> None:
    key = Passkey.objects.get()
    assert client_of(charlie).post(f"/account/passkeys/{key.pk}/remove/").status_code == 404
    assert Passkey.objects.exists()
