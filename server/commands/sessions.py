"""Works on the sessions in the configured store: list, show, search, rename, pin, delete, export, verify."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError
from rich.markdown import Markdown
from rich.table import Table
from rich.text import Text

from graph.errors import AgentError
from server.api.schemas import SessionChange, SessionSummary, SessionTranscript, Slug
from server.auth import LOCAL
from server.checkpoints import open_store
from server.checkpoints.verify import Verified, verify_store
from server.clients import without_secrets
from server.commands import settings_or_exit
from server.commands.terminal import open_terminal
from server.exports import export_session
from server.runs.run import thread_of
from server.service import Service, open_service
from server.sessions import Position, SessionRecord
from server.settings import ServerSettings
from server.transcripts import change_session, delete_session, read_session, summary_of

_SLUG: TypeAdapter[str] = TypeAdapter(Slug)
_PAGE = 100


class Refused(Exception):
    """The command cannot be done; the text says why."""


def sessions(args: argparse.Namespace) -> int:
    """Do one action; give 1 where it cannot be done or something is damaged."""
    settings = settings_or_exit()
    try:
        return asyncio.run(_act(args, settings))
    except AgentError as fault:
        print(f"financial-agent: {fault.message} ({fault.code})", file=sys.stderr)
        if fault.code == "store_unavailable":
            print(f"financial-agent: {fault}", file=sys.stderr)
    except BrokenPipeError:
        raise
    except (Refused, OSError, ValueError) as fault:
        print(f"financial-agent: {fault}", file=sys.stderr)
    return 1


async def _act(args: argparse.Namespace, settings: ServerSettings) -> int:
    if getattr(args, "id", None) is not None:
        _require_id(args.id)
    match args.action:
        case "verify":
            return await _verify(args, settings)
        case "list" | "search":
            async with _opened(settings) as service:
                await _list(service, args)
        case "show" | "export":
            async with _opened(settings) as service:
                session = await read_session(service, LOCAL, args.id, args.branch)
            _show(session, args) if args.action == "show" else _export(session, args)
        case "delete":
            async with _opened(settings) as service:
                await delete_session(service, LOCAL, args.id)
            _say(args, {"session_id": args.id, "deleted": True}, f"{args.id} is deleted")
        case _:
            async with _opened(settings) as service:
                summary = await change_session(service, LOCAL, args.id, _change(args))
            _say(args, summary.model_dump(exclude={"snippet"}), _line(summary))
    return 0


@asynccontextmanager
async def _opened(settings: ServerSettings) -> AsyncIterator[Service]:
    async with open_service(settings) as service:
        yield service


async def _list(service: Service, args: argparse.Namespace) -> None:
    words = args.words if args.action == "search" else ""
    found: list[SessionRecord] = []
    after: Position | None = None
    while len(found) < args.limit:
        size = min(_PAGE, args.limit - len(found))
        page, after = await service.sessions.page(LOCAL.id, size, after, words)
        found += page
        if after is None:
            break
    summaries = [summary_of(record) for record in found]
    if args.json:
        _print_json([each.model_dump() for each in summaries])
        return
    table = Table("session", "title", "last activity", "turns", box=None, pad_edge=False)
    for each in summaries:
        title = Text(("★ " if each.pinned else "") + each.title + (" · running" if each.running else ""))
        if each.snippet and each.snippet != each.title:
            title.append(f"\n{each.snippet}", "dim")
        table.add_row(each.session_id, title, each.last_at[:19].replace("T", " "), str(each.turns))
    open_terminal().print(table if summaries else Text("no session", "dim"))


def _show(session: SessionTranscript, args: argparse.Namespace) -> None:
    if args.json:
        _print_json(session.model_dump(exclude={"snippet"}))
        return
    open_terminal().print(Markdown(export_session(session, "markdown")))


def _export(session: SessionTranscript, args: argparse.Namespace) -> None:
    text = export_session(session, "json" if args.json else args.format)
    if args.output is None:
        sys.stdout.write(text)
    else:
        Path(args.output).write_text(text, encoding="utf-8")


async def _verify(args: argparse.Namespace, settings: ServerSettings) -> int:
    url = settings.store_url.get_secret_value()
    results: list[Verified] = []
    async with open_store(url) as store:
        async for found in verify_store(store):
            results.append(found)
    damaged = {_name(each): list(each.damages) for each in results if each.damages}
    async with _opened(settings) as service:
        for name, missing in await _lost_answers(service):
            damaged.setdefault(name, []).append(missing)
    checkpoints, items = sum(each.checkpoints for each in results), sum(each.items for each in results)
    if args.json:
        counts = {"sessions": len(results), "checkpoints": checkpoints, "items": items}
        _print_json({**counts, "damaged": damaged})
    else:
        for name, damages in damaged.items():
            for damage in damages:
                print(f"{name}: {damage}")
        state = f"{len(damaged)} damaged" if damaged else "all sound"
        where = without_secrets(url)
        print(f"{where}: {len(results)} sessions, {checkpoints} checkpoints, {items} items: {state}")
    return 1 if damaged else 0


async def _lost_answers(service: Service) -> list[tuple[str, str]]:
    """Name the sessions whose index says that an answer was kept which is not there."""
    found: list[tuple[str, str]] = []
    records: list[SessionRecord] = []
    page, after = await service.sessions.page(LOCAL.id, _PAGE, None)
    records += page
    while after is not None:
        page, after = await service.sessions.page(LOCAL.id, _PAGE, after)
        records += page
    for record in records:
        config: Any = {"configurable": {"thread_id": thread_of(LOCAL.id, record.session_id)}}
        try:
            kept = await service.checkpointer.aget_tuple(config)
        except AgentError:
            continue  # damaged, and told already
        turns = kept.checkpoint["channel_values"].get("turns", []) if kept is not None else []
        there = {turn["run_id"] for turn in turns}
        for run in await service.sessions.runs_of(LOCAL.id, record.session_id):
            if run.status == "done" and run.run_id not in there:
                found.append((record.session_id, f"the answer of run {run.run_id} is not there"))
    return found


def _name(found: Verified) -> str:
    """Name a session as its owner knows it, or by its hash where even that cannot be read."""
    owner, _, session_id = (found.thread_id or "").partition("/")
    return session_id if owner == LOCAL.id and session_id else found.thread_id or found.session


def _change(args: argparse.Namespace) -> SessionChange:
    try:
        if args.action == "rename":
            return SessionChange(title=args.title)
    except ValidationError as fault:
        raise Refused("the title must be text of 1 to 200 characters") from fault
    return SessionChange(pinned=not args.off)


def _require_id(session_id: str) -> None:
    try:
        _SLUG.validate_python(session_id)
    except ValidationError as fault:
        raise Refused(f"{session_id[:40]!r} is no id of a session") from fault


def _line(summary: SessionSummary) -> str:
    return f"{summary.session_id}: {summary.title}{' (pinned)' if summary.pinned else ''}"


def _say(args: argparse.Namespace, value: Any, text: str) -> None:
    if args.json:
        _print_json(value)
    else:
        print(text)


def _print_json(value: Any) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=2))
