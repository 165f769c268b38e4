"""JSON Web Tokens: what is let in and what is not, by shared secret and by a key set on the wire."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from pydantic import ValidationError

from server.access.tokens import Tokens, owner_of
from server.refusals import AuthUnavailable, Unauthenticated
from server.settings import ServerSettings

SECRET = "s" * 40
CLAIMS: dict[str, Any] = {"iss": "https://issuer", "aud": "analyst", "sub": "auth0|alice/../x"}
SHARED: dict[str, Any] = {
    "auth": "jwt",
    "jwt_secret": SECRET,
    "jwt_issuer": "https://issuer",
    "jwt_audience": "analyst",
}


def claims(**changed: Any) -> dict[str, Any]:
    """Claims whose times are in seconds from now."""
    merged = {**CLAIMS, "exp": 60, **changed}
    for name in ("exp", "nbf"):
        if isinstance(merged.get(name), int):
            merged[name] += int(time.time())
    return {name: value for name, value in merged.items() if value is not None}


def signed(**changed: Any) -> str:
    return jwt.encode(claims(**changed), SECRET, "HS256")


async def test_a_good_token_names_its_subject_and_no_other_issuers() -> None:
    caller = await Tokens(ServerSettings(**SHARED)).caller_of(signed())
    assert caller.id == owner_of("https://issuer", CLAIMS["sub"])
    assert "/" not in caller.id
    assert caller.id != owner_of("https://other", CLAIMS["sub"])


def test_clocks_may_differ_by_the_leeway_alone() -> None:
    assert ServerSettings().jwt_leeway_seconds == 30


@pytest.mark.parametrize(
    ("changed", "let_in"),
    [
        ({"exp": -10}, True),
        ({"exp": -300}, False),
        ({"nbf": 10}, True),
        ({"nbf": 300}, False),
        ({"exp": None}, False),
        ({"exp": "soon"}, False),
        ({"iss": "https://other"}, False),
        ({"iss": None}, False),
        ({"aud": "another"}, False),
        ({"aud": ["another", "analyst"]}, True),
        ({"aud": None}, False),
        ({"sub": None}, False),
        ({"sub": ""}, False),
    ],
)
async def test_claims(changed: dict[str, Any], let_in: bool) -> None:
    tokens = Tokens(ServerSettings(**SHARED))
    if let_in:
        await tokens.caller_of(signed(**changed))
        return
    with pytest.raises(Unauthenticated):
        await tokens.caller_of(signed(**changed))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a.b.c",
        "\ud800",
        "x" * 10_000,
        jwt.encode(claims(), "t" * 40, "HS256"),
        jwt.encode(claims(), None, "none"),  # type: ignore[arg-type]
        jwt.encode(claims(), SECRET * 2, "HS512"),
    ],
)
async def test_what_is_no_token_of_ours(text: str) -> None:
    with pytest.raises(Unauthenticated):
        await Tokens(ServerSettings(**SHARED)).caller_of(text)


@dataclass
class Issuer:
    """An issuer's key set on a loopback port."""

    url: str = ""
    keys: dict[str, rsa.RSAPrivateKey] = field(default_factory=dict)
    status: int = 200
    body: bytes | None = None
    asked: int = 0

    def add(self, name: str) -> None:
        self.keys[name] = rsa.generate_private_key(65537, 2048)

    def document(self) -> bytes:
        if self.body is not None:
            return self.body
        made = [
            {**json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key())), "kid": name, "use": "sig"}
            for name, key in self.keys.items()
        ]
        return json.dumps({"keys": made}).encode()

    def sign(self, name: str, **changed: Any) -> str:
        return jwt.encode(claims(**changed), self.keys[name], "RS256", headers={"kid": name})


@contextmanager
def issuing() -> Iterator[Issuer]:
    issuer = Issuer()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            issuer.asked += 1
            body = issuer.document()
            self.send_response(issuer.status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    issuer.url = f"http://127.0.0.1:{server.server_port}/keys"
    issuer.add("first")
    try:
        yield issuer
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def by_key_set(url: str) -> Tokens:
    return Tokens(ServerSettings(**{**SHARED, "jwt_secret": None, "jwt_jwks_url": url}))


async def test_a_key_set_is_fetched_once_and_strangers_names_do_not_make_it_fetched_again() -> None:
    with issuing() as issuer:
        tokens = by_key_set(issuer.url)
        for _ in range(3):
            await tokens.caller_of(issuer.sign("first"))
        for _ in range(5):
            with pytest.raises(Unauthenticated):
                await tokens.caller_of(jwt.encode(claims(), SECRET, headers={"kid": "nobody"}))
        assert issuer.asked == 1


async def test_a_public_key_is_no_shared_secret() -> None:
    with issuing() as issuer:
        public = issuer.keys["first"].public_key()
        text = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
        header = {"kid": "first", "alg": "HS256", "typ": "JWT"}
        forged = forge(header, claims(), text.encode())
        with pytest.raises(Unauthenticated):
            await by_key_set(issuer.url).caller_of(forged)


def forge(header: dict[str, Any], body: dict[str, Any], key: bytes) -> str:
    import base64
    import hashlib
    import hmac

    def part(data: bytes) -> bytes:
        return base64.urlsafe_b64encode(data).rstrip(b"=")

    text = part(json.dumps(header).encode()) + b"." + part(json.dumps(body).encode())
    return (text + b"." + part(hmac.new(key, text, hashlib.sha256).digest())).decode()


@pytest.mark.parametrize(
    ("status", "body"),
    [(500, None), (302, None), (200, b"nope"), (200, b"{}"), (200, b'{"keys": 1}'), (200, b" " * 100_000)],
)
async def test_an_issuer_that_fails_lets_nobody_in(status: int, body: bytes | None) -> None:
    with issuing() as issuer:
        issuer.status, issuer.body = status, body
        with pytest.raises((AuthUnavailable, Unauthenticated)):
            await by_key_set(issuer.url).caller_of(issuer.sign("first"))


async def test_a_dead_issuer_lets_nobody_in() -> None:
    with issuing() as issuer:
        text, url = issuer.sign("first"), issuer.url
    with pytest.raises(AuthUnavailable):
        await by_key_set(url).caller_of(text)


@pytest.mark.parametrize(
    "changed",
    [
        {"jwt_secret": None},
        {"jwt_secret": "short"},
        {"jwt_jwks_url": "https://issuer/keys"},
        {"jwt_secret": None, "jwt_jwks_url": "http://issuer/keys"},
        {"jwt_secret": None, "jwt_jwks_url": "file:///etc/passwd"},
        {"jwt_issuer": None},
        {"jwt_audience": ""},
        {"auth": "basic"},
        {"cors_origins": "*"},
        {"cors_origins": "https://a.example/"},
    ],
)
def test_half_a_configuration_is_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as caught:
        ServerSettings(**{**SHARED, **changed})
    assert SECRET not in str(caught.value)
