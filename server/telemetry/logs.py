"""The log: structured, with the ids of run and session, without secrets and without content.

Records of every library pass the same chain, so that whatever writes a key has it removed.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Iterable, Mapping, MutableMapping
from typing import Any, TextIO

import structlog
from pydantic import BaseModel, SecretStr

GONE = "[removed]"

# Names whose values are secrets, and texts that are secrets by their form.
_NAMES = re.compile(r"(?i)authorization|api[-_]?key|password|passwd|secret|cookie|(^|_)token$|credential")
_FORMS = re.compile(
    r"fa_[a-z0-9]{10}_[A-Za-z0-9_-]{10,}"
    r"|\bsk-[A-Za-z0-9_-]{8,}"
    r"|\beyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)?"
    r"|(?i:\b(?:bearer|basic)\s+(?=[a-z._~+/=-]*\d|\S{20})[a-z0-9._~+/=-]{6,})"
    r"|(?i:\b(?:authorization|(?:x-)?api[-_]?key)\b[\"']?\s*[:=]\s*[\"']?(?!bearer|basic)[^\s\"',;]{4,})"
    r"|(?<=://)[^\s/@]+:[^\s/@]*(?=@)"
)
_SHORTEST = 6  # a shorter secret would remove parts of ordinary words


class Scrubber:
    """Removes secrets from what is logged: the ones it was told, and whatever looks like one."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        known = sorted({each for each in secrets if len(each) >= _SHORTEST}, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, known))) if known else None

    def text(self, value: str) -> str:
        """Give a text without secrets."""
        if self._known is not None:
            value = self._known.sub(GONE, value)
        return _FORMS.sub(GONE, value)

    def value(self, value: Any, name: str = "") -> Any:
        """Give a value without secrets, its parts too."""
        if name and _NAMES.search(name):
            return GONE
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, bytes):
            return self.text(value.decode("utf-8", "replace"))
        if isinstance(value, Mapping):
            return {str(key): self.value(each, str(key)) for key, each in value.items()}
        if isinstance(value, list | tuple | set):
            return [self.value(each) for each in value]
        return value

    def __call__(self, _: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        """Clean one record, as a link of structlog's chain."""
        for name, value in event.items():
            if not name.startswith("_"):
                event[name] = self.value(value, name)
        return event


def secrets_of(settings: BaseModel) -> list[str]:
    """Give every secret that settings hold, those of settings within them too."""
    found = []
    for name in type(settings).model_fields:
        value = getattr(settings, name)
        if isinstance(value, SecretStr):
            text = value.get_secret_value()
            found.append(text)
            if "://" in text:  # a store's address is no secret, but its password is
                found.pop()
                password = text.partition("://")[2].rpartition("@")[0].partition(":")[2]
                found.append(password)
        elif isinstance(value, BaseModel):
            found += secrets_of(value)
    return found


def set_up_logs(level: str, form: str, secrets: Iterable[str] = (), stream: TextIO | None = None) -> None:
    """Have every record of this process written as the settings say."""
    chain: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        structlog.processors.UnicodeDecoder(),
    ]
    last: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if form == "json"
        else structlog.dev.ConsoleRenderer(colors=False, pad_event_to=0)
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=chain,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            Scrubber(secrets),
            last,
        ],
    )
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    for old in list(root.handlers):
        root.removeHandler(old)
    root.addHandler(handler)
    # Libraries tell at lower levels what they are given: statements with questions in them, addresses.
    root.setLevel(max(logging.WARNING, logging.getLevelNamesMapping()[level.upper()]))
    logging.getLogger("financial_agent").setLevel(level.upper())
