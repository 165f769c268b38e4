"""Signed receipts: a JSON document and an Ed25519 signature over its canonical form, checked offline.

Canonical is: keys sorted, no spaces, UTF-8. The signature covers `receipt`; beside it stand the public key
and its id, which is the hash of the key.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import os
from contextlib import suppress
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from server.protection import ProtectionSettings

ALGORITHM = "Ed25519"
FORMAT = "financial-agent-receipt/1"


class KeyUnusable(Exception):
    """The key that signs receipts cannot be read or made; the text says where and why, never the key."""


class ReceiptInvalid(Exception):
    """A receipt is malformed, was changed, or was signed by another key; the text says which."""


class Signer:
    """Signs receipts with one key."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        self._public = key.public_key().public_bytes_raw()

    @property
    def public_key(self) -> str:
        """Give the public key, in base64."""
        return base64.b64encode(self._public).decode()

    def sign(self, receipt: dict[str, Any]) -> dict[str, Any]:
        """Give a receipt with its signature."""
        signature = self._key.sign(canonical(receipt))
        return {
            "receipt": receipt,
            "signature": {
                "algorithm": ALGORITHM,
                "key_id": key_id(self._public),
                "public_key": self.public_key,
                "value": base64.b64encode(signature).decode(),
            },
        }


def canonical(receipt: Any) -> bytes:
    """Write a receipt as the bytes that are signed."""
    text = json.dumps(receipt, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return text.encode("utf-8", "surrogatepass")


def key_id(public: bytes) -> str:
    """Name a public key by its hash."""
    return hashlib.sha256(public).hexdigest()[:16]


def verify(document: Any, wanted: str | None = None) -> tuple[dict[str, Any], str]:
    """Give a receipt that is whole, and the public key that signed it.

    Without `wanted` this shows that the receipt was not changed since that key signed it; that the key is
    the server's shows only a key that was got another way.

    Raises:
        ReceiptInvalid: it is malformed, was changed, or another key than `wanted` signed it.
    """
    try:
        receipt, signature = document["receipt"], document["signature"]
        if signature["algorithm"] != ALGORITHM or receipt["format"] != FORMAT:
            raise ReceiptInvalid("its format or algorithm is not known here")
        public = base64.b64decode(signature["public_key"], validate=True)
        value = base64.b64decode(signature["value"], validate=True)
        key = Ed25519PublicKey.from_public_bytes(public)
        signed = canonical(receipt)
    except (KeyError, TypeError, ValueError, AttributeError, binascii.Error, RecursionError):
        raise ReceiptInvalid("it is no receipt") from None
    if signature.get("key_id") != key_id(public):
        raise ReceiptInvalid("its key id is not that of its key")
    if wanted is not None and signature["public_key"] != wanted.strip():
        raise ReceiptInvalid("another key signed it")
    try:
        key.verify(value, signed)
    except InvalidSignature:
        raise ReceiptInvalid("it was changed after it was signed") from None
    return receipt, signature["public_key"]


def open_signer(settings: ProtectionSettings) -> Signer:
    """Open the key that the settings name; a file that is not there is made, for its owner's eyes alone.

    Raises:
        KeyUnusable: it cannot be read, made, or is no Ed25519 key.
    """
    if settings.receipt_key is not None:
        text = settings.receipt_key.get_secret_value().replace("\\n", "\n")
        return Signer(_read(text.encode(), "receipt_key"))
    path = Path(settings.receipt_key_file).expanduser()
    try:
        if not path.exists():
            _make(path)
        return Signer(_read(path.read_bytes(), str(path)))
    except OSError as fault:
        raise KeyUnusable(f"{path}: {type(fault).__name__}") from fault


def _make(path: Path) -> None:
    """Make a key whole or not at all; of workers that begin together, the first one's stays."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    draft = path.with_name(f"{path.name}.{os.getpid()}.{os.urandom(4).hex()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(pem)
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink()


def _read(pem: bytes, where: str) -> Ed25519PrivateKey:
    try:
        key = load_pem_private_key(pem, None)
    except (ValueError, TypeError):
        raise KeyUnusable(f"{where} holds no PEM key") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyUnusable(f"{where} holds another kind of key than Ed25519")
    return key
