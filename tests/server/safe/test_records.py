"""What is kept of an answer: its signed receipt, and what its reader said of it."""

from __future__ import annotations

import asyncio
import copy
import json
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from server.app import create_app
from server.settings import ServerSettings
from server.signing import KeyUnusable, ReceiptInvalid, open_signer, verify
from tests.live import LiveServer
from tests.server.conftest import Backend

Document = dict[str, Any]


def cli(*arguments: str, folder: Path, stdin: str = "", **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "server.cli", *arguments],
        capture_output=True,
        text=True,
        input=stdin,
        timeout=50,
        env={**os.environ, "FINANCIAL_AGENT_RECEIPT_KEY_FILE": f"{folder}/receipt.key", **variables},
    )


@pytest.fixture
def answered(settings: ServerSettings, tmp_path: Path) -> ServerSettings:
    return settings.model_copy(
        update={"receipt_key_file": f"{tmp_path}/keys/receipt.key", "run_ttl_seconds": 0.01}
    )


async def asked(client: httpx.AsyncClient, message: str, session: str = "s") -> str:
    answer = await client.post("/api/chat", json={"message": message, "session_id": session}, timeout=30)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["run_id"])


def client_of(app: Any) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost")


async def test_a_receipt_outlives_the_log_and_the_turns_after_it(answered: ServerSettings) -> None:
    app = create_app(answered)
    async with app.router.lifespan_context(app), client_of(app) as client:
        runs = [await asked(client, each) for each in ("Is AAPL a buy?", "And MSFT?", "What of IBM?")]
        await asyncio.sleep(0.05)
        assert (await client.get(f"/api/runs/{runs[0]}/events")).status_code == 410
        documents = [(await client.get(f"/api/runs/{each}/receipt")).json() for each in runs]
        transcript = (await client.get("/api/sessions/s")).json()["transcript"]
        events_of_session = {turn["run_id"]: turn for turn in transcript}
    for run_id, symbol, document in zip(runs, ("AAPL", "MSFT", "IBM"), documents, strict=True):
        receipt, _ = verify(document)
        turn = events_of_session[run_id]
        assert receipt["question"] == turn["question"]
        assert receipt["answer"] == turn["answer"]
        assert receipt["figures"] == turn["report"]["figures"]
        facts = {fact["id"]: fact for fact in receipt["facts"]}
        assert any(fact["entity"] == symbol and fact["source"] for fact in facts.values())
        named = {name for figure in receipt["figures"] for name in figure.get("facts", [])}
        assert named
        assert named <= set(facts)
        assert receipt["prompt"]["name"].startswith("analyst@v")
        assert len(receipt["prompt"]["sha256"]) == 64
        assert receipt["model"]
        assert receipt["usage"]["seconds"] >= 0
        assert receipt["parameters"]["max_tokens"] == 2000
        assert receipt["times"]["asked_at"] <= receipt["times"]["ended_at"]


@pytest.mark.parametrize("kind", ["redis", "mongo"])
async def test_receipts_and_feedback_on_servers(kind: str, servers: Any, tmp_path: Path) -> None:
    from tests.server.conftest import on_server

    backend: Backend = on_server(kind, servers)
    app = create_app(
        ServerSettings(store_url=backend.url, receipt_key_file=f"{tmp_path}/k", run_ttl_seconds=0.01)
    )
    async with app.router.lifespan_context(app), client_of(app) as client:
        run_id = await asked(client, "Is AAPL a buy?")
        verify((await client.get(f"/api/runs/{run_id}/receipt")).json())
        said = await client.put(f"/api/runs/{run_id}/feedback", json={"rating": "up"})
        assert said.status_code == 200
        assert (await client.delete("/api/sessions/s?now=true")).status_code == 200
        assert await app.state.service.shelf.all("feedback") == {}
        assert await app.state.service.shelf.all("run") == {}


async def test_a_deleted_answer_has_no_receipt(answered: ServerSettings) -> None:
    app = create_app(answered)
    async with app.router.lifespan_context(app), client_of(app) as client:
        run_id = await asked(client, "Is AAPL a buy?")
        await client.delete("/api/sessions/s")
        gone = await client.get(f"/api/runs/{run_id}/receipt")
        assert (gone.status_code, gone.json()["code"]) == (404, "run_not_found")


