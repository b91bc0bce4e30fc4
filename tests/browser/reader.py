"""A reader without a browser: speaks Streamlit's own protocol over a websocket, so that a hundred cost little."""

from __future__ import annotations

import html
import time
from collections.abc import Callable
from contextlib import ExitStack
from types import TracebackType
from typing import Self

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect

_PATIENCE = 180.0  # seconds


class Reader:
    """One session of the app at `address`, on `page`. What it was shown is in `html`, in the order of arrival."""

    def __init__(self, address: str, page: str = "", query: str = "") -> None:
        self.html: list[str] = []
        self.alerts: list[str] = []
        self.fields: list[str] = []  # of the chat
        self.query = query
        self._name = page
        self._page = ""
        self._drawn: list[str] = []  # by the last run
        self._open = ExitStack()
        connection = connect(
            f"{address.replace('http', 'ws', 1)}/_stcore/stream",
            origin=address,
            subprotocols=["streamlit"],
            max_size=None,
            max_queue=None,  # what nobody reads any more must not keep a reader from leaving
            ping_interval=None,
            close_timeout=2,
            proxy=None,
        )
        self._socket: ClientConnection = self._open.enter_context(connection)
        self._send(BackMsg())
        self._until(lambda message: message.WhichOneof("type") == "script_finished")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Leave, as a closed tab does."""
        self._open.close()

    def ask(self, question: str) -> float:
        """Ask, and wait until the answer is announced; gives the seconds that took."""
        start = time.perf_counter()
        message = BackMsg()
        state = message.rerun_script.widget_states.widgets.add()
        state.id = self.fields[-1]
        state.chat_input_value.data = question
        self._send(message)
        self._until(lambda message: message.WhichOneof("type") == "script_finished" and self._answered(question))
        return time.perf_counter() - start

    def _answered(self, question: str) -> bool:
        """True if the page, as it was drawn last, begins with this question and holds an answer to each."""
        questions = [item for item in self._drawn if 'class="asked"' in item]
        outcomes = [item for item in self._drawn if 'class="outcome' in item]
        return bool(questions) and question in html.unescape(questions[0]) and len(questions) == len(outcomes)

    def rerun(self) -> float:
        """Have the page run again, as any click does; gives the seconds until it has ended."""
        start = time.perf_counter()
        self._send(BackMsg())
        self._until(lambda message: message.WhichOneof("type") == "script_finished")
        return time.perf_counter() - start

    def _send(self, message: BackMsg) -> None:
        message.rerun_script.query_string = self.query
        message.rerun_script.page_script_hash = self._page
        message.rerun_script.page_name = "" if self._page else self._name
        self._socket.send(message.SerializeToString())

    def _until(self, there: Callable[[ForwardMsg], bool]) -> None:
        until = time.monotonic() + _PATIENCE
        while time.monotonic() < until:
            message = ForwardMsg()
            message.ParseFromString(self._socket.recv(timeout=_PATIENCE))
            self._take(message)
            if there(message):
                return
        raise TimeoutError("the app did not answer")

    def _take(self, message: ForwardMsg) -> None:
        kind = message.WhichOneof("type")
        if kind == "new_session":
            self._page = message.new_session.page_script_hash
            self._drawn = []
        elif kind == "page_info_changed":
            self.query = message.page_info_changed.query_string
        elif kind == "delta" and message.delta.WhichOneof("type") == "new_element":
            element = message.delta.new_element
            match element.WhichOneof("type"):
                case "html":
                    self.html.append(element.html.body)
                    self._drawn.append(element.html.body)
                case "chat_input":
                    self.fields.append(element.chat_input.id)
                case "alert":
                    self.alerts.append(f"{element.alert.title} {element.alert.body}")
                case "exception":
                    self.alerts.append(element.exception.message)
