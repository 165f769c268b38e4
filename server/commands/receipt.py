"""Verifies receipts without a network, and shows the key that signs them."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from server.commands import settings_or_exit
from server.signing import KeyUnusable, ReceiptInvalid, open_signer
from server.signing import verify as verify_document

_LARGEST = 16 * 1024 * 1024


def verify(file: str, key: str | None) -> int:
    """Say whether a receipt is whole and whose it is; 0 when it is."""
    try:
        data = sys.stdin.buffer.read(_LARGEST) if file == "-" else Path(file).read_bytes()
        receipt, signed_by = verify_document(json.loads(data), key)
    except OSError as fault:
        print(f"financial-agent: {file}: {type(fault).__name__}", file=sys.stderr)
        return 1
    except (ValueError, RecursionError):
        print("NOT VALID: it is no JSON", file=sys.stderr)
        return 1
    except ReceiptInvalid as fault:
        print(f"NOT VALID: {fault}", file=sys.stderr)
        return 1
    counts = receipt.get("counts") or {}
    print(f"valid: run {receipt.get('run_id')}, answered {receipt.get('times', {}).get('answered_at')}")
    print(f"question: {receipt.get('question')}")
    print(f"model: {receipt.get('model')} · prompt: {receipt.get('prompt', {}).get('name')}")
    print("figures: " + (", ".join(f"{count} {status}" for status, count in counts.items()) or "none"))
    print(f"signed by: {signed_by}")
    if key is None:
        print("Whether that key is the server's is for you to know: pass --key.")
    return 0


def show_key() -> int:
    """Print the public key of this server."""
    try:
        print(open_signer(settings_or_exit()).public_key)
    except KeyUnusable as fault:
        print(f"financial-agent: {fault}", file=sys.stderr)
        return 1
    return 0
