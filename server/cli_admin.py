"""The command line's parsers for whoever runs the server: `keys`, `feedback`, `receipt`."""

from __future__ import annotations

import argparse
from typing import Any


def add_commands(commands: Any) -> None:
    """Add the commands to the parser; what they do is imported when one is called."""
    _add_keys(commands)
    _add_feedback(commands)
    _add_receipt(commands)


def _add_keys(commands: Any) -> None:
    keys = commands.add_parser(
        "keys",
        help="make, list and revoke API keys",
        description="Make, list and revoke API keys, in the store that the server uses.",
    )
    actions = keys.add_subparsers(title="actions", required=True, metavar="ACTION")
    add = actions.add_parser("add", help="make a key and print it once", description="Make a key.")
    add.add_argument("owner", help="whose sessions it opens; `local` for those made without accounts")
    add.add_argument("--label", default="", help="what it is for, such as laptop")
    listing = actions.add_parser("list", help="list all keys, without secrets", description="List all keys.")
    listing.add_argument("--json", action="store_true", help="print one JSON object a line")
    revoke = actions.add_parser("revoke", help="make a key worthless at once", description="Revoke a key.")
    revoke.add_argument("key_id", metavar="ID", help="its name in the list, or the key itself")
    for action, name in ((add, "add"), (listing, "list"), (revoke, "revoke")):
        action.set_defaults(run=_keys, action=name)


def _add_feedback(commands: Any) -> None:
    feedback = commands.add_parser(
        "feedback", help="export what users said of answers", description="What users said of answers."
    )
    actions = feedback.add_subparsers(title="actions", required=True, metavar="ACTION")
    export = actions.add_parser(
        "export", help="print all as JSON, one object a line", description="Print all feedback as JSON lines."
    )
    export.set_defaults(run=_feedback)


def _add_receipt(commands: Any) -> None:
    receipt = commands.add_parser(
        "receipt", help="verify a signed receipt, offline", description="Signed receipts of answers."
    )
    actions = receipt.add_subparsers(title="actions", required=True, metavar="ACTION")
    verify = actions.add_parser(
        "verify",
        help="say whether a receipt is whole and whose it is",
        description="Say whether a receipt is whole and whose it is; no network, no store.",
    )
    verify.add_argument("file", help="the receipt, as GET /api/runs/RUN/receipt gave it; - for stdin")
    verify.add_argument("--key", metavar="KEY", help="public key that must have signed it")
    verify.set_defaults(run=_verify)
    key = actions.add_parser(
        "key", help="print the public key of this server", description="Print the public key of this server."
    )
    key.set_defaults(run=_key)


def _keys(args: argparse.Namespace) -> int:
    from server.commands.keys import keys

    return keys(args)


def _feedback(_: argparse.Namespace) -> int:
    from server.commands.feedback import export

    return export()


def _verify(args: argparse.Namespace) -> int:
    from server.commands.receipt import verify

    return verify(args.file, args.key)


def _key(_: argparse.Namespace) -> int:
    from server.commands.receipt import show_key

    return show_key()
