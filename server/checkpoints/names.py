"""Names under which a session is stored: made of hashes, so that nothing from outside can reach another's.

A session is `b64url(blake2b-96(len(tenant):tenant + thread))`: sixteen characters that no store reads as a
pattern, a separator or an operator. A checkpoint's field is `N/checkpoint_id`, where N names its namespace.
"""

from __future__ import annotations

import base64
import hashlib

ROOT = "-"  # the namespace of a graph that is no subgraph
EVERYTHING = ("", "~")  # the range of all fields of a session

_MAX_THREAD_BYTES = 4096
_MAX_NAMESPACE_BYTES = 4096
_MAX_CHECKPOINT_BYTES = 256
_MAX_TASK_BYTES = 8192
_WRITE_OFFSET = 1000  # special writes have negative indices, and must sort before the others


def session_key(thread_id: object, tenant: str = "") -> str:
    """Name the session of a thread.

    Raises:
        TypeError: the id is no string.
        ValueError: it is too long or no text.
    """
    thread = _checked("thread_id", thread_id, _MAX_THREAD_BYTES)
    owner = tenant.encode()
    return _hashed(b"%d:%s%s" % (len(owner), owner, thread), 12)


def run_key(run_id: str, tenant: str = "") -> str:
    """Name a run: sixteen characters of hash."""
    owner = tenant.encode()
    return _hashed(b"run %d:%s%s" % (len(owner), owner, run_id.encode("utf-8", "surrogatepass")), 12)


def namespace_key(namespace: object) -> str:
    """Name a namespace: `-` for the root, else twelve characters of hash."""
    if namespace == "":
        return ROOT
    return _hashed(_checked("checkpoint_ns", namespace, _MAX_NAMESPACE_BYTES), 9)


def field_of(namespace: str, checkpoint_id: object) -> str:
    """Name a checkpoint in its session; fields of one namespace sort as their checkpoints do."""
    encoded = _checked("checkpoint_id", checkpoint_id, _MAX_CHECKPOINT_BYTES)
    if b"\0" in encoded:
        raise ValueError("checkpoint_id holds a NUL")
    return f"{namespace}/{checkpoint_id}"


def range_of(namespace: str) -> tuple[str, str]:
    """Give the half-open range of a namespace's fields."""
    return f"{namespace}/", f"{namespace}0"  # "0" is the character after "/"


def write_key(field: str, task_path: object, task_id: object, index: int) -> bytes:
    """Name a pending write, so that byte order is the order in which writes are applied."""
    path = _ordered(_checked("task_path", task_path, _MAX_TASK_BYTES))
    task = _ordered(_checked("task_id", task_id, _MAX_TASK_BYTES))
    return b"%s\0%s\0%s\0%010d" % (field.encode(), path, task, index + _WRITE_OFFSET)


def _checked(name: str, value: object, limit: int) -> bytes:
    if not isinstance(value, str):
        raise TypeError(f"{name} is of type {type(value).__name__}, not str")
    try:
        encoded = value.encode()
    except UnicodeEncodeError:
        raise ValueError(f"{name} is no valid text") from None
    if len(encoded) > limit:
        raise ValueError(f"{name} has {len(encoded)} bytes, more than {limit}")
    return encoded


def _ordered(part: bytes) -> bytes:
    # A NUL inside a part must neither end it nor sort before a longer one.
    return part.replace(b"\0", b"\0\xff")


def _hashed(text: bytes, size: int) -> str:
    return base64.urlsafe_b64encode(hashlib.blake2b(text, digest_size=size).digest()).decode()


def is_final(key: bytes) -> bool:
    """Say whether a write is one that the first writer decides, by its key."""
    return int(key[-10:]) >= _WRITE_OFFSET