def changed(document: Document) -> list[tuple[str, Document]]:
    """Every way of changing one thing of a receipt."""
    found: list[tuple[str, Document]] = []
    for path in (("receipt", "question"), ("receipt", "answer"), ("receipt", "run_id"), ("receipt", "model")):
        other = copy.deepcopy(document)
        other[path[0]][path[1]] += " "
        found.append((".".join(path), other))
    other = copy.deepcopy(document)
    other["receipt"]["figures"][0]["status"] = "contradicted"
    found.append(("figure", other))
    other = copy.deepcopy(document)
    other["receipt"]["facts"].pop()
    found.append(("fact", other))
    other = copy.deepcopy(document)
    other["signature"]["key_id"] = "0" * 16
    found.append(("key_id", other))
    other = copy.deepcopy(document)
    other["signature"]["value"] = other["signature"]["value"][::-1]
    found.append(("value", other))
    return found


def refused(document: Document) -> bool:
    try:
        verify(document)
    except ReceiptInvalid:
        return True
    return False


def test_the_command_line_verifies_offline(server: LiveServer, client: httpx.Client, tmp_path: Path) -> None:
    run_id = client.post("/api/chat", json={"message": "Is AAPL a buy?"}).json()["run_id"]
    document = client.get(f"/api/runs/{run_id}/receipt").json()
    file = tmp_path / "receipt.json"
    file.write_text(json.dumps(document, indent=1))
    good = cli("receipt", "verify", str(file), folder=tmp_path)
    assert (good.returncode, good.stderr) == (0, "")
    assert f"valid: run {run_id}" in good.stdout
    key = document["signature"]["public_key"]
    assert (
        cli("receipt", "verify", "-", "--key", key, folder=tmp_path, stdin=file.read_text()).returncode == 0
    )
    other = cli("receipt", "key", folder=tmp_path).stdout
    wrong = cli("receipt", "verify", str(file), "--key", other, folder=tmp_path)
    assert wrong.returncode == 1
    assert "another key" in wrong.stderr
    for name, forged in changed(document):
        assert refused(forged), f"{name} was changed, and nobody saw it"


@pytest.mark.parametrize(
    "document",
    [None, [], {}, {"receipt": {}}, {"receipt": {}, "signature": 1}, {"receipt": 1, "signature": {}}],
)
def test_what_is_no_receipt(document: Any) -> None:
    with pytest.raises(ReceiptInvalid):
        verify(document)


def test_a_file_that_is_no_receipt(tmp_path: Path) -> None:
    file = tmp_path / "x.json"
    for content in (b"", b"{", b"[" * 100_000, b"\xff\xfe", b'{"receipt": NaN, "signature": {}}'):
        file.write_bytes(content)
        done = cli("receipt", "verify", str(file), folder=tmp_path)
        assert done.returncode == 1
        assert "NOT VALID" in done.stderr
        assert "Traceback" not in done.stderr
    assert cli("receipt", "verify", str(tmp_path / "none"), folder=tmp_path).returncode == 1


async def test_a_key_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    settings = ServerSettings(receipt_key_file=f"{tmp_path}/deep/er/k")
    signers = await asyncio.gather(*(asyncio.to_thread(open_signer, settings) for _ in range(16)))
    assert len({signer.public_key for signer in signers}) == 1
    file = tmp_path / "deep/er/k"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert os.listdir(file.parent) == ["k"]
    held = ServerSettings.model_validate({"receipt_key": file.read_text()})
    assert open_signer(held).public_key == signers[0].public_key
    assert "PRIVATE" not in repr(held)


def test_a_key_that_cannot_be_used_says_nothing_of_it(tmp_path: Path) -> None:
    other = ec.generate_private_key(ec.SECP256R1())
    pem = other.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    for content in (b"my-secret", pem, b""):
        (tmp_path / "k").write_bytes(content)
        with pytest.raises(KeyUnusable) as caught:
            open_signer(ServerSettings(receipt_key_file=f"{tmp_path}/k"))
        assert "my-secret" not in str(caught.value)
    with pytest.raises(KeyUnusable):
        open_signer(ServerSettings(receipt_key_file=f"{tmp_path}/k/under/a/file"))


