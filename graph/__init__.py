"""The analyst: a LangGraph state graph that answers with figures that code has checked."""

import os

# Read once by langgraph at its first import: stored bytes may then not name functions to call.
os.environ.setdefault("LANGGRAPH_STRICT_MSGPACK", "true")
