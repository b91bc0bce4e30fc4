"""E-mails (.eml) and mailboxes (mbox): the subject, the day on which it was sent, and the article in the body.

A message that is forwarded, in the text or attached, is the article; who forwarded it, and to whom, is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from itertools import zip_longest
from operator import attrgetter

from lxml.html import HtmlElement

from rag.domain import Extract, LeftOut
from rag.errors import UnreadableSource, UnusableInput
from rag.knowledge.tables import pattern_of, table
from rag.readers import boilerplate
from rag.readers.decode import decoded
from rag.readers.forwarded import innermost_message, without_mark
from rag.readers.html import parse_html
from rag.readers.pasted import read_pasted
from rag.readers.source import Entry, Source
from rag.text.canonical import canonical

_HEADER = re.compile(rb"(?:[A-Za-z][A-Za-z0-9-]{1,40}:[^\n]*\r?\n(?:[ \t][^\n]*\r?\n)*){2,}")
_MAIL_FIELD = re.compile(
    rb"^(?:from|received|mime-version|message-id|return-path|date|subject):", re.IGNORECASE | re.MULTILINE
)
_REPLY_PREFIX = re.compile(
    rf"^(?:(?:{'|'.join(table('mail')['answer'])})\s?(?:\[\d+\]|\(\d+\))?\s?[:：]\s*"
    rf"|\[(?:{'|'.join(table('mail')['gateway'])})\]\s*)+",
    re.IGNORECASE,
)
_MOST_PARTS = 1_000  # boundary lines: parsing time grows with their square
_LONGEST_KIND = 4_000  # bytes of a Content- field, whose parameters are slow to parse
_LONGEST_FIELD, _UNFOLDED = 50_000, re.compile(rb"\n(?![ \t])")  # bytes of a header field, folded lines together
_SIGNATURE_MARK, _LONGEST_SIGNATURE = re.compile(r"--[ \t]?"), 60  # words below the mark
_POSTMARK = re.compile(rb"From \S.{0,200}\d{4}(?: [+-]\d{4})?\r?$")
_MOST_MAILS, _MOST_DEEP = 100_000, 4
_LINK = re.compile(r"[ \t]*[<(\[]\s*https?://[^\s<>()\[\]]+\s*[>)\]]")
_BARE_LINK = re.compile(r"[ \t]*https?://\S+[ \t]*")
_NOTE = 60  # words up to which the text of a mail is a covering note to what is attached
_SENTENCE = 12  # words of a line that is no address and no slogan
_LONGEST_REASON = 300  # characters of the line that says why a newsletter comes
_WROTE = pattern_of("mail", "wrote", flags=0)
_SUBSCRIBED = pattern_of("mail", "subscribed")
_PARSE_ERRORS = (LookupError, ValueError, AttributeError, KeyError, TypeError, RecursionError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file that is attached to a mail, to be read as any file."""

    name: str
    content: bytes


def is_mail(data: bytes) -> bool:
    """True if `data` begins with the header of an e-mail, with at least three fields that only e-mails have."""
    match = _HEADER.match(data[:20_000].lstrip())
    return match is not None and len(set(_MAIL_FIELD.findall(match[0].lower()))) >= 3


def is_mailbox(data: bytes) -> bool:
    """True if `data` begins with the line that stands before each e-mail of a mailbox, and such an e-mail."""
    first, _, rest = data.lstrip().partition(b"\n")
    match = _HEADER.match(rest[:20_000])
    return _POSTMARK.match(first) is not None and match is not None and len(_MAIL_FIELD.findall(match[0].lower())) >= 2


def read_mails(source: Source) -> Iterator[Entry | Attachment]:
    """The articles of an e-mail, or of each e-mail of a mailbox, and attached files that hold an article."""
    if not is_mailbox(source.head):
        yield from _read_message(_parse_message(source.data), source.name, 0)
        return
    for number, data in enumerate(_mails(source), start=1):
        where = f"{source.name}, mail {number}"
        if number > _MOST_MAILS:
            yield Entry(
                name=where, content=UnreadableSource(f"There are more than {_MOST_MAILS:,} mails; split the file.")
            )
            return
        try:
            yield from _read_message(_parse_message(data), where, 0)
        except UnusableInput as exc:
            yield Entry(name=where, content=exc)


def _mails(source: Source) -> Iterator[bytes]:
    """The bytes of each e-mail of a mailbox. A line "From " within one is quoted with ">"."""
    mail: list[bytes] = []
    size, empty = 0, True
    with source.opened() as file:
        for line in file:
            if empty and _POSTMARK.match(line.rstrip(b"\n")):
                if size:
                    yield b"".join(mail)
                mail, size = [], 0
                continue
            empty = not line.strip()
            size += len(line)
            if size <= source.largest:
                mail.append(line[1:] if re.match(rb">+From ", line) else line)
    if size:
        yield b"".join(mail)


