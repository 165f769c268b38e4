"""The command line; nothing heavy is imported before it is needed."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from server import __version__
from server.cli_admin import add_commands


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and give its exit code: 0 done, 1 failed, 2 used wrongly."""
    args = build_parser().parse_args(argv)
    try:
        code: int = args.run(args)
    except KeyboardInterrupt:
        return 130
    return code


def build_parser() -> argparse.ArgumentParser:
    """Build the parser of all commands."""
    parser = argparse.ArgumentParser(
        prog="financial-agent",
        description="A financial analyst whose every figure is checked against its data.",
    )
    parser.add_argument("--version", action="version", version=f"financial-agent {__version__}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    serve = commands.add_parser("serve", help="start the server", description="Start the server.")
    serve.add_argument("--host", help="address to listen on (default 127.0.0.1)")
    serve.add_argument("--port", type=_port, help="port to listen on (default 8000)")
    serve.set_defaults(run=_serve)

    ask = commands.add_parser(
        "ask",
        help="ask a question and read the answer as it is written",
        description="Ask a question. A running server answers it; without one this process does.",
    )
    ask.add_argument("question", help='for example: "Is AAPL a buy?"')
    ask.add_argument("--session", metavar="ID", help="session to go on with (default: a new one)")
    ask.add_argument(
        "--language", choices=("auto", "en", "zh"), default="auto", help="language of the answer"
    )
    ask.add_argument("--max-tokens", type=int, metavar="N", help="most tokens of the answer, 1 to 3000")
    ask.add_argument(
        "--server", metavar="URL", help="ask this server (default: one on this machine, if it runs)"
    )
    ask.add_argument("--local", action="store_true", help="answer in this process, whatever runs")
    ask.add_argument("--json", action="store_true", help="print the finished report as JSON, nothing else")
    ask.set_defaults(run=_ask)

    check = commands.add_parser(
        "check",
        help="say what is configured, what can be reached, and in which mode it will run",
        description="Say what is configured, what can be reached, and in which mode it will run.",
    )
    check.set_defaults(run=_check)
    add_commands(commands)
    return parser


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) <= 65535):
        raise argparse.ArgumentTypeError(f"{text[:20]!r} is no port: use 0 to 65535")
    return int(text)


def _serve(args: argparse.Namespace) -> int:
    from server.commands.serve import serve

    return serve(args.host, args.port)


def _ask(args: argparse.Namespace) -> int:
    from server.commands.ask import ask

    return ask(args)


def _check(_: argparse.Namespace) -> int:
    from server.commands.check import check

    return check()


if __name__ == "__main__":
    sys.exit(main())
