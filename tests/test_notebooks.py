"""The notebooks, run from their first cell to the last, as a reader would run them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from tests.servers import serving

FOLDER = Path(__file__).parents[1] / "notebooks"
NAMES = sorted(path.name for path in FOLDER.glob("*.ipynb"))


@pytest.fixture
def stores() -> Iterator[dict[str, str]]:
    with ExitStack() as stack:
        redis, mongo = (stack.enter_context(serving(kind)) for kind in ("redis", "mongo"))
        yield {"REDIS_URL": redis.url, "MONGODB_URL": mongo.url}


def run(name: str, folder: Path, **variables: str) -> Any:
    """Run a notebook in a folder and give it with its outputs."""
    notebook = nbformat.read(FOLDER / name, as_version=4)  # type: ignore[no-untyped-call]
    own = {each: str(folder / each.lower()) for each in ("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "MPLCONFIGDIR")}
    environment = {**os.environ, **own, "PYTHONPATH": str(FOLDER.parent), **variables}
    client = NotebookClient(notebook, timeout=50, resources={"metadata": {"path": str(folder)}})
    with client.setup_kernel(env=environment):
        for index, cell in enumerate(notebook.cells):
            client.execute_cell(cell, index)
    return notebook


def outputs(notebook: Any, kind: str) -> list[Any]:
    """Give the outputs of a MIME type, and for `stream` what was printed."""
    every = [output for cell in notebook.cells for output in cell.get("outputs", ())]
    if kind == "stream":
        return [output["text"] for output in every if output["output_type"] == "stream"]
    return [output["data"][kind] for output in every if kind in output.get("data", {})]


@pytest.mark.timeout(180)
def test_the_quickstart_runs(tmp_path: Path) -> None:
    notebook = run("quickstart.ipynb", tmp_path)
    shown = "".join(outputs(notebook, "text/html"))
    assert "Insights &amp; Action" in shown
    assert " supported</span>" in shown
    assert outputs(notebook, "image/png"), "the chart"
    printed = "".join(outputs(notebook, "stream"))
    assert [printed.count(title) for title in ("VERDICT", "EVIDENCE", "INSIGHTS", "CAVEAT")] == [1] * 4
    assert "['Is AAPL a buy?', 'And its risk?']" in outputs(notebook, "text/plain")
    assert notebook.cells[-1]["outputs"][0]["data"]["text/plain"] in ("0", "-15"), "the server has ended"


@pytest.mark.timeout(180)
def test_the_checkpointers_run_on_every_store(tmp_path: Path, stores: dict[str, str]) -> None:
    notebook = run("checkpointers.ipynb", tmp_path, **stores)
    printed = "".join(outputs(notebook, "stream"))
    for line in ("12 82 [100, -30, 12]", "memory 70", "redis 70", "mongodb 70", "KiB for 50 turns"):
        assert line in printed


def test_every_notebook_is_run_here() -> None:
    assert NAMES == ["checkpointers.ipynb", "quickstart.ipynb"]
