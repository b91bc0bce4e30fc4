"""Commands that follow the news: addresses, watches, refreshing and digests."""

from __future__ import annotations

import argparse
import sys
import threading
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from rag.cli.common import DONE, PARTLY, filters_of, open_newsroom, print_result
from rag.display import news_line, plural
from rag.domain import Following, Refresh, Watch
from rag.errors import LibraryBusy, UnusableInput

_BETWEEN_ROUNDS = 60.0  # seconds between two rounds of `refresh --watch`


def follow(args: argparse.Namespace) -> int:
    """`onrecord follow`: follow an address or a list of feeds, or watch a --question, --actor, --topic or --story."""
    watches = bool(args.question or args.actor or args.topic or args.story)
    if not args.address and not watches:
        raise UnusableInput("Give an address to follow, or --question, --actor, --topic or --story to watch.")
    value: dict[str, Following | Watch | list[Following]] = {}
    with open_newsroom(args) as room:
        if args.address and (file := Path(args.address)).is_file():
            value["followed"] = room.follow_list(_read_file(file), file.name, interval=args.interval)
        elif args.address:
            value["following"] = room.follow(
                args.address,
                interval=args.interval,
                words=(args.words or "").split(","),
                outlet=args.outlet,
                language=args.language,
            )
        if watches:
            value["watch"] = room.watch(args.question, actor=args.actor, topic=args.topic, story=args.story)
    print_result(args, value, lambda: _print_followed(value))
    return DONE


def _print_followed(value: dict[str, Following | Watch | list[Following]]) -> None:
    for item in value.values():
        if isinstance(item, list):
            feeds = f"Following {plural(len(item), 'more feed')} of the list." if item else "All are followed already."
            print(f"{feeds} `onrecord refresh` reads what is due.")
        elif isinstance(item, Following):
            print(f"Following {item.address}, every {item.interval} minutes. `onrecord refresh` reads it now.")
        else:
            print(f"Watching {item.title} ({item.watch_id}).")


def list_following(args: argparse.Namespace) -> int:
    """`onrecord following`: the addresses and watches."""
    with open_newsroom(args) as room:
        addresses, watches = room.following(), room.watches()
        if args.opml:
            _write_file(args.opml, room.following_list())

    def lines() -> None:
        for item in addresses:
            state = "paused until `onrecord refresh --all`" if item.paused else f"next {item.next_read:%Y-%m-%d %H:%M}"
            last = f"last read {item.last_read:%Y-%m-%d %H:%M}" if item.last_read else "not read yet"
            error = f" - {item.error}" if item.error else ""
            waiting = f", {item.left:,} older ones in later rounds" if item.left else ""
            print(f"{item.address}: {last}, {state}, {plural(item.added, 'article')}{waiting}{error}")
        for watch in watches:
            print(f"{watch.watch_id}  {watch.title}: {watch.unread} new")
        if not addresses and not watches:
            print("Nothing is followed yet. Start with `onrecord follow ADDRESS`.", file=sys.stderr)

    print_result(args, {"following": addresses, "watches": watches}, lines)
    return DONE if addresses or watches else PARTLY


def unfollow(args: argparse.Namespace) -> int:
    """`onrecord unfollow`: an address, or a watch by its id."""
    with open_newsroom(args) as room:
        if args.name in {item.watch_id for item in room.watches()}:
            room.unwatch(args.name)
        else:
            room.unfollow(args.name)
    return DONE


def refresh(args: argparse.Namespace) -> int:
    """`onrecord refresh`: read what is due; with --watch again and again, until stopped."""
    with open_newsroom(args) as room:
        while True:
            try:
                outcome = room.refresh(everything=args.all, progress=lambda address: print(address, file=sys.stderr))
            except LibraryBusy as exc:
                if not args.watch:
                    raise
                print(f"onrecord: {exc}", file=sys.stderr)
                outcome = Refresh()
            if not args.watch:
                break
            if outcome.read:
                _print_refresh(outcome)
            threading.Event().wait(_BETWEEN_ROUNDS)
    print_result(args, outcome, lambda: _print_refresh(outcome))
    return PARTLY if outcome.errors or not outcome.read else DONE


def _print_refresh(outcome: Refresh) -> None:
    for item in outcome.results:
        print(f"{item.status}: {item.source}" + (f" - {item.reason}" if item.reason else ""))
    for address, reason in outcome.errors:
        print(f"not read: {address} - {reason}")
    for news in outcome.news:
        print(news_line(news))
    if outcome.left:
        print(f"{plural(outcome.left, 'older article')} of long lists will be read in the next rounds.")
    addresses = plural(outcome.read, "address", "addresses")
    new_count = sum(item.status in ("added", "updated") for item in outcome.results)
    articles, news_items = plural(new_count, "article"), plural(len(outcome.news), "news item")
    print(f"{addresses} read, {articles} new or changed, {news_items}.")


def list_stories(args: argparse.Namespace) -> int:
    """`onrecord stories`: list stories, or change them with --merge or --split."""
    with open_newsroom(args) as room:
        if args.merge:
            stories = [room.merge_stories(*args.merge)]
        elif args.split:
            stories = [room.split_story(args.split, args.out)]
        else:
            stories = room.stories(filters_of(args))

    def lines() -> None:
        for item in stories:
            days = " to ".join(dict.fromkeys(day.isoformat() for day in (item.since, item.until) if day))
            who = f", {', '.join(item.speakers)}" if item.speakers else ""
            print(f"{item.story_id}  {item.title} ({days or 'no day'}, {plural(len(item.articles), 'article')}{who})")

    print_result(args, {"stories": stories}, lines)
    return DONE if stories else PARTLY


def print_digest(args: argparse.Namespace) -> int:
    """`onrecord digest`: what is new since a day, on the screen, in a file or by mail."""
    with open_newsroom(args) as room:
        digest = room.digest(args.since, only=args.only)
        document = room.digest_document(digest, args.format)
        if args.output:
            _write_file(args.output, document)
        if args.send:
            room.send_digest(digest, args.send)
    print_result(args, digest, lambda: None if args.output else print(document, end=""))
    return DONE if digest.watches or digest.articles else PARTLY


def _read_file(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as exc:
        raise UnusableInput(f"{file} can't be read: {exc.strerror}. Check its permissions.") from exc


def _write_file(file: Path, text: str) -> None:
    """Write a file in UTF-8. Raises UnusableInput where it can't be written."""
    try:
        file.write_text(text, "utf-8")
    except OSError as exc:
        raise UnusableInput(f"{file} can't be written: {exc.strerror}. Name another file.") from exc


def parse_day_or_word(value: str) -> date:
    """The day of an argument: YYYY-MM-DD, `today`, `yesterday` or `last-week`. Raises ArgumentTypeError."""
    today = datetime.now(UTC).astimezone().date()
    words = {"today": today, "yesterday": today - timedelta(days=1), "last-week": today - timedelta(days=7)}
    if value in words:
        return words[value]
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{value!r} is not a date; write YYYY-MM-DD, today, yesterday or last-week"
        ) from None
