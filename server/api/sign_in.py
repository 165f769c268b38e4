"""Signing in from a browser: a key is shown once and then kept in a cookie that no script can read."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any, Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from server.access.caller import Caller
from server.access.cookie import SECONDS, cookie_of, no_cookies
from server.access.door import shows_key
from server.api.chat import CallerDep, ServiceDep
from server.api.errors import problem_of
from server.auth import SIGN_IN, SIGN_OUT
from server.protection import AuthMode
from server.refusals import KeyRefused, KeyTooLong, Unauthenticated
from server.service import Service

router = APIRouter(tags=["callers"])

_LATEST = 253_402_300_799.0  # the last second that a date can say

_SETS: dict[int | str, dict[str, Any]] = {
    200: {
        "headers": {
            "Set-Cookie": {
                "description": "The key, HttpOnly and SameSite=Strict; Secure where the page came by https.",
                "schema": {"type": "string"},
            }
        }
    }
}


class SignIn(BaseModel):
    """A key or token."""

    model_config = ConfigDict(extra="forbid")

    key: SecretStr = Field(min_length=1, max_length=8192, description="An API key, or a token (JWT).")


class SignedIn(BaseModel):
    """Who asks, and by what it is known."""

    auth: AuthMode = Field(description="What this server asks its callers for.")
    caller: str = Field(description="Whose the sessions are.")
    name: str = Field(description="What to call them.")
    key_id: str | None = Field(description="The key that was shown, without its secret.")
    by: Literal["none", "header", "cookie"] = Field(description="Where it was shown.")
    until: str | None = Field(description="When the token ends (ISO); null for a key.")


@router.post(SIGN_IN, response_model=SignedIn, responses=_SETS)
async def sign_in(
    shown: SignIn, request: Request, response: Response, service: ServiceDep
) -> SignedIn | Response:
    """Keep a key in the browser's cookie, once it was checked like one in a header.

    A token's cookie ends with the token. Without accounts nothing is checked or kept.
    """
    access = service.access
    if access.anybody is not None:
        return _told(service, access.anybody, "none")
    key = shown.key.get_secret_value().strip()
    try:
        caller = await access.caller_of(key)
    except Unauthenticated as fault:
        await access.rates.failure(request.client.host if request.client else "-")
        refused = problem_of(KeyRefused(str(fault)))
        refused.headers["WWW-Authenticate"] = access.challenge(request.headers)
        return refused
    await access.rates.request(caller)
    seconds = SECONDS if caller.until is None else min(SECONDS, caller.until - time.time())
    cookie = cookie_of(key, request.scope, seconds)
    if cookie is None:
        raise KeyTooLong("fits into no cookie")
    response.headers["Set-Cookie"] = cookie
    return _told(service, caller, "cookie")


@router.get(SIGN_IN)
async def signed_in(request: Request, service: ServiceDep, caller: CallerDep) -> SignedIn:
    """Say who is signed in."""
    by: Literal["header", "cookie"] = "header" if shows_key(request.headers) else "cookie"
    return _told(service, caller, "none" if service.access.anybody is not None else by)


@router.post(SIGN_OUT, status_code=204, response_class=Response)
async def sign_out() -> Response:
    """Take the key out of the browser; it stays valid elsewhere."""
    response = Response(status_code=204)
    for cookie in no_cookies():
        response.headers.append("Set-Cookie", cookie)
    return response


def _told(service: Service, caller: Caller, by: Literal["none", "header", "cookie"]) -> SignedIn:
    until = None if caller.until is None else datetime.fromtimestamp(min(caller.until, _LATEST), UTC)
    return SignedIn(
        auth=service.settings.auth,
        caller=caller.id,
        name=caller.name or caller.id,
        key_id=caller.key_id,
        by=by,
        until=None if until is None else until.isoformat(timespec="seconds"),
    )
