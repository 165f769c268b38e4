"""The command line; a command imports what it needs when it is called, and nothing heavy before."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from server import __version__
from server.cli_admin import add_commands


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and give its exit code: 0 done, 1 failed, 2 used wrongly."""
    args = build_parser().parse_args(argv)
    try:
        code: int = args.run(args)
        sys.stdout.flush()
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # Whoever read the output has left, and Python would try to write the rest once more at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
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
    serve.add_argument("--workers", type=_count, help="worker processes (default 1; more need Redis)")
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

    _add_sessions(
        commands.add_parser(
            "sessions",
            help="list, read, search, change, export and verify the sessions",
            description="Work on the sessions in the configured store, with or without a running server.",
        )
    )

    check = commands.add_parser(
        "check",
        help="say what is configured, what can be reached, and in which mode it will run",
        description="Say what is configured, what can be reached, and in which mode it will run.",
    )
    check.set_defaults(run=_check)

    verify = commands.add_parser(
        "verify",
        help="check every figure of an answer against facts and documents",
        description="Check every figure of an answer against facts, documents or both. "
        "Exit code: 0 when all hold, 1 when one does not, 2 for input that cannot be used.",
    )
    verify.add_argument("answer", metavar="ANSWER", help="the answer as Markdown or plain text; - for stdin")
    verify.add_argument(
        "--facts", action="append", default=[], metavar="FILE", help="facts as a JSON list; may be repeated"
    )
    verify.add_argument(
        "--source", action="append", default=[], metavar="FILE", help="a document; may be repeated"
    )
    verify.add_argument("--question", default="", help="the question that was answered, if it helps")
    verify.add_argument("--json", action="store_true", help="print the figures as JSON, nothing else")
    verify.set_defaults(run=_verify)
    add_commands(commands)
    return parser


def _add_sessions(sessions: argparse.ArgumentParser) -> None:
    actions = sessions.add_subparsers(title="actions", required=True, metavar="ACTION", dest="action")

    def add(name: str, text: str, *arguments: str) -> argparse.ArgumentParser:
        action = actions.add_parser(name, help=text, description=f"{text[0].upper()}{text[1:]}.")
        for argument in arguments:
            action.add_argument(argument.lower(), metavar=argument)
        action.add_argument("--json", action="store_true", help="print JSON, nothing else")
        action.set_defaults(run=_sessions)
        return action

    for listing in (add("list", "list the sessions"), add("search", "find sessions by their words", "WORDS")):
        listing.add_argument("--limit", type=_limit, default=50, metavar="N", help="at most N (default 50)")
    for reading in (add("show", "read a session", "ID"), add("export", "write a session as a file", "ID")):
        reading.add_argument("--branch", metavar="RUN", help="the newest branch that holds this run")
    reading.add_argument("--format", choices=("markdown", "json"), default="markdown")
    reading.add_argument("--output", metavar="FILE", help="file to write (default: standard output)")
    add("rename", "give a session another title", "ID", "TITLE")
    pin = add("pin", "keep a session at the head of the list", "ID")
    pin.add_argument("--off", action="store_true", help="do not keep it there any more")
    add("delete", "delete a session with everything in it, at once", "ID")
    add("verify", "read the whole store and derive every hash again")


def _limit(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) > 0):
        raise argparse.ArgumentTypeError(f"{text[:20]!r} is no number of sessions: use 1 or more")
    return int(text)


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) <= 65535):
        raise argparse.ArgumentTypeError(f"{text[:20]!r} is no port: use 0 to 65535")
    return int(text)


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 64):
        raise argparse.ArgumentTypeError(f"{text[:20]!r} is no number of workers: use 1 to 64")
    return int(text)


def _serve(args: argparse.Namespace) -> int:
    from server.commands.serve import serve

    return serve(args.host, args.port, args.workers)


def _ask(args: argparse.Namespace) -> int:
    from server.commands.ask import ask

    return ask(args)


def _sessions(args: argparse.Namespace) -> int:
    from server.commands.sessions import sessions

    return sessions(args)


def _check(_: argparse.Namespace) -> int:
    from server.commands.check import check

    return check()


def _verify(args: argparse.Namespace) -> int:
    from server.commands.verify import verify

    return verify(args)


if __name__ == "__main__":
    sys.exit(main())