def _parse_message(data: bytes) -> EmailMessage:
    if data.count(b"\n--") > _MOST_PARTS:
        raise UnreadableSource(
            f"This e-mail has more than {_MOST_PARTS} parts; copy the text of the article and paste it."
        )
    if any(
        len(field) > (_LONGEST_KIND if field[:8].lower() == b"content-" else _LONGEST_FIELD) for field in _fields(data)
    ):
        raise UnreadableSource("This e-mail has a header that never ends; copy the text of the article and paste it.")
    try:
        message = message_from_bytes(data, policy=policy.default)
    except _PARSE_ERRORS as exc:
        raise UnreadableSource("This e-mail is damaged; copy the text of the article and paste it.") from exc
    if not isinstance(message, EmailMessage):
        raise UnreadableSource("This e-mail can't be read; copy the text of the article and paste it.")
    return message


def _read_message(message: EmailMessage, name: str, depth: int) -> Iterator[Entry | Attachment]:
    """The entries of attached mails, in place of the mail itself; else attached files where its text is only a note."""
    try:
        mails, files = _attachments(message)
    except _PARSE_ERRORS as exc:
        raise UnreadableSource("This e-mail is damaged; copy the text of the article and paste it.") from exc
    if mails and depth < _MOST_DEEP:
        for number, inner in enumerate(mails, start=1):
            where = f"{name}, attached mail {number}" if len(mails) > 1 else name
            try:
                yield from _read_message(inner, where, depth + 1)
            except UnusableInput as exc:
                yield Entry(name=where, content=exc)
        return
    try:
        extract = _read_article(message)
    except UnusableInput:
        if not files:
            raise
        extract = None
    if files and (extract is None or len(extract.text.split()) <= _NOTE):
        yield from (replace(file, name=f"{name}/{file.name}") for file in files)
    elif extract is not None:
        notes = tuple(f"the attached file {file.name} is not read; save it and add it" for file in files)
        yield Entry(name=name, content=replace(extract, notes=(*extract.notes, *notes)))


def _attachments(message: EmailMessage) -> tuple[list[EmailMessage], list[Attachment]]:
    mails: list[EmailMessage] = []
    files: list[Attachment] = []
    for part in message.iter_attachments() if message.is_multipart() else ():
        kind, filename = part.get_content_type(), part.get_filename()
        if kind == "message/rfc822":
            inner = part.get_content()
            mails += [inner] if isinstance(inner, EmailMessage) else []
        elif kind.startswith("multipart/"):
            continue
        elif (filename or "").lower().endswith(".eml") and isinstance(data := part.get_payload(decode=True), bytes):
            mails += [_parse_message(data)]
        elif (
            filename
            and kind not in ("application/ms-tnef", "application/pgp-signature", "text/calendar")
            and not (kind.startswith(("image/", "audio/", "video/")))
        ):
            data = part.get_payload(decode=True)
            files += [Attachment(name=" ".join(filename.split()), content=data)] if isinstance(data, bytes) else []
    return mails, files


def _read_article(message: EmailMessage) -> Extract:
    try:
        day, subject = _sent_day(message), _header(message, "subject")
        plain, html = _body_part(message, "plain"), _body_part(message, "html")
    except _PARSE_ERRORS as exc:
        raise UnreadableSource("This e-mail is damaged; copy the text of the article and paste it.") from exc
    if not (plain or "").strip() and not (html or "").strip():
        raise UnreadableSource("This e-mail has no text of its own; save its attachment and add that.")
    title = _without_reply_prefix(subject)
    lines = _lines_of(plain, html)
    if (inner := innermost_message(lines)) is not None:
        title = _without_reply_prefix(inner.subject or "") or title
        day = inner.sent or (None if inner.has_date else day)
        lines = inner.lines
    lines = _without_signature(_without_reply(lines))
    own_lines = list(_without_newsletter_lines(lines))
    extract = read_pasted("\n".join(own_lines))
    lines_of_letter = _newsletter_lines(lines, own_lines, extract.text)
    return replace(
        extract, title=title or extract.title, published=extract.published or day,
        left_out=tuple(sorted((*extract.left_out, *lines_of_letter), key=attrgetter("at"))),
        date_basis=extract.date_basis or ("meta" if day else None),
    )  # fmt: skip


