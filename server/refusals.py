"""Why a request is refused before anything is done with it; each type is one reaction of the caller.

RunError
├── Unauthenticated      send a key or token that is valid
│   └── KeyRefused       sign in with another key
├── KeyTooLong           use a shorter token, or the header
├── AuthUnavailable      who calls cannot be established now: try again later
├── HostRefused          use an address that this server answers to
├── CrossSiteRefused     ask from the server's own page, or have the origin allowed
├── RateExceeded         wait `retry_after` seconds
├── QuotaExceeded        wait until the day is over
├── SessionFull          go on in a new session
├── EncodingRefused      send the body uncompressed
├── AddressTooLong       send a shorter address
├── NestedTooDeeply      send a flatter body
├── NoReceipt            there is no kept answer that a receipt could be made of
├── NoFeedback           nothing was said of the answer
└── SigningUnavailable   an operator must look after the key that signs receipts
"""

from __future__ import annotations

from server.errors import RunError


class Unauthenticated(RunError):
    """Nobody known makes this request."""

    code = "unauthenticated"
    message = "A valid key or token is needed: send it as `Authorization: Bearer …`."


class KeyRefused(Unauthenticated):
    """Somebody signs in with what is worth nothing."""

    code = "key_refused"
    message = "This key is not valid here: it is mistyped, has ended or was revoked."


class KeyTooLong(RunError):
    """A token fits into no cookie."""

    code = "key_too_long"
    message = "This token is too long for a browser to keep. Send it as `Authorization: Bearer …`."


class AuthUnavailable(RunError):
    """Keys cannot be looked up now."""

    code = "auth_unavailable"
    message = "Who you are cannot be checked right now. Ask again later."
    retryable = True
    retry_after = 5.0


class HostRefused(RunError):
    """The server is asked by a name or from a place that is not its own."""

    code = "host_refused"
    message = (
        "This server answers on its own machine only. Set up accounts, or name the host in allowed_hosts."
    )


class CrossSiteRefused(RunError):
    """Another site's page makes this request."""

    code = "cross_site"
    message = "Pages of other sites may not ask here."


class RateExceeded(RunError):
    """The caller has asked too often within a minute."""

    code = "rate_exceeded"
    message = "Too many requests within a minute. Wait and ask again."
    retryable = True


class QuotaExceeded(RunError):
    """The caller has used the day's tokens."""

    code = "quota_exceeded"
    message = "The tokens of the day are used up. Ask again tomorrow."
    retryable = True


class SessionFull(RunError):
    """The session holds as many questions as it may."""

    code = "session_full"
    message = "This session holds as many questions as it may. Go on in a new one."


class EncodingRefused(RunError):
    """The body is compressed."""

    code = "encoding_refused"
    message = "Send the request body uncompressed."


class AddressTooLong(RunError):
    """The address of the request is too long."""

    code = "address_too_long"
    message = "The address of the request is too long."


class NestedTooDeeply(RunError):
    """The body is nested deeper than the server reads."""

    code = "body_nested"
    message = "The request body is nested too deeply."


class NoReceipt(RunError):
    """The run has no kept answer."""

    code = "receipt_not_available"
    message = "There is no kept answer of this run, so there is nothing to sign."


class NoFeedback(RunError):
    """Nothing was said of the answer."""

    code = "feedback_not_found"
    message = "Nothing was said of this answer yet."


class SigningUnavailable(RunError):
    """The key that signs receipts cannot be used."""

    code = "signing_unavailable"
    message = "Receipts cannot be signed on this server right now."
