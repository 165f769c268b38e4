"""One answer over a chain of models: tries again, goes on to the next model, leaves failing ones alone."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncGenerator, Callable, MutableMapping
from contextlib import aclosing
from dataclasses import dataclass

from langchain_core.outputs import ChatGenerationChunk

from graph.errors import ModelError, ModelFirstTokenTimeout, ModelMisconfigured, ModelUnavailable
from graph.models.dashscope_call import Call, Limits
from graph.models.dashscope_chunks import ChunkBuilder
from graph.models.resilience import CircuitBreaker, backoff, may_pass


@dataclass
class Answer:
    """An answer that is asked for; `stream` gives its chunks.

    Only until the first token: what was shown cannot be taken back, so from then on a fault ends the answer.
    """

    models: tuple[str, ...]
    call: Callable[[str], Call]
    limits: Callable[[str], Limits]
    tries: int
    breakers: MutableMapping[str, CircuitBreaker]
    rng: random.Random
    shown: bool = False

    async def stream(self, total_seconds: float) -> AsyncGenerator[ChatGenerationChunk]:
        """Stream from the first model that begins an answer; a question that is refused goes to no other.

        Raises:
            ModelError: no model answered, or the one that began did not finish.
        """
        deadline = asyncio.get_running_loop().time() + total_seconds
        failure: ModelError | None = None
        for position, name in enumerate(self.models):
            breaker = self.breakers.setdefault(name, CircuitBreaker())
            if (refusal := breaker.refusal(name)) is not None:
                failure = _worse(failure, refusal)
                continue
            is_last = position + 1 == len(self.models)
            try:
                async with aclosing(self._attempts(name, deadline, is_last)) as chunks:
                    async for chunk in chunks:
                        yield chunk
            except ModelError as fault:
                breaker.failed(fault)
                if self.shown or not (may_pass(fault) or isinstance(fault, ModelMisconfigured)):
                    raise
                failure = _worse(failure, fault)
            else:
                breaker.succeeded()
                return
        raise failure or ModelUnavailable("no model to ask")

    async def _attempts(
        self, name: str, deadline: float, is_last: bool
    ) -> AsyncGenerator[ChatGenerationChunk]:
        """Stream from one model; what can pass is tried again as long as nothing was shown."""
        clock = asyncio.get_running_loop().time
        for attempt in range(self.tries):
            builder = ChunkBuilder(name)
            try:
                async with aclosing(self.call(name).frames(self.limits(name), deadline, builder)) as frames:
                    async for choices in frames:
                        chunk = builder.take(choices)
                        self.shown = builder.shown
                        if chunk is not None:
                            yield chunk
                yield builder.finish()
            except ModelError as fault:
                wait = backoff(attempt, self.rng)
                # A model that does not begin has cost its whole limit: another one is the better chance.
                goes_on = isinstance(fault, ModelFirstTokenTimeout) and not is_last
                late = clock() + wait >= deadline
                if self.shown or goes_on or late or attempt + 1 == self.tries or not may_pass(fault):
                    raise builder.told(fault) from fault.__cause__
                await asyncio.sleep(wait)
            else:
                return


def _worse(first: ModelError | None, second: ModelError) -> ModelError:
    """Choose what to tell of two models' failures: the first, unless only the second can pass."""
    return second if first is None or (may_pass(second) and not may_pass(first)) else first
