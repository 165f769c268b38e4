"""Any OpenAI-compatible endpoint: Ollama, vLLM, a gateway."""

from __future__ import annotations

from langchain.chat_models import init_chat_model
from langchain_core.language_models import BaseChatModel

from graph.errors import ModelMisconfigured
from graph.settings import AgentSettings


def build(settings: AgentSettings) -> BaseChatModel:
    """Build a streaming chat model for `settings.model_url`.

    Raises:
        ModelMisconfigured: no URL is configured.
    """
    if settings.model_url is None:
        raise ModelMisconfigured("FINANCIAL_AGENT_MODEL_URL is not set")
    key = settings.model_api_key.get_secret_value() if settings.model_api_key else "not-needed"
    return init_chat_model(
        settings.model,
        model_provider="openai",
        base_url=settings.model_url,
        api_key=key,
        temperature=settings.temperature,
        max_tokens=settings.max_tokens,
        streaming=True,
        stream_usage=True,
        timeout=180,
        max_retries=2,
    )
