"""The only mapping from errors to problem JSON (RFC 9457): a code, a sentence, never the input."""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from graph import errors as agent
from server import errors as service
from server import refusals
from server.faults import describe

logger = logging.getLogger("financial_agent.api")

MEDIA_TYPE = "application/problem+json"

# The most specific class that an error belongs to decides; a test holds that every class is covered.
STATUS: Mapping[type[agent.AgentError], int] = {
    agent.AgentError: 500,
    agent.InvalidQuestion: 422,
    agent.ModelError: 502,
    agent.ModelBusy: 503,
    agent.ModelRefused: 422,
    agent.ModelMisconfigured: 502,
    agent.ModelInspected: 422,
    agent.ModelQuotaExceeded: 502,
    agent.ModelUnavailable: 502,
    agent.ModelConnectTimeout: 504,
    agent.ModelFirstTokenTimeout: 504,
    agent.ModelIdleTimeout: 504,
    agent.ModelTotalTimeout: 504,
    agent.ModelCutOff: 502,
    agent.MarketError: 502,
    agent.NotFound: 404,
    agent.RateLimited: 503,
    agent.Unavailable: 502,
    agent.Malformed: 502,
    service.RunError: 500,
    service.SessionBusy: 409,
    service.SessionMoved: 409,
    service.ServerBusy: 503,
    service.CallerBusy: 429,
    service.RunTaken: 503,
    service.KeyReused: 422,
    service.StoreUnavailable: 503,
    service.StoreDamaged: 500,
    service.UnknownRun: 404,
    service.ExpiredRun: 410,
    service.ForeignCursor: 400,
    service.UnknownSession: 404,
    service.BodyTooLarge: 413,
    service.BatchTooLarge: 422,
    service.MessageTooLong: 422,
    service.ModelUnknown: 422,
    service.IndicatorUnknown: 422,
    service.RunFailed: 502,
    refusals.Unauthenticated: 401,
    refusals.KeyRefused: 401,
    refusals.KeyTooLong: 422,
    refusals.AuthUnavailable: 503,
    refusals.HostRefused: 403,
    refusals.CrossSiteRefused: 403,
    refusals.RateExceeded: 429,
    refusals.QuotaExceeded: 429,
    refusals.SessionFull: 422,
    refusals.EncodingRefused: 415,
    refusals.AddressTooLong: 414,
    refusals.NestedTooDeeply: 400,
    refusals.NoReceipt: 404,
    refusals.NoFeedback: 404,
    refusals.SigningUnavailable: 503,
}
_STATUS_OF_CODE = {kind.code: status for kind, status in STATUS.items()}

# Codes by (field, pydantic's type of error); a field alone stands for every other error of it.
_FIELD_CODES: Mapping[tuple[str, str | None], tuple[str, str]] = {
    ("message", "string_too_short"): ("message_empty", "The message is empty."),
    ("message", "message_empty"): ("message_empty", "The message is empty."),
    ("message", "missing"): ("message_missing", "The message is missing."),
    ("message", None): ("message_invalid", "The message must be text."),
    ("session_id", None): (
        "session_id_invalid",
        "The session id must be 1 to 128 letters, digits, dots, dashes or underscores.",
    ),
    ("thread_id", None): (
        "session_id_invalid",
        "The thread id must be 1 to 128 letters, digits, dots, dashes or underscores.",
    ),
    ("max_tokens", None): ("max_tokens_invalid", "max_tokens must be a whole number from 1 to 3000."),
    ("language", None): ("language_invalid", "The language must be auto, en or zh."),
    ("on_conflict", None): ("on_conflict_invalid", "on_conflict must be reject, enqueue or interrupt."),
    ("model", None): ("model_invalid", "The model must be the name of an offered model."),
    ("symbol", None): ("symbol_invalid", "The symbol must be 1 to 16 letters, digits, dots, dashes, ^ or =."),
    ("range", None): ("range_invalid", "The range must be 1m, 3m, 6m, 1y, 3y, 5y or max."),
    ("names", None): ("indicator_unknown", "Name the indicators, separated by commas."),
    ("replaces", None): ("replaces_invalid", "`replaces` must be the id of a run."),
    ("title", "title_empty"): ("title_empty", "The title is empty."),
    ("title", "string_too_short"): ("title_empty", "The title is empty."),
    ("title", None): ("title_invalid", "The title must be text of 1 to 200 characters."),
    ("pinned", None): ("pinned_invalid", "`pinned` must be true or false."),
    ("limit", None): ("limit_invalid", "`limit` must be a whole number from 1 to 100."),
    ("q", None): ("query_invalid", "`q` must be text of at most 200 characters."),
    ("before", None): ("cursor_invalid", "`before` must be the `next` of a page of this list."),
    ("branch", None): ("branch_invalid", "`branch` must be the id of a run."),
    ("format", None): ("format_invalid", "The format must be markdown or json."),
    ("now", None): ("now_invalid", "`now` must be true or false."),
    ("key", None): ("key_invalid", "The key must be text of 1 to 8192 characters."),
    ("Idempotency-Key", None): (
        "idempotency_key_invalid",
        "The Idempotency-Key must have 1 to 255 characters.",
    ),
    ("after", None): ("cursor_invalid", "`after` must be a whole number, 0 or more."),
}


