"""What is kept of each run beside its turn: whose it is, with which choices, what it took.

The turn itself stands in the session; a receipt is made of both. Kept when the run ends, so that it does
not depend on the run's log.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from graph.deps import Deps, Options
from graph.events import EndEvent, RunEvent, UsageEvent
from server.access.rates import Rates
from server.shelf import Record, Shelf

RUN, FEEDBACK = "run", "feedback"


class Keeper:
    """Keeps what a run took, and charges its caller for the tokens."""

    def __init__(self, deps: Deps, shelf: Shelf, rates: Rates) -> None:
        self._deps = deps
        self._shelf = shelf
        self._rates = rates
        self._expected: dict[str, tuple[str, Options]] = {}

    def expect(self, run_id: str, owner: str, options: Options) -> None:
        """Remember whose a run is until it ends."""
        self._expected[run_id] = (owner, options)

    async def keep(self, run: RunEvent, usage: UsageEvent | None, end: EndEvent) -> None:
        """Keep what is known of a run that ends.

        Raises:
            StoreUnavailable: it could not be kept, or the tokens not be counted.
        """
        owner, options = self._expected.pop(run.run_id, (None, Options()))
        if owner is None:
            return
        prompt = self._deps.prompts.get("analyst")
        settings = self._deps.settings
        tokens = None if usage is None else {"in": usage.input_tokens, "out": usage.output_tokens}
        record: Record = {
            "owner": owner,
            "session_id": run.session_id,
            "status": end.status,
            "reason": end.reason,
            "model": run.model,
            "mode": run.mode,
            "prompt": run.prompt,
            "prompt_sha256": prompt.sha256 if prompt.tag == run.prompt else None,
            "parameters": {
                "max_tokens": options.max_tokens or settings.max_tokens,
                "temperature": settings.temperature if run.mode == "live" else None,
                "language": options.language,
                "history_turns": settings.history_turns,
            },
            "tokens": tokens,
            "seconds": usage.seconds if usage else None,
            "first_token_seconds": usage.first_token_seconds if usage else None,
            "created_at": run.created_at,
            "ended_at": datetime.now(UTC).isoformat(timespec="milliseconds"),
        }
        await self._shelf.put(RUN, run.run_id, record)
        if usage is not None:
            await self._rates.spend(owner, usage.input_tokens + usage.output_tokens)


async def forget_runs(shelf: Shelf, run_ids: list[str]) -> None:
    """Forget what is kept of runs, and what was said of them."""
    await shelf.remove(RUN, *run_ids)
    await shelf.remove(FEEDBACK, *run_ids)


async def feedback_of(shelf: Shelf, run_id: str) -> dict[str, Any] | None:
    """Give what was said of a run."""
    return await shelf.get(FEEDBACK, run_id)
