"""What can go wrong, one type per reaction of the caller.

AgentError
├── InvalidQuestion        the caller must change the question or an option
├── ModelError
│   ├── ModelBusy               try again after `retry_after` seconds
│   ├── ModelRefused            the model will not answer this question: ask another
│   │   └── ModelInspected      … which turned out while it was answering: what was written is partial
│   ├── ModelMisconfigured      an operator must change a setting
│   │   └── ModelQuotaExceeded  … or pay: the account has nothing left
│   └── ModelUnavailable        try again later; the fault is not the caller's
│       ├── ModelConnectTimeout, ModelFirstTokenTimeout, ModelIdleTimeout, ModelTotalTimeout
│       └── ModelCutOff         the answer broke off; what was written is partial
└── MarketError
    ├── NotFound           the provider works and knows no such symbol
    ├── RateLimited        try again after `retry_after` seconds
    ├── Unavailable        the provider cannot be reached or failed
    └── Malformed          the provider answered something that is no data

`str(error)` is for operators' logs; `message` is the sentence that a user may see, and never holds
another exception's text, a key or an address.
"""

from __future__ import annotations


class AgentError(Exception):
    """An expected failure with a code and a sentence for the user."""

    code = "agent_error"
    message = "The analyst could not finish this answer."
    retryable = False
    retry_after: float | None = None

    def __init__(
        self, detail: str = "", *, message: str | None = None, retry_after: float | None = None
    ) -> None:
        super().__init__(detail or self.message)
        if message is not None:
            self.message = message
        if retry_after is not None:
            self.retry_after = retry_after


class InvalidQuestion(AgentError):
    """The question or an option of it cannot be used as it is."""

    code = "question_invalid"
    message = "The question cannot be used as it is."


class ModelError(AgentError):
    """The language model did not give an answer."""

    code = "model_error"
    message = "The language model did not give an answer."


class ModelBusy(ModelError):
    """The model's service is at its limit; the same question will work later."""

    code = "model_busy"
    message = "The language model is at its limit. Ask again in a moment."
    retryable = True
    retry_after = 10.0


class ModelRefused(ModelError):
    """The model's service will not answer this question."""

    code = "model_refused"
    message = "The language model's content inspection refused this question. Put it in other words."


class ModelMisconfigured(ModelError):
    """The key, the model's name or the account must be changed by an operator."""

    code = "model_misconfigured"
    message = "The language model is not set up correctly. Run `financial-agent check` on the server."


class ModelUnavailable(ModelError):
    """The model's service failed or cannot be reached."""

    code = "model_unavailable"
    message = "The language model cannot be reached. Ask again later."
    retryable = True


class ModelInspected(ModelRefused):
    """Content inspection broke an answer off that had begun."""

    code = "model_inspected"
    message = "The language model's content inspection broke the answer off. What is shown is only a part."


class ModelQuotaExceeded(ModelMisconfigured):
    """The account has no quota or money left."""

    code = "model_quota_exceeded"
    message = "The language model's account has no quota left. Its owner must renew it."


class ModelConnectTimeout(ModelUnavailable):
    """No connection to the model's service in time."""

    code = "model_connect_timeout"
    message = "The language model's service did not accept a connection in time. Ask again later."


class ModelFirstTokenTimeout(ModelUnavailable):
    """The model did not begin its answer in time."""

    code = "model_first_token_timeout"
    message = "The language model did not begin its answer in time. Ask again later."


class ModelIdleTimeout(ModelUnavailable):
    """The model fell silent in the middle of its answer."""

    code = "model_idle_timeout"
    message = "The language model fell silent in the middle of its answer. What is shown is only a part."


class ModelTotalTimeout(ModelUnavailable):
    """The answer took longer than an answer may."""

    code = "model_total_timeout"
    message = "The language model took too long to finish its answer. What is shown is only a part."


class ModelCutOff(ModelUnavailable):
    """The answer broke off before the model said that it was finished."""

    code = "model_cut_off"
    message = "The language model's answer broke off before it was finished. What is shown is only a part."


class MarketError(AgentError):
    """A market data provider did not give data."""

    code = "market_error"
    message = "Market data could not be read."


class NotFound(MarketError):
    """The provider works and knows no such symbol."""

    code = "symbol_not_found"
    message = "No configured data provider knows this symbol."


class RateLimited(MarketError):
    """The provider is at its limit."""

    code = "market_rate_limited"
    message = "The data provider is at its limit. Ask again in a moment."
    retryable = True
    retry_after = 30.0


class Unavailable(MarketError):
    """The provider failed or cannot be reached: nothing is known about the symbol."""

    code = "market_unavailable"
    message = "The data provider cannot be reached. Ask again later."
    retryable = True


class Malformed(MarketError):
    """The provider answered something that is no data."""

    code = "market_malformed"
    message = "The data provider answered something that could not be read."
