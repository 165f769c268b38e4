"""What the graph is built with, and what one run may choose."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, Literal

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage
from langchain_core.runnables import Runnable
from langchain_core.tools import BaseTool
from pydantic import BaseModel, ConfigDict, Field

from graph.market.provider import MarketData
from graph.prompting import PromptLibrary
from graph.settings import MAX_TOKENS_CEILING, AgentSettings
from graph.sheets import Sheets

Language = Literal["auto", "en", "zh"]


class Options(BaseModel):
    """The choices of one run, as JSON."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    language: Language = Field(
        default="auto", title="Language", description="Language of the answer; auto follows the question."
    )
    max_tokens: int | None = Field(
        default=None,
        ge=1,
        le=MAX_TOKENS_CEILING,
        title="Most tokens",
        description="Most tokens of the answer, 1 to 3000; empty for the configured number.",
    )
    model: str | None = Field(
        default=None, title="Model", description="One of the configured models; empty for the default."
    )


def utc_now() -> datetime:
    """Tell the time, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Deps:
    """Everything the nodes use from outside, bound when the graph is built."""

    settings: AgentSettings
    model: BaseChatModel
    market: MarketData
    tools: Mapping[str, BaseTool]
    prompts: PromptLibrary
    clock: Callable[[], datetime] = utc_now
    sheets: Sheets = field(default_factory=Sheets)

    @cached_property
    def model_with_tools(self) -> Runnable[Any, AIMessage]:
        """Give the model with every tool bound; their schemas are written out once, not for each question."""
        return self.model.bind_tools(list(self.tools.values()))

    async def aclose(self) -> None:
        """Close the connections of a model that holds some."""
        aclose = getattr(self.model, "aclose", None)
        if aclose is not None:
            await aclose()

    @property
    def model_name(self) -> str:
        """Name the model that answers unless a run chooses another."""
        return self.settings.model_names[0]
