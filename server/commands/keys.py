"""Makes, lists and revokes API keys in the store that the server uses."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys

from rich.table import Table

from server.access.keys import Key, add_key, list_keys, revoke_key
from server.commands import settings_or_exit
from server.commands.terminal import open_terminal
from server.errors import StoreUnavailable
from server.shelf import open_shelf


def keys(args: argparse.Namespace) -> int:
    """Do one action on the keys; 0 when it was done."""
    url = settings_or_exit().store_url.get_secret_value()
    if url == "memory:":
        print("financial-agent: keys need a store that is kept: set store_url", file=sys.stderr)
        return 1
    try:
        return asyncio.run(_keys(args, url))
    except (StoreUnavailable, ValueError) as fault:
        print(f"financial-agent: {fault}", file=sys.stderr)
        return 1


async def _keys(args: argparse.Namespace, url: str) -> int:
    async with open_shelf(url) as shelf:
        if args.action == "add":
            key, text = await add_key(shelf, args.owner, args.label)
            print(f"Key {key.key_id} of {key.owner}; it is shown this once:", file=sys.stderr)
            print(text)
        elif args.action == "list":
            _show(await list_keys(shelf), args.json)
        else:
            name = args.key_id.split("_")[1] if args.key_id.startswith("fa_") else args.key_id
            revoked = await revoke_key(shelf, name)
            if revoked is None:
                print(f"financial-agent: there is no key {name[:40]!r}", file=sys.stderr)
                return 1
            print(f"Key {revoked.key_id} of {revoked.owner} is revoked.")
    return 0


def _show(found: list[Key], as_json: bool) -> None:
    if as_json:
        for key in found:
            print(json.dumps(vars(key), ensure_ascii=False))
        return
    table = Table("id", "owner", "label", "created", "state", box=None)
    for key in found:
        state = f"revoked {key.revoked_at}" if key.revoked_at else "valid"
        table.add_row(key.key_id, key.owner, key.label, key.created_at, state)
    open_terminal().print(table)
