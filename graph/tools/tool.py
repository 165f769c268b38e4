"""The kind of LangChain tool that the analyst has: plain arguments, none of them injected."""

# Not `from __future__ import annotations`: LangChain reads those of `_arun` at every call, and evaluates
# them each time where they are text.

from typing import Any

from langchain_core.tools import StructuredTool


class MarketTool(StructuredTool):
    """A tool that is one coroutine over its validated arguments, and takes neither a config nor callbacks.

    It is called, traced and refused as any `StructuredTool`; what such a tool finds out about its function
    anew at each call is settled here, for every question calls several.
    """

    async def _arun(self, *args: Any, **kwargs: Any) -> Any:
        if self.coroutine is None:
            raise TypeError(f"{self.name} has no coroutine: build it with `coroutine=`")
        return await self.coroutine(*args, **kwargs)

    def _filter_injected_args(self, tool_input: dict[str, Any]) -> dict[str, Any]:
        return tool_input
