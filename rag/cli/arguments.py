"""The arguments of every command."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from rag.cli.common import FIELDS, parse_day_argument, parse_positive_int
from rag.cli.evaluate import evaluate
from rag.cli.following import follow, list_following, list_stories, parse_day_or_word, print_digest, refresh, unfollow
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
    check_draft,
    list_positions,
    make_briefing,
    read_statements,
    search_passages,
    show_chats,
    verify_file,
)
from rag.cli.serve import serve_app, serve_assistants


class _Command(Protocol):
    """Creates the parser of one command."""

    def __call__(
        self, name: str, run: Callable[[argparse.Namespace], int], text: str, *, filtered: bool = False
    ) -> argparse.ArgumentParser: ...


def parser() -> argparse.ArgumentParser:
    """The parser of the command line; `run` in its result is the function of the command."""
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--json", action="store_true", help="one JSON object on standard output")
    shared.add_argument("--home", type=Path, help="folder of the library (ONRECORD_HOME, else .onrecord)")
    filters = argparse.ArgumentParser(add_help=False)
    filters.add_argument("--outlet", help="only this outlet")
    filters.add_argument("--since", type=parse_day_argument, metavar="DATE", help="published on or after YYYY-MM-DD")
    filters.add_argument("--until", type=parse_day_argument, metavar="DATE", help="published on or before YYYY-MM-DD")
    filters.add_argument("--speaker", help="articles in which this person or body makes a statement")
    filters.add_argument("--language", metavar="CODE", help="only this language, as en or tr")

    top = argparse.ArgumentParser(prog="onrecord", description="Ask a body of news what was said, on the record.")
    commands = top.add_subparsers(required=True, metavar="command")

    def command(
        name: str, run: Callable[[argparse.Namespace], int], text: str, *, filtered: bool = False
    ) -> argparse.ArgumentParser:
        subparser = commands.add_parser(
            name, help=text, description=text, parents=[shared, filters] if filtered else [shared]
        )
        if filtered and name != "brief":
            subparser.add_argument("--article", metavar="ID", help="only this article")
        subparser.set_defaults(run=run)
        return subparser

    _articles(command)
    _upkeep(command)
    _questions(command)
    _drafts(command)
    _following(command)
    _sources(command)
    _positions(command)
    _evaluation(command)
    subparser = command(
        "mcp", serve_assistants, "serve the record to assistants (Model Context Protocol, on standard input)"
    )
    subparser.add_argument("--http", action="store_true", help="over HTTP under /mcp, with ONRECORD_API_TOKEN")
    subparser.add_argument("--allow-add", action="store_true", help="let assistants add articles")
    subparser.add_argument("--host", default="127.0.0.1", help="address to listen on with --http (127.0.0.1)")
    subparser.add_argument("--port", type=int, default=8502, help="port to listen on with --http (8502)")
    subparser = command("serve", serve_app, "run the app in the browser, with its security headers")
    subparser.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
    subparser.add_argument("--port", type=int, default=8501, help="port to listen on (8501)")
    return top


def _articles(command: _Command) -> None:
    subparser = command("add", add_sources, "add files, folders, web addresses, feeds, or - for standard input")
    subparser.add_argument("sources", nargs="+", metavar="SOURCE")
    _take_fields(subparser, "instead of what is found")
    subparser.add_argument("--feed", action="store_true", help="take the feed that the web page offers, not the page")
    _take_map(subparser)
    subparser.add_argument(
        "--no-wait", action="store_true", help="return once stored; vectors and statements follow later"
    )
    subparser = command("list", list_articles, "list articles", filtered=True)
    subparser.add_argument("--limit", type=int, help="at most this many")
    subparser.add_argument("--query", help="words of the title")
    subparser = command("show", show_article, "show an article")
    subparser.add_argument("id", metavar="ID")
    subparser.add_argument("--version", help="an earlier version, and how the current one differs")
    subparser = command("amend", amend_article, "correct the fields of an article; no later reading changes them")
    subparser.add_argument("id", metavar="ID")
    _take_fields(subparser, "from now on; an empty one empties the field")
    subparser.add_argument("--undo", action="append", choices=FIELDS, help="go back to what was found; may be repeated")
    subparser = command("remove", remove_articles, "remove articles from the library and every index")
    subparser.add_argument("ids", nargs="+", metavar="ID")


def _upkeep(command: _Command) -> None:
    command("reindex", reindex, "rebuild every index from the library")
    subparser = command("worker", run_worker, "make vectors and statements for all who share a library on a server")
    subparser.add_argument("--once", action="store_true", help="stop when nothing is left to do")
    subparser = command("backup", back_up, "copy the library to a new file and check it")
    subparser.add_argument("file", type=Path, metavar="FILE")
    subparser = command("migrate-store", migrate_store, "copy the library to a database server, or back into a folder")
    subparser.add_argument(
        "--to", required=True, metavar="PLACE", help="postgresql://USER@HOST:PORT/DATABASE, or a folder"
    )
    subparser.add_argument("--chroma", metavar="URL", help="http://HOST:PORT of the Chroma server there")
    subparser = command("restore", restore, "check a backup and put it into a home without a library")
    subparser.add_argument("file", type=Path, metavar="FILE")
    subparser = command("doctor", doctor, "report on engine, models, stores and health, and say what to do")
    subparser.add_argument("--model", action="store_true", help="try the language model instead, and say what works")


def _questions(command: _Command) -> None:
    subparser = command("search", search_passages, "find passages", filtered=True)
    _take_ignored(subparser)
    subparser.add_argument("query", metavar="QUERY")
    subparser.add_argument("-k", type=parse_positive_int, default=10, metavar="N", help="how many (10)")
    subparser = command("ask", ask_question, "ask a question and get a cited answer", filtered=True)
    subparser.add_argument("question", metavar="QUESTION")
    subparser.add_argument(
        "--as-of", type=parse_day_argument, metavar="DATE", help="answer from what was known by YYYY-MM-DD"
    )
    subparser.add_argument(
        "--chat", metavar="ID", help="ask it as the next question of a kept conversation: new, or its id"
    )
    _take_ignored(subparser)
    _take_export(subparser)
    subparser = command("chats", show_chats, "list conversations, or show one with its answers")
    subparser.add_argument("id", nargs="?", metavar="ID")
    subparser.add_argument("--forget", action="store_true", help="delete the conversation")
    subparser = command("verify", verify_file, "check an exported answer or briefing again, in any format")
    subparser.add_argument("file", type=Path, metavar="FILE")


def _drafts(command: _Command) -> None:
    subparser = command("check", check_draft, "check a draft: each quotation and claim against the record")
    subparser.add_argument("file", metavar="FILE", help="text, Markdown, Word or PDF, or - for standard input")
    subparser.add_argument("--day", type=parse_day_argument, metavar="DATE", help="the date of the draft (today)")


def _following(command: _Command) -> None:
    subparser = command("follow", follow, "keep reading a feed, a sitemap or a page of links, or watch a question")
    subparser.add_argument("address", nargs="?", metavar="ADDRESS|FILE", help="or a file that lists feeds (OPML)")
    subparser.add_argument(
        "--interval", type=parse_positive_int, default=60, metavar="MINUTES", help="between readings (60)"
    )
    subparser.add_argument("--words", metavar="LIST", help="only articles with one of these words, separated by commas")
    subparser.add_argument("--outlet", help="the outlet of every article that it lists")
    subparser.add_argument("--language", metavar="CODE", help="only this language, as en or tr")
    subparser.add_argument("--question", help="a question to ask again after each refresh")
    subparser.add_argument("--actor", help="whose statements to watch for")
    subparser.add_argument("--topic", help="what the statements must be about")
    subparser.add_argument("--story", metavar="ID", help="a story (see `stories`) whose new articles to watch for")
    subparser = command("following", list_following, "list what is followed and watched")
    subparser.add_argument("--opml", type=Path, metavar="FILE", help="write the addresses to a list of feeds (OPML)")
    subparser = command("unfollow", unfollow, "stop following an address, or stop watching")
    subparser.add_argument("name", metavar="ADDRESS|ID")
    subparser = command("refresh", refresh, "read what is due and say what is new")
    subparser.add_argument(
        "--all", action="store_true", help="read every address, also those that are not due or are paused"
    )
    subparser.add_argument("--watch", action="store_true", help="go on until stopped")
    subparser = command("digest", print_digest, "say what is new since a day")
    subparser.add_argument(
        "--since",
        type=parse_day_or_word,
        default="yesterday",
        metavar="DATE",
        help="YYYY-MM-DD, today, yesterday or last-week (yesterday)",
    )
    subparser.add_argument(
        "--only", action="append", default=[], metavar="ID", help="a watch or story; may be repeated"
    )
    subparser.add_argument(
        "--format", choices=("text", "md", "html", "atom"), default="text", help="of what is written"
    )
    subparser.add_argument("-o", "--output", type=Path, metavar="FILE", help="write it to a file")
    subparser.add_argument("--send", metavar="ADDRESS", help="send it by mail, through ONRECORD_SMTP_URL")

    subparser = command("stories", list_stories, "list what happened: the articles about one event", filtered=True)
    subparser.add_argument("--merge", nargs="+", metavar="STORY", help="make one story of these")
    subparser.add_argument("--split", metavar="STORY", help="take articles out of this story, with --out")
    subparser.add_argument("--out", nargs="+", metavar="ID", default=[], help="the articles to take out")


def _sources(command: _Command) -> None:
    subparser = command(
        "preview",
        preview_source,
        "show every article that a file, a folder, a page or a feed holds, without storing it",
    )
    subparser.add_argument("source", metavar="SOURCE")
    subparser.add_argument("--feed", action="store_true", help="show the feed that the web page offers, not the page")
    _take_map(subparser)
    subparser = command("extract", extract_source, "show what adding a file would make of it, without storing it")
    subparser.add_argument("source", metavar="SOURCE")
    subparser = command("statements", read_statements, "show who says what in a file, without storing it")
    subparser.add_argument("source", metavar="SOURCE")
    subparser.add_argument("--explain", action="store_true", help="say why each is given to its speaker")


def _positions(command: _Command) -> None:
    subparser = command("positions", list_positions, "list stated positions", filtered=True)
    several = "; may be repeated"
    subparser.add_argument(
        "--actor", action="append", help=f"only by or on behalf of this person, body or country{several}"
    )
    subparser.add_argument("--topic", action="append", help=f"only statements about this{several}")
    subparser.add_argument("--matrix", action="store_true", help="actors by topics, with changes over time")
    subparser.add_argument("--csv", type=Path, metavar="FILE", help="write the matrix to a CSV file")
    subparser = command(
        "brief", make_briefing, "make a briefing: on a topic, a span of dates or chosen articles", filtered=True
    )
    subparser.add_argument("topic", nargs="?", metavar="TOPIC")
    subparser.add_argument("--article", action="append", metavar="ID", help=f"about this article{several}")
    subparser.add_argument(
        "--template", default="situation", help="situation, digest, positions, summary or a TOML file"
    )
    subparser.add_argument("--length", default="medium", help="short, medium, long or a number of words (medium)")
    subparser.add_argument("--builtin", action="store_true", help="leave the language model out")
    _take_export(subparser)


def _evaluation(command: _Command) -> None:
    subparser = command(
        "eval",
        evaluate,
        "measure, compare, check floors, write the report, export readers' judgements",
    )
    subparser.add_argument("name", metavar="NAME", help="a measure, or compare A B, check, pin FILE, report, cases")
    subparser.add_argument("files", nargs="*", type=Path, metavar="FILE", help="reports to compare or to pin floors to")
    subparser.add_argument("--data", type=Path, metavar="DIR", help="folder of the evaluation data")
    subparser.add_argument("--out", type=Path, metavar="FILE", help="write the report, the page or the cases here")
    subparser.add_argument("--reports", type=Path, metavar="DIR", help="folder of reports and floors (docs/evaluation)")
    subparser.add_argument("--lower", action="store_true", help="let pin lower a floor")


def _take_map(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--map",
        metavar="FILE_OR_FIELDS",
        help="what a dump or table calls its fields: title=Headline,text=Body, or a file of such pairs; remembered",
    )


def _take_fields(parser: argparse.ArgumentParser, when: str) -> None:
    for name in FIELDS:
        if name == "published":
            parser.add_argument("--published", metavar="DATE", help=f"day of publication, YYYY-MM-DD, {when}")
        else:
            parser.add_argument(f"--{name}", help=f"{name}, {when}")


def _take_ignored(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--ignore",
        action="append",
        default=[],
        metavar="KIND",
        help="don't narrow by these words of the question: outlet, date, language, actor, part, or one as outlet:NAME",
    )


def _take_export(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--format", metavar="LIST", help="export as md, docx, pdf, html or json; separate several with commas"
    )
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="where to: a file, or a folder")