def _lines_of(plain: str | None, html: str | None) -> list[str]:
    """The lines of the part with more text: a plain part may be only a stub."""
    of_plain = _plain_lines(plain) if plain else []
    of_html = visible_lines(html) if html else []
    words_plain, words_html = (sum(len(line.split()) for line in lines) for lines in (of_plain, of_html))
    stub = words_plain < 80 and any(phrase in " ".join(of_plain).lower() for phrase in table("mail")["stub"])
    return of_html if of_html and (stub or words_html > 1.4 * words_plain or not of_plain) else of_plain


def _plain_lines(text: str) -> list[str]:
    lines = text.replace("\r\n", "\n").split("\n")
    return [_BARE_LINK.sub("", line) if _BARE_LINK.fullmatch(line) else _LINK.sub("", line) for line in lines]


def _without_signature(lines: list[str]) -> list[str]:
    """The lines above the last mark of a signature; all of them where more than a signature stands below it."""
    at = next((at for at in range(len(lines) - 1, 0, -1) if _SIGNATURE_MARK.fullmatch(lines[at])), len(lines))
    return lines[:at] if sum(len(line.split()) for line in lines[at:]) <= _LONGEST_SIGNATURE else lines


def _without_reply(lines: list[str]) -> list[str]:
    """The lines without the earlier mail that a reply quotes, unless the reply itself is only a note."""
    at = next((at for at, line in enumerate(lines) if _WROTE.search(line) and _is_quoted(lines[at + 1 :])), None)
    if at is None:
        return lines
    above = lines[:at]
    if sum(len(line.split()) for line in above) >= _NOTE:
        return above
    return [without_mark(line) for line in lines[at + 1 :]]


def _is_quoted(lines: list[str]) -> bool:
    first = next((line for line in lines if line.strip()), "")
    return first.lstrip().startswith(">")


def _without_newsletter_lines(lines: list[str]) -> Iterator[str]:
    """The lines without those in which a newsletter speaks of itself, and without its foot."""
    phrases = tuple(table("mail")["furniture"])
    foot = _foot_start(lines, phrases)
    yield from ("" if _is_newsletter_line(line, phrases) else line for line in lines[:foot])


def _newsletter_lines(lines: list[str], own_lines: list[str], text: str) -> Iterator[LeftOut]:
    """The lines of a newsletter that are none of the article's own, each behind the paragraph above it."""
    at = 0
    for line, own in zip_longest(lines, own_lines, fillvalue=""):
        if own.strip() and (place := text.find(canonical(own))) >= 0:
            behind = text.find("\n\n", place)
            at = max(at, behind + 2 if behind >= 0 else len(text))
        elif not own.strip() and line.strip():
            yield LeftOut(text=canonical(line), at=at)


def _is_newsletter_line(line: str, phrases: tuple[str, ...]) -> bool:
    """True for a line in which a newsletter speaks of itself."""
    bare = _bare(line)
    if bare.startswith(tuple(table("mail")["disclaimer"])) or (
        len(line) <= _LONGEST_REASON and _SUBSCRIBED.search(line) and not boilerplate.reports_speech(line)
    ):
        return True
    if len(line) > 200 or boilerplate.has_quotes(line):
        return False
    return bare.startswith(phrases) or (len(line) <= 90 and any(phrase in bare for phrase in phrases if " " in phrase))


def _bare(line: str) -> str:
    return re.sub(r"^[\W_]+", "", line).lower().replace("’", "'")


def _foot_start(lines: list[str], phrases: tuple[str, ...]) -> int:
    """The index of the line at which a newsletter's foot begins: no long sentence follows it."""
    foot = len(lines)
    for at in range(len(lines) - 1, -1, -1):
        bare = _bare(lines[at])
        if _is_newsletter_line(lines[at], phrases):
            foot = at
        elif len(bare.split()) >= _SENTENCE and bare[-1:] in '.!?”"':
            break
    return foot


def _without_reply_prefix(subject: str) -> str:
    return _REPLY_PREFIX.sub("", " ".join(canonical(subject).split()))


def _body_part(message: EmailMessage, kind: str) -> str | None:
    part = message.get_body(preferencelist=("plain",) if kind == "plain" else ("html",))
    content = part.get_payload(decode=True) if part else None
    if part is None or not isinstance(content, bytes) or not content.strip():
        return None
    text = decoded(content, name="The e-mail", declared=part.get_content_charset())
    is_flowed = kind == "plain" and str(part.get_param("format", "")).lower() == "flowed"
    return _unflowed(text, no_blank=str(part.get_param("delsp", "")).lower() == "yes") if is_flowed else text


