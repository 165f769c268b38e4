"""LangGraph's view of a store: configs and checkpoints in, checkpoints and their writes out."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, cast

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import (
    WRITES_IDX_MAP,
    ChannelVersions,
    Checkpoint,
    CheckpointMetadata,
    CheckpointTuple,
    DeltaChannelHistory,
    PendingWrite,
)

from server.checkpoints.access import Access, Loaded
from server.checkpoints.blocking import BlockingMethods
from server.checkpoints.format import Decoder, Encoder, MissingItem
from server.checkpoints.names import EVERYTHING, field_of, range_of, run_key, session_key, write_key
from server.checkpoints.places import LATEST, Place, expected_field, kept_metadata, place_of
from server.checkpoints.store import Write
from server.errors import StoreUnavailable


class Checkpointer(BlockingMethods):
    """Keeps the states of a graph's sessions in a store; `tenant` sets apart what shares one.

    Every method raises `StoreUnavailable` when the store fails, `StoreDamaged` when its bytes are not what
    was written, TypeError or ValueError for an id that is none, and a save raises `SessionMoved` when two
    turns were made on one checkpoint.
    """

    def __init__(self, access: Access, tenant: str = "") -> None:
        super().__init__()
        self._access = access
        self._tenant = tenant
        self._loop = asyncio.get_running_loop()

    def get_next_version(self, current: str | None, channel: None) -> str:
        """Give the version after another, as text that sorts."""
        return f"{int(str(current or 0).partition('.')[0]) + 1:012d}"

    async def aget_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        """Give a checkpoint with its pending writes in the order of `writes_sort_key`, or the latest."""
        place = self._place(config)
        latest = place.checkpoint_id is None
        loaded = await self._access.load(place.session, place.namespace, *place.range, latest)
        return self._tuple(loaded, {LATEST: latest}) if loaded is not None else None

    async def alist(
        self,
        config: RunnableConfig | None,
        *,
        filter: dict[str, Any] | None = None,
        before: RunnableConfig | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[CheckpointTuple]:
        """Give the checkpoints that match, the latest first; without a config, those of every session."""
        count = 0
        bound = before["configurable"].get("checkpoint_id") if before else None
        for session, low, high in await self._ranges(config, bound):
            if limit is not None and count >= limit:
                return
            known = None if filter or bound or limit is None else limit - count
            async for loaded in self._access.history(session, low, high, known):
                found = self._tuple(loaded)
                if bound is not None and found.checkpoint["id"] >= bound:
                    continue
                if any(found.metadata.get(key) != value for key, value in (filter or {}).items()):
                    continue
                if session != session_key(found.config["configurable"]["thread_id"], self._tenant):
                    break  # another tenant's
                yield found
                count += 1
                if limit is not None and count >= limit:
                    return

    async def aput(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> RunnableConfig:
        """Keep a checkpoint; the one that the config names is its parent."""
        place = self._place(config)
        field = field_of(place.namespace, checkpoint["id"])
        encoder = Encoder(self.serde)
        slots = [encoder.add(name, value) for name, value in checkpoint["channel_values"].items()]
        kept = kept_metadata(metadata, config)
        run_id = kept.get("run_id")
        record = encoder.record(
            {
                "thread": place.thread_id,
                "namespace": place.namespace_id,
                "parent": place.checkpoint_id,
                "checkpoint": {name: each for name, each in checkpoint.items() if name != "channel_values"},
                "metadata": kept,
                "slots": slots,
            }
        )
        await self._access.save(
            place.session,
            place.namespace,
            field,
            encoder,
            record=record,
            expect=expected_field(place, config),
            run=run_key(run_id, self._tenant) if isinstance(run_id, str) else None,
        )
        return place.config(checkpoint["id"])

    async def aput_writes(
        self, config: RunnableConfig, writes: Sequence[tuple[str, Any]], task_id: str, task_path: str = ""
    ) -> None:
        """Keep pending writes of a checkpoint; the first of a task's stand, errors and interrupts change."""
        place = self._place(config)
        field = field_of(place.namespace, place.checkpoint_id)
        kept: list[Write] = []
        every = Encoder(self.serde)
        for position, (channel, value) in enumerate(writes):
            index = WRITES_IDX_MAP.get(channel, position)
            encoder = Encoder(self.serde)
            stored = encoder.record({"task": task_id, "slots": [encoder.add(channel, value)]})
            every.take(encoder)
            kept.append(Write(write_key(field, task_path, task_id, index), stored, index < 0))
        await self._access.save(place.session, place.namespace, field, every, writes=tuple(kept))

    async def adelete_thread(self, thread_id: str) -> None:
        """Drop a session."""
        await self._access.delete(session_key(thread_id, self._tenant))

    async def adelete_for_runs(self, run_ids: Sequence[str]) -> None:
        """Drop the checkpoints that some runs made; this reads the sessions of those runs."""
        runs = set(run_ids)
        found = [await self._access.sessions_of(run_key(run_id, self._tenant)) for run_id in runs]
        for session in {session for each in found for session in each}:
            fields = [
                loaded.entry.field
                async for loaded in self._access.history(session, *EVERYTHING, items=False)
                if self._decoder(loaded).body["metadata"].get("run_id") in runs
            ]
            if fields:
                await self._access.forget(session, fields)

    async def acopy_thread(self, source_thread_id: str, target_thread_id: str) -> None:
        """Copy a session's checkpoints and writes to another."""
        source, target = (session_key(each, self._tenant) for each in (source_thread_id, target_thread_id))
        if source == target:
            return
        async for loaded in self._access.history(source, *EVERYTHING):
            body = self._decoder(loaded).body | {"thread": target_thread_id}
            copy = Encoder.of(self.serde, loaded.entry.record, loaded.items)
            record = copy.record(body)
            writes = tuple(Write(key, value, True) for key, value in loaded.entry.writes.items())
            for write in writes:
                copy.take(Encoder.of(self.serde, write.value, loaded.items))
            field = loaded.entry.field
            namespace = field.partition("/")[0]
            run_id = body["metadata"].get("run_id")
            run = run_key(run_id, self._tenant) if isinstance(run_id, str) else None
            await self._access.save(target, namespace, field, copy, record=record, writes=writes, run=run)

    async def aprune(self, thread_ids: Sequence[str], *, strategy: str = "keep_latest") -> None:
        """Drop all but the latest checkpoint of each namespace and what it is built on, or all (`delete`)."""
        if strategy not in ("keep_latest", "delete"):
            raise ValueError(f"strategy is {strategy!r}: use keep_latest or delete")
        for thread_id in thread_ids:
            session = session_key(thread_id, self._tenant)
            if strategy == "delete":
                await self._access.delete(session)
            elif fields := await self._superseded(session):
                await self._access.forget(session, fields)

    async def aget_delta_channel_history(
        self, *, config: RunnableConfig, channels: Sequence[str]
    ) -> Mapping[str, DeltaChannelHistory]:
        """Give the writes of channels since their last stored value, oldest first, a page in a round trip."""
        place = self._place(config)
        target = await self._access.load(place.session, place.namespace, *place.range, False)
        result: dict[str, DeltaChannelHistory] = {name: {"writes": []} for name in channels}
        if target is None or not channels:
            return result
        wanted, parent = set(channels), self._decoder(target).body["parent"]
        low, high = range_of(place.namespace)[0], target.entry.field
        async for loaded in self._access.history(place.session, low, high):
            if parent is None or not wanted:
                break
            if loaded.entry.field != field_of(place.namespace, parent):
                continue
            for write in reversed(self._writes(loaded)):
                if write[1] in wanted:
                    result[write[1]]["writes"].insert(0, write)
            decoder = self._decoder(loaded)
            parent = decoder.body["parent"]
            for name, value in decoder.values(decoder.body["slots"], wanted).items():
                result[name]["seed"] = value
                wanted.discard(name)
        return result

    async def _superseded(self, session: str) -> list[str]:
        """Name the checkpoints that the latest of each namespace does not need.

        A checkpoint keeps of a delta channel only that it changed: its value is in an ancestor and in the
        writes since, so the line back to that ancestor is needed too.
        """
        superseded: list[str] = []
        needs: dict[str, tuple[str | None, set[str]]] = {}  # namespace -> parent, channels without a value
        async for loaded in self._access.history(session, *EVERYTHING, items=False):
            namespace, _, checkpoint_id = loaded.entry.field.partition("/")
            body = self._decoder(loaded).body
            stored = {slot[0] for slot in body["slots"]}
            if namespace not in needs:
                deltas = set(body["metadata"].get("counters_since_delta_snapshot") or ())
                needs[namespace] = body["parent"], deltas - stored
            elif needs[namespace][1] and needs[namespace][0] == checkpoint_id:
                needs[namespace] = body["parent"], needs[namespace][1] - stored
            else:
                superseded.append(loaded.entry.field)
        return superseded

    async def _ranges(self, config: RunnableConfig | None, bound: str | None) -> list[tuple[str, str, str]]:
        if config is None:
            return [(session, *EVERYTHING) for session in await self._access.sessions()]
        place = self._place(config)
        if place.checkpoint_id is None and "checkpoint_ns" not in config["configurable"]:
            return [(place.session, *EVERYTHING)]
        low, high = place.range
        return [(place.session, low, min(high, field_of(place.namespace, bound)) if bound else high)]

    def _place(self, config: RunnableConfig) -> Place:
        return place_of(config, self._tenant)

    def _decoder(self, loaded: Loaded) -> Decoder:
        return Decoder(self.serde, loaded.entry.record, loaded.items)

    def _tuple(self, loaded: Loaded, more: Mapping[str, Any] | None = None) -> CheckpointTuple:
        decoder = self._decoder(loaded)
        body = decoder.body
        try:
            values, writes = decoder.values(body["slots"]), self._writes(loaded)
        except MissingItem as fault:
            raise StoreUnavailable(f"{loaded.entry.field} is not complete") from fault
        place = Place("", body["thread"], body["namespace"], "", None)
        return CheckpointTuple(
            config=place.config(body["checkpoint"]["id"], **(more or {})),
            checkpoint=cast(Checkpoint, {**body["checkpoint"], "channel_values": values}),
            metadata=body["metadata"],
            parent_config=place.config(body["parent"]) if body["parent"] else None,
            pending_writes=writes,
        )

    def _writes(self, loaded: Loaded) -> list[PendingWrite]:
        found: list[PendingWrite] = []
        for _, value in sorted(loaded.entry.writes.items()):
            decoder = Decoder(self.serde, value, loaded.items)
            (written,) = decoder.values(decoder.body["slots"]).items()
            found.append((decoder.body["task"], *written))
        return found
