"""API keys: made once, shown once, kept as hashes, revoked for every worker at once.

A key is `fa_NAME_SECRET`. The name finds its record; the secret has 256 random bits, so that one SHA-256
is enough to keep it: there is nothing to guess.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import string
from dataclasses import dataclass
from datetime import UTC, datetime

from server.access.caller import Caller
from server.refusals import Unauthenticated
from server.shelf import Record, Shelf

KIND = "key"
_ALPHABET = string.ascii_lowercase + string.digits
_FORM = re.compile(r"fa_([a-z0-9]{10})_([A-Za-z0-9_-]{43})")
_OWNER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


@dataclass(frozen=True)
class Key:
    """What is kept of a key; times are ISO."""

    key_id: str
    owner: str
    label: str
    created_at: str
    revoked_at: str | None


async def add_key(shelf: Shelf, owner: str, label: str = "") -> tuple[Key, str]:
    """Make a key for an owner and give it with its text, which is kept nowhere.

    Raises:
        ValueError: the owner's name cannot scope sessions.
    """
    if not _OWNER.fullmatch(owner):
        raise ValueError(
            f"{owner[:64]!r} is no owner: use 1 to 64 letters, digits, dots, dashes or underscores"
        )
    key_id = "".join(secrets.choice(_ALPHABET) for _ in range(10))
    secret = secrets.token_urlsafe(32)
    key = Key(key_id, owner, label[:100], _now(), None)
    await shelf.put(KIND, key_id, {**vars(key), "hash": _hash(secret)})
    return key, f"fa_{key_id}_{secret}"


async def list_keys(shelf: Shelf) -> list[Key]:
    """Give every key, the oldest first, revoked ones too."""
    found = [_key(record) for record in (await shelf.all(KIND)).values()]
    return sorted(found, key=lambda key: key.created_at)


async def revoke_key(shelf: Shelf, key_id: str) -> Key | None:
    """Make a key worthless from the next request on; nothing where there is none of that name."""
    record = await shelf.get(KIND, key_id)
    if record is None:
        return None
    if record["revoked_at"] is None:
        record["revoked_at"] = _now()
        await shelf.put(KIND, key_id, record)
    return _key(record)


async def caller_of_key(shelf: Shelf, text: str) -> Caller:
    """Say whose a key is.

    Raises:
        Unauthenticated: it is none of ours, or revoked.
        StoreUnavailable: the keys cannot be read.
    """
    form = _FORM.fullmatch(text)
    record = await shelf.get(KIND, form[1]) if form else None
    if form is None or record is None:
        raise Unauthenticated("no such key")
    if not hmac.compare_digest(record["hash"], _hash(form[2])):
        raise Unauthenticated(f"wrong secret for key {form[1]}")
    if record["revoked_at"] is not None:
        raise Unauthenticated(f"key {form[1]} is revoked")
    return Caller(record["owner"], form[1], name=record["owner"])


def _key(record: Record) -> Key:
    return Key(**{name: value for name, value in record.items() if name != "hash"})


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