def _unflowed(text: str, *, no_blank: bool) -> str:
    """The text of a part in "format=flowed" (RFC 3676), in which a line that ends with a blank goes on in the next one
    of the same depth of quotation. With `no_blank`, that blank is no part of the text.
    """
    lines: list[str] = []
    open_depth: int | None = None
    for line in text.replace("\r\n", "\n").split("\n"):
        words = line.lstrip(">")
        depth = len(line) - len(words)
        words = words.removeprefix(" ")
        is_mark = _SIGNATURE_MARK.fullmatch(words) is not None
        if depth == open_depth and words.strip() and not is_mark:
            lines[-1] = (lines[-1][:-1] if no_blank else lines[-1]) + words
        else:
            lines.append(f"{'>' * depth} {words}" if depth else words)
        open_depth = depth if words.strip() and words.endswith(" ") and not is_mark else None
    return "\n".join(lines)


def _fields(data: bytes) -> Iterator[bytes]:
    """The header fields of the message and of its parts, before anything reads them: the standard library's time grows
    with the square of their length.
    """
    for part in data.replace(b"\r\n", b"\n").split(b"\n--"):
        yield from _UNFOLDED.split(part.partition(b"\n\n")[0])


def _header(message: EmailMessage, name: str) -> str:
    try:
        return str(message.get(name, ""))
    except (ValueError, LookupError, AttributeError, TypeError):  # headers that the standard library stumbles over
        return ""


def _sent_day(message: EmailMessage) -> date | None:
    """The day in the header, in the sender's own time."""
    try:
        return parsedate_to_datetime(_header(message, "date")).date()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


# -- the HTML of a mail as a reader sees it: without what is hidden and without rows of links

_BLOCKS = frozenset(
    "p div td th tr table tbody br li ul ol h1 h2 h3 h4 h5 h6 blockquote section article header footer hr "
    "center pre dd dt".split()
)
_UNSEEN = frozenset("script style head title meta link template noscript svg img".split())
_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all|(?:font-size|line-height|max-height|opacity)\s*:\s*0(?:px|pt|em)?\s*(?:;|$|!)",
    re.IGNORECASE,
)
_PREHEADER = re.compile(r"\b(?:pre-?header|previewtext|preview-text|hidden|mcnpreviewtext)\b", re.IGNORECASE)
_FILLER = re.compile("[\u034f\u200b-\u200f\u2007\u00ad\ufeff\u2060]+")
# A link at the end of a paragraph that leads to the rest of it.
_CALL = re.compile(
    rf"\s*\x00\s*(?:{'|'.join(map(re.escape, table('mail')['calls']))})[\s.…»>→›]*\x01[\s»>→›]*$", re.IGNORECASE
)
_MOST_TAGS = 50_000
_FEWEST_OF_LINK = 9  # words from which a line that is all link is a sentence of its own


def visible_lines(html: str) -> list[str]:
    """The visible lines, with an empty one between paragraphs; none where the HTML can't be read."""
    tree = parse_html(html) if html.count("<") <= _MOST_TAGS else None
    if tree is None:
        return []
    text = "".join(_html_pieces(tree, 0))
    lines = (" ".join(_FILLER.sub("", line).split()) for line in text.split("\n"))
    visible: list[str] = []
    for line in lines:
        bare = line.replace("\x00", "").replace("\x01", "")
        linked = sum(len(part) for part in re.findall("\x00([^\x00\x01]*)\x01", line))
        if bare and linked >= 0.95 * len(bare) and len(bare.split()) < _FEWEST_OF_LINK:
            continue
        if bare or (visible and visible[-1]):
            visible.append(_CALL.sub("", line).replace("\x00", "").replace("\x01", "").strip() if bare else bare)
    return visible


def _html_pieces(element: HtmlElement, depth: int) -> Iterator[str]:
    if not isinstance(element.tag, str) or element.tag in _UNSEEN or depth > 200 or _is_hidden(element):
        return
    block = element.tag in _BLOCKS
    yield "\n" if block else ""
    yield "\x00" if element.tag == "a" else ""
    yield re.sub(r"\s+", " ", element.text or "").replace("\x00", "")
    for child in element:
        yield from _html_pieces(child, depth + 1)
        yield re.sub(r"\s+", " ", child.tail or "").replace("\x00", "")
    yield "\x01" if element.tag == "a" else ""
    yield "\n" if block else ""


def _is_hidden(element: HtmlElement) -> bool:
    names = f"{element.get('class') or ''} {element.get('id') or ''}"
    return bool(
        _HIDDEN.search(element.get("style") or "") or _PREHEADER.search(names) or element.get("hidden") is not None
    )
