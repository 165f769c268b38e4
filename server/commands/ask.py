"""Asks a question from the terminal and shows the answer while it is written."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

import httpx
from rich.console import Console
from rich.text import Text

from server.client import AsyncRunClient, RunRefused, RunUnreachable
from server.commands import settings_or_exit
from server.commands.terminal import open_terminal
from server.settings import ServerSettings

_STYLES = {"supported": "green", "derived": "blue", "unsupported": "yellow", "contradicted": "red"}
_WORDS = {
    "supported": "verified",
    "derived": "computed",
    "unsupported": "unsupported",
    "contradicted": "contradicted",
}
_TITLES = {"verdict": "Verdict", "evidence": "Evidence", "insights": "Insights & Action", "caveat": "Caveat"}
_TITLES_ZH = {"verdict": "结论", "evidence": "证据", "insights": "洞察与行动", "caveat": "风险提示"}


class Refused(Exception):
    """The question was refused; the text says why."""


def ask(args: argparse.Namespace) -> int:
    """Ask, show the answer, and give 0 when it was finished."""
    settings = settings_or_exit()
    try:
        return asyncio.run(_ask(args, settings))
    except Refused as fault:
        print(f"financial-agent: {fault}", file=sys.stderr)
        return 1


async def _ask(args: argparse.Namespace, settings: ServerSettings) -> int:
    question = {"message": args.question, "session_id": args.session, "language": args.language}
    question["max_tokens"] = args.max_tokens
    question = {key: value for key, value in question.items() if value is not None}
    url = args.server or f"http://{settings.host}:{settings.port}"
    if args.local or (args.server is None and not await _is_running(url)):
        events = _local_events(question, settings)
    else:
        if args.server is not None and not await _is_running(url):
            raise Refused(f"no server answers at {url}")
        events = _server_events(question, url, settings)
    view = View(open_terminal(), quiet=args.json)
    async with aclosing(events):
        async for event in events:
            view.show(event)
    if args.json:
        print(json.dumps(view.report, ensure_ascii=False, indent=2))
    return 0 if view.status == "done" else 1


class View:
    """Shows a run's events: headings, text as it comes, then what the check found."""

    def __init__(self, console: Console, quiet: bool = False) -> None:
        self._console = console
        self._quiet = quiet
        self._titles = _TITLES
        self.report: dict[str, Any] | None = None
        self.status = "lost"

    def show(self, event: dict[str, Any]) -> None:
        """Show one event."""
        if event["type"] == "report":
            self.report = event["report"]
        elif event["type"] == "end":
            self.status = event["status"]
        if self._quiet:
            if event["type"] == "error":
                print(f"financial-agent: {event['message']} ({event['code']})", file=sys.stderr)
            return
        self._print(event)

    def _print(self, event: dict[str, Any]) -> None:
        match event["type"]:
            case "run":
                if any("\u3400" <= char <= "\u9fff" for char in event["question"]):
                    self._titles = _TITLES_ZH
                note = " · offline, no language model" if event["mode"] == "offline" else ""
                self._line(f"{event['model']}{note} · session {event['session_id']}", "dim")
            case "step" if event["state"] != "started":
                mark = "✓" if event["state"] == "done" else "✗"
                self._line(f"{mark} {event['label']} · {event.get('summary') or event['state']}", "dim")
            case "section" if event["state"] == "open":
                again = " (corrected)" if event.get("restart") else ""
                self._line(f"\n{self._titles[event['section']]}{again}", "bold")
            case "section":
                self._line("")
            case "token":
                self._console.print(Text(event["text"]), end="", soft_wrap=True)
                self._console.file.flush()
            case "error":
                self._line(f"\n{event['message']} ({event['code']})", "red")
            case "report":
                self._score(event["report"])
            case "end" if event["status"] != "done":
                self._line(f"The run ended as {event['status']}.", "red")
            case _:
                pass

    def _score(self, report: dict[str, Any]) -> None:
        """Tell how many figures hold, and name each that does not."""
        line = Text("\nFigures: ")
        counts = [(status, report["counts"].get(status, 0)) for status in _WORDS]
        parts = [Text(f"{count} {_WORDS[status]}", _STYLES[status]) for status, count in counts if count]
        line.append_text(Text(" · ").join(parts) if parts else Text("none"))
        self._console.print(line)
        for figure in report["figures"]:
            if figure["status"] in ("unsupported", "contradicted"):
                expected = f", the data says {figure['expected']}" if figure.get("expected") else ""
                text = f"  {figure['text']} in {figure['section']}: {figure['status']}{expected}"
                self._console.print(Text(text, _STYLES[figure["status"]]), soft_wrap=True)

    def _line(self, text: str, style: str = "") -> None:
        self._console.print(Text(text, style), soft_wrap=True)


async def _is_running(url: str) -> bool:
    try:
        async with httpx.AsyncClient(timeout=1.0, trust_env=False) as client:
            response = await client.get(f"{url}/api/health/live")
    except httpx.HTTPError:
        return False
    return response.status_code == 200 and response.json() == {"status": "ok"}


async def _server_events(
    question: dict[str, Any], url: str, settings: ServerSettings
) -> AsyncGenerator[dict[str, Any]]:
    """Give the events of a run on a server; what breaks on the way is resumed."""
    headers = {"Authorization": f"Bearer {settings.api_key.get_secret_value()}"} if settings.api_key else {}
    async with AsyncRunClient(url, patience=30.0, trust_env=False, headers=headers) as client:
        try:
            async for event in client.stream(**question):
                yield event
        except (RunRefused, RunUnreachable) as fault:
            raise Refused(
                f"{fault}, at {url}" if isinstance(fault, RunUnreachable) else str(fault)
            ) from fault


async def _local_events(question: dict[str, Any], settings: ServerSettings) -> AsyncGenerator[dict[str, Any]]:
    """Give the events of a run in this process."""
    # The analyst takes a second to import: a question that a server answers does not pay for it.
    from pydantic import ValidationError

    from graph.errors import AgentError
    from graph.events import decode
    from server.api.errors import describe_validation
    from server.api.schemas import AnalystInput
    from server.asking import ask as start
    from server.auth import LOCAL
    from server.service import open_service

    try:
        checked = AnalystInput.model_validate(question)
        async with open_service(settings) as service:
            run = await start(service, LOCAL, checked)
            async for batch in service.log.read(run.run_id):
                for entry in batch:
                    yield decode(entry.data)
    except ValidationError as fault:
        code, message, _ = describe_validation(fault.errors())
        raise Refused(f"{message} ({code})") from fault
    except AgentError as fault:
        raise Refused(f"{fault.message} ({fault.code})") from fault