# Two phrases that RFC 9110 changed and Python 3.13 follows: the same answer on every version.
_PHRASES = {413: "Content Too Large", 422: "Unprocessable Content"}


def problem(
    status: int,
    code: str,
    message: str,
    *,
    retry_after: float | None = None,
    **members: Any,
) -> JSONResponse:
    """Build a problem response; `Retry-After` is in whole seconds, rounded up."""
    body = {
        "type": "about:blank",
        "title": _PHRASES.get(status) or HTTPStatus(status).phrase,
        "status": status,
        "code": code,
    }
    body["detail"] = message
    body.update(members)
    headers = {} if retry_after is None else {"Retry-After": str(max(1, math.ceil(retry_after)))}
    return JSONResponse(body, status, headers, media_type=MEDIA_TYPE)


def problem_of(fault: agent.AgentError) -> JSONResponse:
    """Tell one of our errors as a problem."""
    status = next(STATUS[kind] for kind in type(fault).__mro__ if kind in STATUS)
    members: dict[str, Any] = {"retryable": fault.retryable}
    if isinstance(fault, service.RunFailed):
        status = _STATUS_OF_CODE.get(fault.code, 500)
        members.update(
            run_id=fault.run_id, session_id=fault.session_id, retryable=fault.retry_after is not None
        )
    if isinstance(fault, service.SessionBusy):
        members["run_id"] = fault.run_id
    if isinstance(fault, service.ExpiredRun) and fault.session_id is not None:
        members["session_id"] = fault.session_id
    return problem(status, fault.code, fault.message, retry_after=fault.retry_after, **members)


def describe_validation(errors: Sequence[Any]) -> tuple[str, str, list[str]]:
    """Tell what is wrong with a request as a code, a sentence and the fields concerned."""
    fields: list[str] = []
    first: tuple[str, str] | None = None
    for error in errors:
        if not isinstance(error, Mapping):  # LangServe reports a broken body as a bare string
            return "body_invalid", "The request body is not valid JSON.", []
        kind, location = str(error["type"]), [str(part) for part in error["loc"]]
        name = next((part for part in reversed(location) if not part.isdigit()), "body")
        fields.append(name[:60])
        if first is None:
            first = _describe(kind, name)
    code, message = first or ("request_invalid", "The request cannot be used as it is.")
    return code, message, list(dict.fromkeys(fields))


def _describe(kind: str, name: str) -> tuple[str, str]:
    if kind == "extra_forbidden":
        return "field_unknown", "The request has a field that is not known here."
    if kind == "json_invalid" or (kind, name) == ("missing", "body"):
        return "body_invalid", "The request body is not valid JSON."
    known = _FIELD_CODES.get((name, kind)) or _FIELD_CODES.get((name, None))
    return known or ("request_invalid", "The request cannot be used as it is.")


def install(app: FastAPI) -> None:
    """Have every failure of an app told as a problem; to be called after all other middleware is added."""
    app.add_exception_handler(agent.AgentError, _on_agent_error)
    app.add_exception_handler(RequestValidationError, _on_invalid)
    app.add_exception_handler(HTTPException, _on_http)
    app.add_exception_handler(RecursionError, _on_nested)
    app.add_exception_handler(UnicodeDecodeError, _on_encoding)
    app.add_middleware(Boundary)


async def _on_agent_error(_: Request, fault: Exception) -> JSONResponse:
    if not isinstance(fault, agent.AgentError):
        raise fault
    return problem_of(fault)


async def _on_invalid(_: Request, fault: Exception) -> JSONResponse:
    if not isinstance(fault, RequestValidationError):
        raise fault
    code, message, fields = describe_validation(fault.errors())
    return problem(422, code, message, fields=fields)


async def _on_http(_: Request, fault: Exception) -> JSONResponse:
    if not isinstance(fault, HTTPException):
        raise fault
    codes = {404: "not_found", 405: "method_not_allowed", 400: "body_invalid"}
    sentences = {
        404: "There is nothing at this address.",
        405: "This address does not answer that method.",
        400: "The request body cannot be read.",
    }
    status = fault.status_code
    return problem(status, codes.get(status, "http_error"), sentences.get(status, HTTPStatus(status).phrase))


async def _on_nested(_: Request, __: Exception) -> JSONResponse:
    return problem(400, "body_invalid", "The request body is nested too deeply.")


async def _on_encoding(_: Request, __: Exception) -> JSONResponse:
    return problem(400, "body_invalid", "The request body is not UTF-8.")


class Boundary:
    """The outermost layer: whatever was not expected becomes a problem, and its text reaches nobody."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; a response that had begun is cut, for nothing true can follow."""
        begun = False

        async def watched(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except Exception as fault:  # the boundary of a request
            if scope["type"] != "http":
                raise
            logger.error("request failed: %s", describe(fault))
            if not begun:
                message = "Something failed on the server. Ask again later."
                await problem(500, "internal_error", message)(scope, receive, send)
