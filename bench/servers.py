"""The servers that ours is compared with: `python -m bench.servers raw|graph PORT PACE_MS TEXT_FILE`.

Both stream the text that ours writes, cut into the same tokens, and do nothing else.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Literal

import orjson
import uvicorn
from fastapi import APIRouter, FastAPI
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

from bench.processes import HOST
from graph.models.offline import split_tokens

LIVE = "/live"


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


async def _live(_: Request) -> Response:
    return PlainTextResponse("ok")


def main(kind: str, port: str, pace_ms: str, text_file: str) -> None:
    """Serve one of the apps in the way that ours is served."""
    tokens = split_tokens(Path(text_file).read_text(encoding="utf-8"))
    build = {"raw": raw_app, "graph": graph_app}[kind]
    app = build(tokens, float(pace_ms) / 1000)
    uvicorn.run(app, host=HOST, port=int(port), log_level="warning", log_config=None, timeout_keep_alive=30)


if __name__ == "__main__":
    main(*sys.argv[1:])