def test_feedback_is_kept_changed_and_taken_back(client: httpx.Client) -> None:
    run_id = client.post("/api/chat", json={"message": "Is AAPL a buy?"}).json()["run_id"]
    place = f"/api/runs/{run_id}/feedback"
    assert client.get(place).json()["code"] == "feedback_not_found"
    first = client.put(place, json={"rating": "down", "reason": "毛利率 not told \u2028 <script>"})
    assert first.status_code == 200
    assert client.get(place).json() == first.json()
    client.put(place, json={"rating": "up"})
    assert (client.get(place).json()["rating"], client.get(place).json()["reason"]) == ("up", None)
    assert client.delete(place).status_code == 204
    assert client.get(place).status_code == 404


async def test_a_session_tells_what_was_said_of_all_its_answers(answered: ServerSettings) -> None:
    app = create_app(answered)
    async with app.router.lifespan_context(app), client_of(app) as client:
        runs = [await asked(client, each) for each in ("Is AAPL a buy?", "And MSFT?", "What of IBM?")]
        other = await asked(client, "Is AAPL a buy?", "other")
        for run_id, rating in ((runs[2], "down"), (runs[0], "up"), (other, "up")):
            await client.put(f"/api/runs/{run_id}/feedback", json={"rating": rating, "reason": rating})
        told = (await client.get("/api/sessions/s/feedback")).json()["feedback"]
        assert [(each["run_id"], each["rating"]) for each in told] == [(runs[0], "up"), (runs[2], "down")]
        assert told[0] == (await client.get(f"/api/runs/{runs[0]}/feedback")).json()
        gone = await client.get("/api/sessions/none/feedback")
        assert (gone.status_code, gone.json()["code"]) == (404, "session_not_found")


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"rating": "sideways"},
        {"rating": 1},
        {"rating": "up", "reason": "x" * 2001},
        {"rating": "up", "reason": 5},
        {"rating": "up", "owner": "alice"},
        [],
    ],
)
def test_feedback_that_cannot_be_used(client: httpx.Client, said: Any) -> None:
    run_id = client.post("/api/chat", json={"message": "Is AAPL a buy?"}).json()["run_id"]
    response = client.put(f"/api/runs/{run_id}/feedback", json=said)
    assert response.status_code == 422
    assert "sideways" not in response.text


def test_feedback_is_exported(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/s.db"

    async def scenario() -> str:
        app = create_app(ServerSettings(store_url=url))
        async with app.router.lifespan_context(app), client_of(app) as client:
            run_id = await asked(client, "Is AAPL a buy?")
            await client.put(f"/api/runs/{run_id}/feedback", json={"rating": "down", "reason": "太短"})
            return run_id

    run_id = asyncio.run(scenario())
    done = cli("feedback", "export", folder=tmp_path, FINANCIAL_AGENT_STORE_URL=url)
    assert done.returncode == 0
    (line,) = [json.loads(line) for line in done.stdout.splitlines()]
    assert (line["run_id"], line["rating"], line["reason"]) == (run_id, "down", "太短")
    assert (line["owner"], line["question"]) == ("local", "Is AAPL a buy?")


def test_keys_on_the_command_line(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/s.db"

    def keys(*arguments: str) -> subprocess.CompletedProcess[str]:
        return cli("keys", *arguments, folder=tmp_path, FINANCIAL_AGENT_STORE_URL=url)

    made = keys("add", "alice", "--label", "laptop")
    text = made.stdout.strip()
    assert text.startswith("fa_")
    assert text not in made.stderr
    (listed,) = [json.loads(line) for line in keys("list", "--json").stdout.splitlines()]
    assert (listed["owner"], listed["label"], listed["revoked_at"]) == ("alice", "laptop", None)
    assert "hash" not in listed
    assert text.split("_", 2)[2] not in keys("list").stdout
    assert keys("revoke", text).returncode == 0
    assert "revoked" in keys("list").stdout
    assert keys("revoke", "nosuchkey").returncode == 1
    assert keys("add", "a/b").returncode == 1
    assert cli("keys", "list", folder=tmp_path, FINANCIAL_AGENT_STORE_URL="memory:").returncode == 1
