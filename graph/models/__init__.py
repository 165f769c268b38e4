"""Chat models: Qwen on DashScope, any OpenAI-compatible endpoint, or the offline analyst."""

from __future__ import annotations

from importlib import import_module

from langchain_core.language_models import BaseChatModel

from graph.models.offline import OfflineAnalyst
from graph.settings import AgentSettings


def build_model(settings: AgentSettings) -> BaseChatModel:
    """Build the model that the settings ask for: `model_url` first, then DashScope, else offline.

    The live kinds live in modules that are imported only when they are used: DashScope's SDK alone takes
    longer to import than the rest of the analyst.
    """
    if settings.mode == "offline":
        return OfflineAnalyst(pace=settings.offline_pace_ms / 1000, max_tokens=settings.max_tokens)
    kind = "compatible" if settings.model_url is not None else "qwen"
    model: BaseChatModel = import_module(f"graph.models.{kind}").build(settings)
    return model
