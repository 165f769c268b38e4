"""What a config says: where a checkpoint stands, what may be kept of it, and what a save may follow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import CheckpointMetadata

from server.checkpoints.names import ROOT, field_of, namespace_key, range_of, session_key

LATEST = "__latest"  # in a config: its checkpoint was read as the latest, so a turn on it must be the next
_IN_RUN = "__pregel_runtime"  # in a config: LangGraph is running a graph


@dataclass(frozen=True)
class Place:
    """Where a config points: the session, the namespace and, where it names one, the checkpoint."""

    session: str
    thread_id: str
    namespace_id: str
    namespace: str
    checkpoint_id: str | None

    @property
    def range(self) -> tuple[str, str]:
        """Give the fields that the config means: one, or all of its namespace."""
        if self.checkpoint_id is None:
            return range_of(self.namespace)
        field = field_of(self.namespace, self.checkpoint_id)
        return field, field + "\0"

    def config(self, checkpoint_id: str, **more: Any) -> RunnableConfig:
        """Give the config of a checkpoint beside this one."""
        return {
            "configurable": {
                "thread_id": self.thread_id,
                "checkpoint_ns": self.namespace_id,
                "checkpoint_id": checkpoint_id,
                **more,
            }
        }


def place_of(config: RunnableConfig, tenant: str) -> Place:
    """Read a config.

    Raises:
        TypeError: an id is no string.
        ValueError: an id is too long, or no text.
    """
    configurable = config["configurable"]
    thread_id, namespace = configurable["thread_id"], configurable.get("checkpoint_ns", "")
    session, hashed = session_key(thread_id, tenant), namespace_key(namespace)
    return Place(session, thread_id, namespace, hashed, configurable.get("checkpoint_id"))


def kept_metadata(metadata: CheckpointMetadata, config: RunnableConfig) -> dict[str, Any]:
    """Give the metadata to keep: LangGraph's and the run's id, never what `configurable` holds besides.

    A caller's keys and secrets travel in `configurable`; LangGraph's own savers store them.
    """
    configurable = config["configurable"]
    own = CheckpointMetadata.__annotations__
    kept = {key: value for key, value in metadata.items() if key in own or key not in configurable}
    for source in (configurable, config.get("metadata") or {}):
        if isinstance(run_id := source.get("run_id"), str):
            kept.setdefault("run_id", run_id)
    return kept


def expected_field(place: Place, config: RunnableConfig) -> str | None:
    """Give the field that must be the latest for a turn to follow it; nothing for forks and subgraphs."""
    configurable = config["configurable"]
    if place.namespace != ROOT:
        return None
    if place.checkpoint_id is None:
        return "" if _IN_RUN in configurable else None
    return field_of(ROOT, place.checkpoint_id) if configurable.get(LATEST) is True else None
