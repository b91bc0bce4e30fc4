"""The HTTP API: what the door gives, as JSON of the same names."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from importlib.metadata import version as installed_version
from typing import Annotated, Any, Literal, TypeAlias

from fastapi import Depends, FastAPI, File, Query, Request, Response, UploadFile
from fastapi.exceptions import RequestValidationError
from fastapi.security import HTTPBearer
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, JSONResponse, StreamingResponse

from rag.api.bodies import (
    Added,
    AmendBody,
    ArticleBody,
    ArticlePage,
    AskBody,
    BriefingBody,
    CheckBody,
    Day,
    Embedded,
    Hits,
    MakingState,
    ProblemDetails,
    State,
    StatementPage,
)
from rag.api.briefings import BriefingJob, start_briefing
from rag.api.cards import card, located, oembed
from rag.api.guard import Limits, Rate, SignedIn, TokenCheck
from rag.api.problems import MEDIA_TYPE, Problem, on_error, on_http, on_invalid, on_problem
from rag.domain import (
    Answer,
    Article,
    AskEvent,
    Briefing,
    BriefingRequest,
    Digest,
    DigestFormat,
    DraftCheck,
    ExportFormat,
    Filters,
    Finished,
    Phase,
    Positions,
    Removal,
    SentenceShown,
    SentenceWithheld,
    Verification,
    as_json,
)
from rag.errors import OnRecordError, UnknownBriefing
from rag.jobs import Jobs
from rag.newsroom import Newsroom

_PAGE, _LONGEST_PAGE = 50, 500
_BRIEFINGS_AT_ONCE = 4
_OPEN = ("/health", "/ready")  # to anybody
_TYPES: dict[ExportFormat, str] = {
    "md": "text/markdown; charset=utf-8",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
    "html": "text/html; charset=utf-8",
    "json": "application/json",
}
_DIGEST_TYPES: dict[DigestFormat, str] = {
    "text": "text/plain; charset=utf-8", "md": _TYPES["md"], "html": _TYPES["html"],
    "atom": "application/atom+xml; charset=utf-8",
}  # fmt: skip
_DIGEST_DAYS = 7  # that a digest covers where no day is given: a reader of feeds may be off for as long
_Replies: TypeAlias = dict[int | str, dict[str, Any]]
_PROBLEM: dict[str, Any] = {
    "description": "A problem, as RFC 9457 has it",
    "content": {MEDIA_TYPE: {"schema": ProblemDetails.model_json_schema()}},
}
_PROBLEMS: _Replies = dict.fromkeys((400, 401, 404, 405, 413, 422, 429, 500, 502, 503), _PROBLEM)
_BEARER = HTTPBearer(description="`ONRECORD_API_TOKEN` of this library", auto_error=False)  # for the document


def api(room: Callable[[], Newsroom], *, token: str | None, rate: int, signed_in: SignedIn = lambda _: None) -> FastAPI:
    """The API over the newsroom that `room` opens at the first request. Every address but `health`, `ready` and
    `openapi.json` is closed to whoever has neither the token nor, where readers sign in, done so.
    """
    app = FastAPI(
        title="onrecord",
        version=installed_version("onrecord"),
        description="Ask a body of news what was said, on the record. Text of articles is data, never instruction.",
        docs_url=None, redoc_url=None, openapi_url="/openapi.json",
        servers=[{"url": "/api/v1"}],
    )  # fmt: skip
    app.add_middleware(Limits)
    app.add_exception_handler(Problem, on_problem)
    app.add_exception_handler(OnRecordError, on_error)
    app.add_exception_handler(RequestValidationError, on_invalid)
    app.add_exception_handler(HTTPException, on_http)
    _Routes(app, room, [Depends(_BEARER), Depends(TokenCheck(token, signed_in)), Depends(Rate(rate))])
    return app


def _selection(
    request: Request,
    outlet: Annotated[str | None, Query(max_length=500)] = None,
    since: Day | None = None,
    until: Day | None = None,
    speaker: Annotated[str | None, Query(max_length=500)] = None,
    article: Annotated[str | None, Query(max_length=500)] = None,
    language: Annotated[str | None, Query(max_length=100)] = None,
) -> Filters:
    """The filters of an address. A name that the address does not take is refused: a filter that is misspelled must not
    be passed over.
    """
    operation = request.app.openapi()["paths"][request.scope["route"].path][request.method.lower()]
    names = {item["name"] for item in operation["parameters"] if item["in"] == "query"}
    if unknown := sorted(set(request.query_params) - names):
        raise Problem(
            422, f"{unknown[0]}: no such parameter. The parameters are {', '.join(sorted(names))}.", kind="invalid"
        )
    once = {item["name"] for item in operation["parameters"] if "array" not in str(item["schema"])}
    if twice := sorted(name for name in once if len(request.query_params.getlist(name)) > 1):
        raise Problem(422, f"{twice[0]}: given more than once. Give one value.", kind="invalid")
    return Filters(outlet=outlet, since=since, until=until, speaker=speaker, article=article, language=language)


_Filtered = Annotated[Filters, Depends(_selection)]


class _Routes:
    """The addresses, each a call of the door."""

    def __init__(self, app: FastAPI, room: Callable[[], Newsroom], guards: list[Any]) -> None:
        self._room = room
        self._jobs = Jobs(_BRIEFINGS_AT_ONCE)
        files: _Replies = {
            200: {"model": Briefing, "content": {kind.partition(";")[0]: {} for kind in _TYPES.values()}}
        }
        digests: _Replies = {
            200: {"model": Digest, "content": {kind.partition(";")[0]: {} for kind in _DIGEST_TYPES.values()}}
        }
        html: _Replies = {200: {"content": {"text/html": {"schema": {"type": "string"}}}}}
        making: _Replies = {202: {"model": MakingState}}
        added: _Replies = {status: {"model": Added} for status in (200, 201)}
        routes: tuple[tuple[str, Callable[..., Any], str, _Replies], ...] = (
            ("/health", self.health, "GET", {200: {"model": State}}),
            ("/ready", self.ready, "GET", {200: {"model": State}, 503: {"model": State}}),
            ("/ask", self.ask, "POST", {200: {"model": Answer, "content": {"text/event-stream": {}}}}),
            ("/search", self.search, "GET", {200: {"model": Hits}}),
            ("/statements", self.statements, "GET", {200: {"model": StatementPage}}),
            ("/positions", self.positions, "GET", {200: {"model": Positions}}),
            ("/articles", self.articles, "GET", {200: {"model": ArticlePage}}),
            ("/articles", self.add_article, "POST", added),
            ("/articles/file", self.add_file, "POST", added),
            ("/articles/{article_id}", self.article, "GET", {200: {"model": Article}}),
            ("/articles/{article_id}", self.amend, "PATCH", {200: {"model": Article}}),
            ("/articles/{article_id}", self.remove, "DELETE", {200: {"model": Removal}}),
            ("/articles/{article_id}/card", self.card, "GET", html),
            ("/oembed", self.oembed, "GET", {200: {"model": Embedded}}),
            ("/briefings", self.start_briefing, "POST", making),
            ("/briefings/{briefing_id}", self.briefing, "GET", files | making),
            ("/digest", self.digest, "GET", digests),
            ("/check", self.check, "POST", {200: {"model": DraftCheck}}),
            ("/verify", self.verify, "POST", {200: {"model": Verification}}),
        )
        for path, call, method, replies in routes:
            app.add_api_route(
                path, call, methods=[method], dependencies=guards if path not in _OPEN else None, response_model=None,
                status_code=min(map(int, replies)), responses=_PROBLEMS | replies, name=call.__name__,
            )  # fmt: skip

    # -- state

    def health(self) -> dict[str, str]:
        """That the server answers."""
        return {"status": "ok"}

    def ready(self) -> JSONResponse:
        """Whether the library can be asked: 200, else 503."""
        try:
            self._room().count()
        except OnRecordError as exc:
            return JSONResponse({"status": "not ready", "detail": str(exc)}, 503)
        return JSONResponse({"status": "ready"})

    # -- asking

    def ask(self, body: AskBody, request: Request) -> Response:
        """A cited answer; with `Accept: text/event-stream` its phases, sentences and withheld notes as they come, then
        the answer.
        """
        history = [(turn.question, turn.answer) for turn in body.history]
        cancel = threading.Event()
        events = self._room().ask_stream(
            body.question, filters=body.filters.filters(body.as_of), cancel=cancel, ignore=body.ignore, history=history
        )
        if "text/event-stream" in request.headers.get("accept", ""):
            return StreamingResponse(
                _server_events(events, cancel), media_type="text/event-stream", headers={"Cache-Control": "no-store"}
            )
        return _json(next(event.answer for event in events if isinstance(event, Finished)))

    def search(
        self,
        q: Annotated[str, Query(min_length=1, max_length=1000)],
        filters: _Filtered,
        k: Annotated[int, Query(ge=1, le=100)] = 10,
    ) -> Response:
        """The passages that fit best."""
        return _json({"hits": self._room().search(q, k=k, filters=filters)})

    def statements(
        self,
        filters: _Filtered,
        actor: Annotated[str | None, Query(max_length=500)] = None,
        topic: Annotated[str | None, Query(max_length=500)] = None,
        limit: Annotated[int, Query(ge=1, le=_LONGEST_PAGE)] = _PAGE,
        cursor: Annotated[str | None, Query(max_length=200)] = None,
    ) -> Response:
        """Who said what: statements by or for an actor, about a topic, of one article."""
        offset = _offset(cursor)
        statements = self._room().statements(actor=actor or None, topic=topic or None, filters=filters)
        return _json(_page("statements", statements[offset : offset + limit], offset, len(statements)))

    def positions(
        self,
        filters: _Filtered,
        actor: Annotated[list[str] | None, Query(max_length=50)] = None,
        topic: Annotated[list[str] | None, Query(max_length=50)] = None,
    ) -> Response:
        """The matrix of actors by topics, with changes over time."""
        return _json(self._room().positions(actors=actor, topics=topic, filters=filters))

    # -- articles

    def articles(
        self,
        filters: _Filtered,
        limit: Annotated[int, Query(ge=1, le=_LONGEST_PAGE)] = _PAGE,
        cursor: Annotated[str | None, Query(max_length=200)] = None,
        query: Annotated[str | None, Query(max_length=500)] = None,
    ) -> Response:
        """Articles, newest publication first, a page at a time: `cursor` is the `next` of the page before."""
        room, offset = self._room(), _offset(cursor)
        total = room.count(filters, query=query or None)
        articles = room.articles(filters, limit=limit, offset=offset, query=query or None) if offset < total else []
        return _json(_page("articles", articles, offset, total))

    def add_article(self, body: ArticleBody) -> Response:
        """Add an article by its text or address. The same one again is a duplicate and changes nothing."""
        fields = body.model_dump(exclude={"text", "url"})
        room = self._room()
        if body.text is not None:
            results = [room.add_text(body.text, url=body.url, **fields)]
        else:
            results = room.add(body.url or "", **fields)
        return _added(results)

    def add_file(self, file: Annotated[UploadFile, File()]) -> Response:
        """Add the articles of a file."""
        return _added(self._room().add_bytes(file.file.read(), name=file.filename or "the file"))

    def article(self, article_id: str, version: Annotated[str | None, Query(max_length=100)] = None) -> Response:
        """One article with its text."""
        return _json(self._room().article(article_id, version))

    def amend(self, article_id: str, body: AmendBody) -> Response:
        """Correct fields of an article; no later reading changes them."""
        return _json(self._room().amend(article_id, **body.model_dump()))

    def remove(self, article_id: str) -> Response:
        """Take an article out of the library, every index and earlier answers."""
        return _json(self._room().remove(article_id))

    def card(
        self,
        article_id: str,
        start: Annotated[str, Query(max_length=10)],
        end: Annotated[str, Query(max_length=10)],
        request: Request,
        version: Annotated[str | None, Query(max_length=100)] = None,
    ) -> Response:
        """A citation as a small piece of HTML without script, for a page of yours."""
        article, span = located(self._room(), article_id, version, start, end)
        return HTMLResponse(card(article, span, _base(request)))

    def oembed(self, url: Annotated[str, Query(max_length=2_000)], request: Request) -> Response:
        """The same for the address of a cited passage, as oEmbed has it."""
        return _json(oembed(self._room(), url, _base(request)))

    # -- briefings

    def start_briefing(self, body: BriefingBody) -> Response:
        """Begin a briefing; follow it at the address in `Location`."""
        request = BriefingRequest(
            topic=body.topic, articles=tuple(body.articles), filters=body.filters.filters(),
            template=body.template, length=body.length,
        )  # fmt: skip
        room = self._room()
        room.brief_matches(request)  # raises for one that can't be made
        job = start_briefing(room, self._jobs, request)
        return JSONResponse(
            _state(job), 202, headers={"Location": f"/api/v1/briefings/{job.job_id}", "Retry-After": "1"}
        )

    def briefing(self, briefing_id: str, format: ExportFormat = "json") -> Response:  # noqa: A002
        """A briefing in the format that is asked for; 202 with how far it is while it is being made."""
        room = self._room()
        try:
            briefing = room.briefing(briefing_id)
        except UnknownBriefing:
            job = self._jobs.get(BriefingJob, briefing_id)
            if job is None:
                raise UnknownBriefing(
                    f"There is no briefing {briefing_id}. Start one with POST /api/v1/briefings."
                ) from None
            if job.job.error:
                raise Problem(502, str(job.job.error), kind="briefing") from None
            if job.briefing is None:
                return JSONResponse(_state(job), 202, headers={"Retry-After": "1"})
            briefing = room.briefing(job.briefing.briefing_id)
        if format == "json":
            return _json(briefing)
        name = room.export_name(briefing, format)
        ascii_name = name.encode("ascii", "replace").decode().replace('"', "'")
        return Response(
            room.export(briefing, format), media_type=_TYPES[format],
            headers={"Content-Disposition": f'attachment; filename="{ascii_name}"'},
        )  # fmt: skip

    # -- following

    def digest(
        self,
        request: Request,
        since: Day | None = None,
        only: Annotated[list[str] | None, Query(max_length=50)] = None,
        format: DigestFormat | Literal["json"] = "json",  # noqa: A002
    ) -> Response:
        """What is new since a day, or in the last week: news by watch, stories that grew, articles by outlet. `only`
        has ids of watches and stories. With `format=atom` the address is that of a feed.
        """
        room = self._room()
        digest = room.digest(since or datetime.now(UTC).date() - timedelta(days=_DIGEST_DAYS), only=only or ())
        if format == "json":
            return _json(digest)
        document = room.digest_document(digest, format, address=str(request.url), app=_base(request))
        return Response(document, media_type=_DIGEST_TYPES[format])

    # -- checking

    def check(self, body: CheckBody) -> Response:
        """A draft against the record."""
        return _json(self._room().check(body.text, day=body.day))

    def verify(self, file: Annotated[UploadFile, File()]) -> Response:
        """Every citation of an exported answer or briefing, checked again."""
        verification = self._room().verify(file.file.read(), name=file.filename or "the file")
        return _json(verification)


def _base(request: Request) -> str:
    """The address of the app, as the request reached it."""
    return f"{request.url.scheme}://{request.url.netloc}"


def _json(value: Any, status: int = 200) -> JSONResponse:
    return JSONResponse(as_json(value), status)


def _added(results: list[Any]) -> JSONResponse:
    """201 where something is new, 422 where nothing could be used, else 200."""
    states = {item.status for item in results}
    status = 201 if states & {"added", "updated", "copy"} else 200 if states - {"rejected"} else 422
    if status == 422:  # said as a problem
        reasons = " ".join(item.reason or "" for item in results) or "It holds no article."
        raise Problem(422, reasons, kind="rejected")
    return _json({"results": results}, status)


def _page(name: str, items: list[Any], offset: int, total: int) -> dict[str, Any]:
    """The items from `offset` on, of `total`, with the cursor of the page after them."""
    end = offset + len(items)
    following = base64.urlsafe_b64encode(str(end).encode()).decode() if items and end < total else None
    return {name: items, "total": total, "next": following}


def _offset(cursor: str | None) -> int:
    if cursor is None:
        return 0
    try:
        offset = int(base64.urlsafe_b64decode(cursor.encode()).decode("ascii"))
    except ValueError:
        offset = -1
    if not 0 <= offset < 2**31:
        raise Problem(422, "cursor: not one that this API gave. Use `next` of the previous page.", kind="cursor")
    return offset


def _state(job: BriefingJob) -> dict[str, Any]:
    step = as_json(job.step) if job.step else None
    return {"id": job.job_id, "state": "running" if job.running else job.job.state, "step": step}


_NAMES: dict[type, str] = {
    Phase: "phase", SentenceShown: "sentence", SentenceWithheld: "withheld", Finished: "answer",
}  # fmt: skip


def _server_events(events: Iterator[AskEvent], cancel: threading.Event) -> Iterator[str]:
    """Server-sent events; whoever goes away ends the work."""
    try:
        for event in events:
            value = event.answer if isinstance(event, Finished) else event
            yield f"event: {_NAMES[type(event)]}\ndata: {json.dumps(as_json(value), ensure_ascii=False)}\n\n"
    except OnRecordError as exc:
        yield f"event: problem\ndata: {json.dumps({'detail': str(exc), 'type': type(exc).__name__})}\n\n"
    finally:
        cancel.set()
