"""The arguments of every command."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from rag.cli.assistants import serve_assistants
from rag.cli.common import FIELDS, a_day, at_least_one
from rag.cli.drafts import check_draft
from rag.cli.evaluate import evaluate
from rag.cli.following import a_day_or_word, follow, list_following, list_stories, print_digest, refresh, unfollow
from rag.cli.library import (
    add_sources,
    amend_article,
    back_up,
    doctor,
    extract_source,
    list_articles,
    migrate_store,
    preview_source,
    reindex,
    remove_articles,
    restore,
    run_worker,
    show_article,
)
from rag.cli.query import (
    ask_question,
    list_positions,
    make_briefing,
    read_statements,
    search_passages,
    show_chats,
    verify_file,
)
from rag.cli.serve import serve_app


class _Command(Protocol):
    """Makes the parser of one command."""

    def __call__(
        self, name: str, run: Callable[[argparse.Namespace], int], text: str, *, filtered: bool = False
    ) -> argparse.ArgumentParser: ...


def parser() -> argparse.ArgumentParser:
    """The parser of the command line; `run` of what it gives is the function of the command."""
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--json", action="store_true", help="one JSON object on standard output")
    shared.add_argument("--home", type=Path, help="folder of the library (ONRECORD_HOME, else .onrecord)")
    filters = argparse.ArgumentParser(add_help=False)
    filters.add_argument("--outlet", help="only this outlet")
    filters.add_argument("--since", type=a_day, metavar="DATE", help="published on or after YYYY-MM-DD")
    filters.add_argument("--until", type=a_day, metavar="DATE", help="published on or before YYYY-MM-DD")
    filters.add_argument("--speaker", help="articles in which this person or body makes a statement")
    filters.add_argument("--language", metavar="CODE", help="only this language, as en or tr")

    top = argparse.ArgumentParser(prog="onrecord", description="Ask a body of news what was said, on the record.")
    commands = top.add_subparsers(required=True, metavar="command")

    def command(
        name: str, run: Callable[[argparse.Namespace], int], text: str, *, filtered: bool = False
    ) -> argparse.ArgumentParser:
        made = commands.add_parser(
            name, help=text, description=text, parents=[shared, filters] if filtered else [shared]
        )
        if filtered and name != "brief":
            made.add_argument("--article", metavar="ID", help="only this article")
        made.set_defaults(run=run)
        return made

    _articles(command)
    _upkeep(command)
    _questions(command)
    _drafts(command)
    _following(command)
    _sources(command)
    _positions(command)
    _evaluation(command)
    made = command("mcp", serve_assistants, "serve the record to assistants (Model Context Protocol, standard input)")
    made.add_argument("--http", action="store_true", help="over HTTP under /mcp, with ONRECORD_API_TOKEN")
    made.add_argument("--allow-add", action="store_true", help="let assistants add articles")
    made.add_argument("--host", default="127.0.0.1", help="address to listen on with --http (127.0.0.1)")
    made.add_argument("--port", type=int, default=8502, help="port to listen on with --http (8502)")
    made = command("serve", serve_app, "run the app in the browser, with its security headers")
    made.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
    made.add_argument("--port", type=int, default=8501, help="port to listen on (8501)")
    return top


def _articles(command: _Command) -> None:
    made = command("add", add_sources, "add files, folders, web addresses, feeds, or - for standard input")
    made.add_argument("sources", nargs="+", metavar="SOURCE")
    _take_fields(made, "instead of what is found")
    made.add_argument("--feed", action="store_true", help="of a web page, add what the feed that it offers lists")
    made.add_argument("--no-wait", action="store_true", help="return once stored; vectors and statements follow later")
    made = command("list", list_articles, "list articles", filtered=True)
    made.add_argument("--limit", type=int, help="at most this many")
    made.add_argument("--query", help="words of the title")
    made = command("show", show_article, "show an article")
    made.add_argument("id", metavar="ID")
    made.add_argument("--version", help="an earlier version, and how the current one differs")
    made = command("amend", amend_article, "correct the fields of an article; no later reading changes them")
    made.add_argument("id", metavar="ID")
    _take_fields(made, "from now on; an empty one empties the field")
    made.add_argument("--undo", action="append", choices=FIELDS, help="back to what was found; may be repeated")
    made = command("remove", remove_articles, "remove articles from the library and every index")
    made.add_argument("ids", nargs="+", metavar="ID")


def _upkeep(command: _Command) -> None:
    command("reindex", reindex, "make every index again from the library")
    made = command("worker", run_worker, "make vectors and statements for all who share a library on a server")
    made.add_argument("--once", action="store_true", help="end when nothing is left to do")
    made = command("backup", back_up, "copy the library to a new file and check it")
    made.add_argument("file", type=Path, metavar="FILE")
    made = command("migrate-store", migrate_store, "copy the library to a database server, or back into a folder")
    made.add_argument("--to", required=True, metavar="PLACE", help="postgresql://USER@HOST:PORT/DATABASE, or a folder")
    made.add_argument("--chroma", metavar="URL", help="http://HOST:PORT of the Chroma server there")
    made = command("restore", restore, "check a backup and put it into a home without a library")
    made.add_argument("file", type=Path, metavar="FILE")
    command("doctor", doctor, "say engine, models, stores, versions, health and what to do")


def _questions(command: _Command) -> None:
    made = command("search", search_passages, "find passages", filtered=True)
    _take_ignored(made)
    made.add_argument("query", metavar="QUERY")
    made.add_argument("-k", type=at_least_one, default=10, metavar="N", help="how many (10)")
    made = command("ask", ask_question, "ask a question and get a cited answer", filtered=True)
    made.add_argument("question", metavar="QUESTION")
    made.add_argument("--as-of", type=a_day, metavar="DATE", help="answer from what was known by YYYY-MM-DD")
    made.add_argument(
        "--chat", metavar="ID", help="as the next question of a conversation, which is kept: new, or its id"
    )
    _take_ignored(made)
    _take_export(made)
    made = command("chats", show_chats, "list conversations, or show one with its answers")
    made.add_argument("id", nargs="?", metavar="ID")
    made.add_argument("--forget", action="store_true", help="take the conversation out of the library")
    made = command("verify", verify_file, "check an exported answer or briefing again: Markdown, Word, HTML or JSON")
    made.add_argument("file", type=Path, metavar="FILE")


def _drafts(command: _Command) -> None:
    made = command("check", check_draft, "check a draft: each quotation and claim against the record")
    made.add_argument("file", metavar="FILE", help="text, Markdown, Word or PDF, or - for standard input")
    made.add_argument("--day", type=a_day, metavar="DATE", help="the day that the draft is of (today)")


def _following(command: _Command) -> None:
    made = command("follow", follow, "read a feed, a sitemap or a listing page again and again, or watch a question")
    made.add_argument("address", nargs="?", metavar="ADDRESS")
    made.add_argument("--interval", type=at_least_one, default=60, metavar="MINUTES", help="between readings (60)")
    made.add_argument("--words", metavar="LIST", help="only articles with one of these words, with commas")
    made.add_argument("--outlet", help="the outlet of all its articles")
    made.add_argument("--language", metavar="CODE", help="only this language, as en or tr")
    made.add_argument("--question", help="a question to ask again after each refresh")
    made.add_argument("--actor", help="whose statements to watch for")
    made.add_argument("--topic", help="what the statements are to be about")
    command("following", list_following, "list what is followed and watched")
    made = command("unfollow", unfollow, "read an address no more, or end a watch")
    made.add_argument("name", metavar="ADDRESS|ID")
    made = command("refresh", refresh, "read what is due and say what is new")
    made.add_argument("--all", action="store_true", help="also what is not due yet, and what is paused")
    made.add_argument("--watch", action="store_true", help="go on until stopped")
    made = command("digest", print_digest, "say what is new since a day")
    made.add_argument(
        "--since",
        type=a_day_or_word,
        default="yesterday",
        metavar="DATE",
        help="YYYY-MM-DD, today or yesterday (yesterday)",
    )
    made.add_argument("--format", choices=("text", "md", "html", "atom"), default="text", help="of what is written")
    made.add_argument("-o", "--output", type=Path, metavar="FILE", help="write it to a file")
    made.add_argument("--send", metavar="ADDRESS", help="send it by mail, through ONRECORD_SMTP_URL")

    made = command("stories", list_stories, "list what happened: the articles about one event", filtered=True)
    made.add_argument("--merge", nargs="+", metavar="STORY", help="make one story of these")
    made.add_argument("--split", metavar="STORY", help="take articles out of this story, with --out")
    made.add_argument("--out", nargs="+", metavar="ID", default=[], help="the articles to take out")


def _sources(command: _Command) -> None:
    made = command(
        "preview",
        preview_source,
        "show every article that a file, a folder, a page or a feed holds, without storing it",
    )
    made.add_argument("source", metavar="SOURCE")
    made.add_argument("--feed", action="store_true", help="of a web page, what the feed that it offers lists")
    made = command("extract", extract_source, "show what adding a file would make of it, without storing it")
    made.add_argument("source", metavar="SOURCE")
    made = command("statements", read_statements, "show who says what in a file, without storing it")
    made.add_argument("source", metavar="SOURCE")
    made.add_argument("--explain", action="store_true", help="with why each is given to its speaker, in a sentence")


def _positions(command: _Command) -> None:
    made = command("positions", list_positions, "list stated positions", filtered=True)
    several = "; may be repeated"
    made.add_argument("--actor", action="append", help=f"only by or on behalf of this person, body or country{several}")
    made.add_argument("--topic", action="append", help=f"only statements about this{several}")
    made.add_argument("--matrix", action="store_true", help="actors by topics, with changes over time")
    made.add_argument("--csv", type=Path, metavar="FILE", help="write the matrix to a file as a table")
    made = command(
        "brief", make_briefing, "make a briefing: on a topic, a span of dates or chosen articles", filtered=True
    )
    made.add_argument("topic", nargs="?", metavar="TOPIC")
    made.add_argument("--article", action="append", metavar="ID", help=f"about this article{several}")
    made.add_argument("--template", default="situation", help="situation, digest, positions, summary or a TOML file")
    made.add_argument("--length", default="medium", help="short, medium, long or a number of words (medium)")
    made.add_argument("--builtin", action="store_true", help="without the model that is set")
    _take_export(made)


def _evaluation(command: _Command) -> None:
    made = command(
        "eval",
        evaluate,
        "measure, compare, check floors, write the page; readers' judgements as cases",
    )
    made.add_argument("name", metavar="NAME", help="a measure, or compare A B, check, pin FILE, report, cases")
    made.add_argument("files", nargs="*", type=Path, metavar="FILE", help="reports to compare or to pin floors to")
    made.add_argument("--data", type=Path, metavar="DIR", help="folder of the evaluation data")
    made.add_argument("--out", type=Path, metavar="FILE", help="write the report, the page or the cases here")
    made.add_argument("--reports", type=Path, metavar="DIR", help="folder of reports and floors (docs/evaluation)")
    made.add_argument("--lower", action="store_true", help="let pin lower a floor")


def _take_fields(made: argparse.ArgumentParser, when: str) -> None:
    for name in FIELDS:
        if name == "published":
            made.add_argument("--published", metavar="DATE", help=f"day of publication, YYYY-MM-DD, {when}")
        else:
            made.add_argument(f"--{name}", help=f"{name}, {when}")


def _take_ignored(made: argparse.ArgumentParser) -> None:
    made.add_argument(
        "--ignore",
        action="append",
        default=[],
        metavar="KIND",
        help="don't narrow by what the question says: outlet, date, language, actor, part, or one as outlet:NAME",
    )


def _take_export(made: argparse.ArgumentParser) -> None:
    made.add_argument("--format", metavar="LIST", help="export as md, docx, pdf, html, json, one or more with commas")
    made.add_argument("-o", "--output", type=Path, metavar="FILE", help="where to: a file, or a folder")
