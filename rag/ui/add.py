"""Add: paste, upload, web addresses, a feed or a folder; review and correct the previews; the result of each."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import streamlit as st

from rag.display import day, plural
from rag.domain import AddResult, ArticleChanges, Preview
from rag.errors import UnknownArticle
from rag.jobs import Job
from rag.newsroom import Newsroom
from rag.ui import add_jobs, add_views, controls, session, source_views, views
from rag.ui.add_jobs import MOST_BYTES, MOST_FILES, Intake

_PASTE, _UPLOAD, _ADDRESS, _FEED, _FOLDER = _WAYS = ("Paste", "Upload", "Web address", "Feed", "Folder")
_TYPES = """txt text md markdown html htm xhtml mht mhtml pdf docx rtf epub eml mbox mbx srt vtt xml rss atom
json jsonl ndjson csv tsv tab xlsx ris warc wacz zip gz bz2 xz""".split()
_PAGE = 20  # previews per page
_FIELD_NAMES = {"title": "Title", "text": "Text", "published": "Published", "outlet": "Outlet", "url": "Address"}
_FIELDS = {"title": "Title", "outlet": "Outlet", "byline": "Byline", "url": "Address"}


def main() -> None:
    """The page. `?job=` has the id of the intake, so that a reload finds it."""
    room = session.newsroom()
    st.html("<h1>Add articles</h1>")
    intake = _current_intake()
    if intake is None:
        _source_form()
    elif intake.preview_job.running:
        _working(intake, intake.preview_job, lambda: add_views.looking_html(intake.progress, len(intake.previews)))
    elif intake.preview_job.state == "failed":
        st.error(views.label(intake.preview_job.error or ""), title="Nothing could be read")
        _back_button("Back", intake)
    elif intake.add_job is None:
        _review(intake)
    elif intake.add_job.running:
        job = intake.add_job
        _working(intake, job, lambda: add_views.working_html("Adding", len(job.events), intake.total))
    else:
        _results(room, intake)


def _current_intake() -> Intake | None:
    intake = session.current_task(Intake, "intake")
    if intake:
        st.session_state.intake = st.query_params["job"] = intake.intake_id
    else:
        st.session_state.pop("intake", None)
        st.query_params.pop("job", None)
    return intake


# -- sources


def _source_form() -> None:
    st.html('<p class="lede">You’ll review everything before it is saved.</p>')
    if notice := st.session_state.pop("add_error", None):
        st.error(views.label(notice))
    way = st.segmented_control(
        "How to add",
        _WAYS,
        default=_PASTE,
        required=True,
        key="way",
        bind="query-params",
        label_visibility="collapsed",
    )
    with st.form(f"way-{way}", border=False, clear_on_submit=way == _UPLOAD):
        if way == _UPLOAD:
            _upload_field()
        elif way == _ADDRESS:
            st.text_area("Web addresses, one per line", key="addresses", placeholder="example.com/story", height=120)
            st.form_submit_button("Preview", type="primary", key="look", on_click=_look_at_addresses)
        elif way == _FEED:
            st.text_input("Address of a feed, or of a page that has one", key="feed", placeholder="https://…")
            st.form_submit_button("List articles", type="primary", key="look", on_click=_look_at_feed)
        elif way == _FOLDER:
            _folder_field()
        else:
            st.text_area("Article", key="pasted", height=220, placeholder="Paste the full text")
            st.form_submit_button("Preview", type="primary", key="look", on_click=_look_at_pasted)


def _upload_field() -> None:
    st.file_uploader(
        "Files: text, web pages, PDF, Word, email, transcripts, database exports, tables, JSON, web archives, zip",
        type=_TYPES,
        accept_multiple_files=True,
        key="files",
    )
    st.caption(f"At most {MOST_FILES} files at once, {MOST_BYTES // 2**20} MB each.")
    with st.expander("Column names"):
        st.caption("Only needed if a table or a data file is not recognised: the names of its columns.")
        for column, name in zip(st.columns(len(_FIELD_NAMES)), _FIELD_NAMES, strict=True):
            column.text_input(_FIELD_NAMES[name], key=f"map-{name}", max_chars=100)
    st.form_submit_button("Preview", type="primary", key="look", on_click=_look_at_files)


def _folder_field() -> None:
    is_local = session.is_local_only()
    st.text_input(
        "Folder on this machine", key="folder", placeholder="corpus/", disabled=not is_local, autocomplete="off"
    )
    if not is_local:
        st.caption(
            "This server is open to other machines, so it does not read its own folders. Use `onrecord add FOLDER`."
        )
    st.form_submit_button("Preview", type="primary", key="look", disabled=not is_local, on_click=_look_at_folder)


def _look_at_pasted() -> None:
    if (text := st.session_state.pasted).strip():
        _start_preview(add_jobs.preview_files, "paste", [("pasted text", text.encode("utf-8", "replace"))])
    else:
        st.session_state.add_error = "Paste the text of an article first."


def _look_at_files() -> None:
    if files := st.session_state.get("files"):
        field_map = {
            name: words for name in _FIELD_NAMES if (words := (st.session_state.get(f"map-{name}") or "").strip())
        }
        _start_preview(
            add_jobs.preview_files, "upload", [(file.name, file.getvalue()) for file in files], field_map=field_map
        )
    else:
        st.session_state.add_error = "Choose a file first, and wait until it is uploaded."


def _look_at_addresses() -> None:
    _look_at_urls("address", [line.strip() for line in st.session_state.addresses.splitlines() if line.strip()])


def _look_at_feed() -> None:
    _look_at_urls("feed", [st.session_state.feed.strip()] if st.session_state.feed.strip() else [])


def _look_at_urls(way: str, urls: list[str]) -> None:
    urls = [views.with_scheme(url) for url in urls]
    wrong = next((url for url in urls if not views.outside_url(url)), None)
    if wrong is not None:
        st.session_state.add_error = f"“{wrong}” is not a web address. One looks like example.com/story."
    elif urls:
        _start_preview(add_jobs.preview_addresses, "feed" if way == "feed" else "address", list(dict.fromkeys(urls)))
    else:
        st.session_state.add_error = "Give an address first."


def _look_at_folder() -> None:
    if session.is_local_only() and (path := st.session_state.folder.strip()):
        _start_preview(add_jobs.preview_paths, [path])


def _start_preview(preview: Callable[..., Intake], *sources: Any, **options: Any) -> None:
    st.session_state.intake = preview(session.newsroom(), session.jobs(), *sources, **options).intake_id


# -- waiting


def _working(intake: Intake, job: Job[Any], render: Callable[[], str]) -> None:
    """Show the progress of a job until it ends."""
    slot = st.empty()
    st.button("Cancel", key="cancel", on_click=_cancel, args=(intake,))
    for changed in controls.poll(job, "cancel"):
        if changed:
            slot.html(render())
    st.rerun()


def _cancel(intake: Intake) -> None:
    """Stop the running job; its results so far stay."""
    (intake.add_job or intake.preview_job).stop()


def _back_button(label: str, intake: Intake) -> None:
    st.button(label, key="back", on_click=_back, args=(intake,))


def _back(intake: Intake) -> None:
    """Back to the form, with the addresses that could not be read in their field."""
    if addresses := [item.source for item in intake.unreadable()]:
        fields = {"address": "addresses", "feed": "feed"}
        if intake.way in fields:
            st.session_state[fields[intake.way]] = "\n".join(addresses)
    _discard()


def _discard() -> None:
    if intake := session.jobs().get(Intake, st.session_state.pop("intake", None)):
        add_jobs.discard(session.jobs(), intake)
    st.query_params.pop("job", None)


# -- previews


def _review(intake: Intake) -> None:
    readable = [(place, item) for place, item in enumerate(intake.previews) if item.extract is not None]
    if intake.preview_job.state == "stopped":
        st.html('<p class="notice" role="status">Stopped. What was read before is below.</p>')
    if not readable and not intake.unreadable():
        st.html('<p class="none" role="status">No article was found there.</p>')
    if unread := intake.unreadable():
        st.html(add_views.unread_html(unread))
    pages = max(1, -(-len(readable) // _PAGE))
    page = min(st.session_state.get("found_page") or 1, pages)
    page_items = readable[(page - 1) * _PAGE : page * _PAGE]
    if len(readable) > 1:
        _select_all_row(intake, readable)
    for place, item in page_items:
        _preview(intake, place, item, alone=len(readable) == 1)
    if pages > 1:
        st.pagination(pages, key="found_page")
    _add_buttons(intake, len(readable))


def _select_all_row(intake: Intake, readable: list[tuple[int, Preview]]) -> None:
    already = sum(item.known is not None for _, item in readable)
    line = views.dotted((plural(len(readable), "article"), f"{already} in the library already" if already else None))
    with st.container(horizontal=True, vertical_alignment="center", key="many"):
        st.html(f'<p class="row" role="status">Found {line}</p>', width="content")
        for name, selected in (("All", True), ("None", False)):
            st.button(name, key=f"take-{name}", type="tertiary", on_click=_select_all, args=(intake, selected))


def _preview(intake: Intake, place: int, item: Preview, *, alone: bool) -> None:
    summary = add_views.preview_html(item.corrected(**intake.corrections.get(place, {})))
    if alone:
        st.html(summary)
        _existing(intake, place, item)
        if not intake.holds_same(session.newsroom(), place, item):
            _fields(intake, place, item)
        return
    with st.container(key=f"row-{place}"):
        pick, body = st.columns([0.05, 0.95], gap="small")
        key = f"take-{intake.intake_id}-{place}"
        st.session_state.setdefault(key, intake.is_selected(place, item))
        intake.selected[place] = pick.checkbox(
            f"Add {views.accessible_name(item.title or item.source)}", key=key, label_visibility="collapsed"
        )
        body.html(summary)
        with body:
            _existing(intake, place, item)
        correct = body.toggle("Edit", key=f"correct-{intake.intake_id}-{place}")
    if correct:
        _fields(intake, place, item)


def _existing(intake: Intake, place: int, item: Preview) -> None:
    """The article in the library with the same text, or an earlier one with its differences."""
    existing = intake.existing(session.newsroom(), place, item)
    if existing is None:
        return
    st.html(add_views.existing_html(existing))
    if not existing.differences:
        st.page_link(session.SOURCE, label="Open it", query_params=views.source_query(existing.article_id))
        return
    with st.expander("Compare", key=f"compare-{intake.intake_id}-{place}"):
        st.html(source_views.differences_html(existing.differences))
    if existing.becomes_version:
        return
    st.radio(
        "Add it as",
        [True, False],
        format_func=lambda newer: "a new version of that article" if newer else "a separate article",
        key=f"newer-{intake.intake_id}-{place}",
        horizontal=True,
    )
    intake.version_of[place] = existing.article_id if st.session_state[f"newer-{intake.intake_id}-{place}"] else None


def _fields(intake: Intake, place: int, item: Preview) -> None:
    """The facts of a preview, in fields that can be corrected."""
    mark, corrections = f"{intake.intake_id}-{place}", intake.corrections.get(place, {})
    for name in _FIELDS:
        st.session_state.setdefault(f"{name}-{mark}", corrections.get(name, getattr(item, name)) or "")
    published = corrections.get("published", item.published)
    st.session_state.setdefault(f"published-{mark}", day(published) if isinstance(published, date) else "")
    st.text_input(_FIELDS["title"], key=f"title-{mark}", placeholder="None found", max_chars=1000)
    left, right = st.columns(2)
    left.text_input(_FIELDS["outlet"], key=f"outlet-{mark}", placeholder="None found", max_chars=300)
    right.text_input(_FIELDS["byline"], key=f"byline-{mark}", placeholder="None found", max_chars=300)
    controls.day_field(left, "Published", f"published-{mark}")
    right.text_input(_FIELDS["url"], key=f"url-{mark}", placeholder="https://… (optional)", max_chars=2000)
    if count := len(item.left_out):
        back = st.checkbox(
            f"Put back {plural(count, 'line')} that {'was' if count == 1 else 'were'} left out", key=f"back-{mark}"
        )
        (intake.restored.add if back else intake.restored.discard)(place)
    intake.corrections[place] = _corrections(intake, place, item)


def _corrections(intake: Intake, place: int, item: Preview) -> ArticleChanges:
    """The fields that differ from the preview; an empty one clears the fact."""
    ss, mark = st.session_state, f"{intake.intake_id}-{place}"
    changes = ArticleChanges()
    for name in ("title", "outlet", "byline", "url"):
        if (typed := ss[f"{name}-{mark}"].strip()) != (getattr(item, name) or ""):
            changes[name] = typed
    if (published := controls.day_in_field(f"published-{mark}")) != item.published:
        changes["published"] = published or ""
    return changes


def _add_buttons(intake: Intake, count: int) -> None:
    selection = intake.selection()
    wrong_url = next(
        (url for item in selection if (url := item.corrections.get("url")) and not views.outside_url(url)), None
    )
    if wrong_url:
        st.error("The address must begin with http:// or https://. Correct it or leave it empty.")
    only = next((pair for pair in enumerate(intake.previews) if pair[1].extract is not None), None)
    nothing_new = count == 1 and only is not None and intake.holds_same(session.newsroom(), *only)
    with st.container(horizontal=True, key="decide"):
        if count and not nothing_new:
            st.button(
                _add_label(selection, count),
                key="add_found",
                type="primary",
                disabled=not selection or bool(wrong_url),
                help=None if selection else "Choose at least one.",
                on_click=_add,
                args=(intake,),
            )
        _back_button("Discard" if count else "Back", intake)


def _add_label(selection: list[Preview], count: int) -> str:
    if count > 1:
        return f"Add {plural(len(selection), 'article')}"
    return "Add it anyway" if any(add_views.is_short(item) for item in selection) else "Add to the library"


def _select_all(intake: Intake, selected: bool) -> None:
    for place, item in enumerate(intake.previews):
        if item.extract is not None:
            intake.selected[place] = selected
            st.session_state[f"take-{intake.intake_id}-{place}"] = selected


def _add(intake: Intake) -> None:
    for place, item in enumerate(intake.previews):
        if f"title-{intake.intake_id}-{place}" in st.session_state:  # the last input arrives with this click
            intake.corrections[place] = _corrections(intake, place, item)
    add_jobs.add_selection(session.newsroom(), session.jobs(), intake)


# -- results


def _results(room: Newsroom, intake: Intake) -> None:
    job, results = intake.add_job, intake.results
    titles = {}
    for article_id in {item for result in results for item in (result.article_id, result.of) if item}:
        try:
            titles[article_id] = room.article(article_id).title
        except UnknownArticle:
            continue
    if job and job.state == "failed":
        st.error(views.label(job.error or ""), title="Adding was interrupted. What is listed below was added")
    elif job and job.state == "stopped":
        st.warning(f"Stopped. {len(job.events)} of {intake.total} were added; the rest was left out.")
    st.html(f'<p class="row" role="status">{views.esc(add_views.summary_line(results)) or "Nothing was added."}</p>')
    st.html(add_views.results_html(results, titles))
    with st.container(horizontal=True, vertical_alignment="center", key="after"):
        _lead_on(results, titles)
        st.button("Add more", key="more", on_click=_more, args=(intake,))
        if failed := intake.failed():
            st.button(f"Retry {plural(len(failed), 'failed source')}", key="retry", on_click=_retry, args=(intake,))
        st.page_link(session.LIBRARY, label="To the library")
    controls.show_background(room)


def _lead_on(results: list[AddResult], titles: dict[str, str]) -> None:
    """What to do with what is in the library now."""
    ids = [item.article_id for item in results if item.article_id in titles and item.status in ("added", "updated")]
    if not ids:
        return
    if st.button("Ask about it" if len(ids) == 1 else "Ask about them", key="ask_added", type="primary"):
        session.ask_about(ids)
    if st.button("Brief it" if len(ids) == 1 else "Brief them", key="brief_added"):
        session.brief_on(ids)


def _more(intake: Intake) -> None:
    if intake.way == "paste":
        st.session_state.pasted = ""
    _discard()


def _retry(intake: Intake) -> None:
    failed = intake.failed()
    _discard()
    if intake.way == "folder":
        _start_preview(add_jobs.preview_paths, failed)
    else:
        _start_preview(add_jobs.preview_addresses, "address", failed)


main()
