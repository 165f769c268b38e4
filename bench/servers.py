"""The servers that ours is compared with: `python -m bench.servers raw|graph|naive PORT PACE_MS TEXT_FILE`.

All stream the text that ours writes, cut into the same tokens, and do nothing else; `naive` has it of
`dashscope`, a stand-in for the model's service.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any, Literal

import orjson
import uvicorn
from fastapi import APIRouter, FastAPI
from langchain_community.chat_models.tongyi import ChatTongyi
from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGenerationChunk, ChatResult
from langgraph.graph import END, START, MessagesState, StateGraph
from langserve import add_routes
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp

from bench.processes import HOST
from graph.models.offline import split_tokens
from tests.fake_dashscope.replies import frame

LIVE = "/live"
_GENERATION = "/services/aigc/text-generation/generation"


def raw_app(tokens: list[str], pace: float) -> Starlette:
    """Build an app that writes each token as a server-sent event, with nothing between."""

    async def frames(count: int) -> AsyncIterator[bytes]:
        for token in tokens[:count]:
            await asyncio.sleep(pace)
            yield b"data:%b\n\n" % orjson.dumps({"text": token})
        yield b"event:end\n\n"

    async def stream(request: Request) -> StreamingResponse:
        count: int = (await request.json())["tokens"]
        return StreamingResponse(frames(count), media_type="text/event-stream")

    return Starlette(routes=[Route(LIVE, _live), Route("/stream", stream, methods=["POST"])])


class Recitation(BaseChatModel):
    """Recites as many tokens of a text as its last message asks for."""

    tokens: list[str]
    pace: float = 0.0

    @property
    def _llm_type(self) -> str:
        return "recitation"

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        raise RuntimeError("it only streams")

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        chosen = self.tokens[: int(messages[-1].text)]
        for position, token in enumerate(chosen, start=1):
            await asyncio.sleep(self.pace)
            last: Literal["last"] | None = "last" if position == len(chosen) else None
            chunk = ChatGenerationChunk(message=AIMessageChunk(content=token, chunk_position=last))
            if run_manager:
                await run_manager.on_llm_new_token(token, chunk=chunk)
            yield chunk


def graph_app(tokens: list[str], pace: float) -> FastAPI:
    """Build an app that mounts a graph of one node on LangServe, without a checkpointer."""
    model = Recitation(tokens=tokens, pace=pace)

    async def recite(state: MessagesState) -> dict[str, Any]:
        return {"messages": [await model.ainvoke(state["messages"])]}

    builder = StateGraph(MessagesState)
    builder.add_node("recite", recite)
    builder.add_edge(START, "recite")
    builder.add_edge("recite", END)
    router = APIRouter()
    add_routes(router, builder.compile(name="recitation"), path="/graph")
    app = FastAPI()
    app.include_router(router)
    app.router.routes.append(Route(LIVE, _live))
    return app


def dashscope_app(tokens: list[str], pace: float) -> Starlette:
    """Build a stand-in for DashScope that recites as many tokens as its last message asks for."""

    async def frames(count: int) -> AsyncIterator[bytes]:
        for number, token in enumerate(tokens[:count], start=1):
            await asyncio.sleep(pace)
            reason = "stop" if number == min(count, len(tokens)) else "null"
            yield frame({"role": "assistant", "content": token}, reason, number)

    async def generate(request: Request) -> StreamingResponse:
        count = int((await request.json())["input"]["messages"][-1]["content"])
        return StreamingResponse(frames(count), media_type="text/event-stream")

    return Starlette(routes=[Route(LIVE, _live), Route(f"/api/v1{_GENERATION}", generate, methods=["POST"])])


def naive_app(model_url: str) -> FastAPI:
    """Build what is written first: FastAPI streams ChatTongyi from a generator; the run is the connection."""
    app = FastAPI()

    async def frames(count: int) -> AsyncIterator[str]:
        model = ChatTongyi(
            model="qwen-plus",
            api_key="sk-stand-in-not-a-real-key",
            streaming=True,
            model_kwargs={"base_address": model_url},
        )
        async for chunk in model.astream(str(count)):
            yield f"data:{json.dumps({'text': chunk.content}, ensure_ascii=False)}\n\n"
        yield "event:end\n\n"

    async def stream(request: Request) -> Response:
        count: int = (await request.json())["tokens"]
        return StreamingResponse(frames(count), media_type="text/event-stream")

    app.add_api_route("/stream", stream, methods=["POST"])
    app.router.routes.append(Route(LIVE, _live))
    return app


async def _live(_: Request) -> Response:
    return PlainTextResponse("ok")


def main(kind: str, port: str, pace_ms: str, text_file: str, model_url: str = "") -> None:
    """Serve one of the apps in the way that ours is served."""
    tokens = split_tokens(Path(text_file).read_text(encoding="utf-8"))
    builders: dict[str, Callable[[list[str], float], ASGIApp]] = {
        "raw": raw_app,
        "graph": graph_app,
        "dashscope": dashscope_app,
        "naive": lambda _, __: naive_app(model_url),
    }
    app = builders[kind](tokens, float(pace_ms) / 1000)
    uvicorn.run(app, host=HOST, port=int(port), log_level="warning", log_config=None, timeout_keep_alive=30)


if __name__ == "__main__":
    main(*sys.argv[1:])
