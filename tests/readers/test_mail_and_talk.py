"""Mails that are forwarded, mailboxes and newsletters; transcripts and subtitles with their turns."""

from __future__ import annotations

from datetime import date
from email.message import EmailMessage

import pytest

from rag.domain import Extract
from rag.readers.dispatch import read_entries, read_source_bytes
from rag.readers.transcripts import is_transcript, read_transcript

FIRST = "The trams of Eastmere stood still for a third day after the talks broke down, and the council met at night."
SECOND = "“We were offered half of what inflation took from us,” said Bo Lund, the union's negotiator."
TEXT = f"{FIRST}\n\n{SECOND}"
PRIVATE = "i.brandt@ministry.example"


def mail(subject: str, body: str | None, html: str | None = None, day: str = "Fri, 15 Nov 2024") -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"] = f"Iva Brandt <{PRIVATE}>", "desk@example.org"
    made["Subject"], made["Date"], made["Message-ID"] = subject, f"{day} 09:12:00 +0100", "<1@x.example>"
    if body is not None:
        made.set_content(body)
    if html is not None:
        (made.add_alternative if body is not None else made.set_content)(html, subtype="html")
    return made


HEADERS = {
    "Gmail": "---------- Forwarded message ---------\nFrom: Courier <n@c.example>\nDate: Tue, Nov 5, 2024 at 7:02 AM\n"
    f"Subject: Tram strike\nTo: <{PRIVATE}>\n",
    "Outlook": f"________\nFrom: Courier <n@c.example>\nSent: Tuesday, November 5, 2024 7:02 AM\nTo: Iva <{PRIVATE}>\n"
    "Subject: Tram strike\n",
    "Outlook, German": "Von: Courier <n@c.example>\nGesendet: Dienstag, 5. November 2024 07:02\n"
    f"An: Brandt, Iva <{PRIVATE}>\nBetreff: Tram strike\n",
    "Thunderbird, German": "-------- Weitergeleitete Nachricht --------\nBetreff: \tTram strike\nDatum: \tTue, "
    "5 Nov 2024 "
    f"07:02:00 +0100\nVon: \tCourier <n@c.example>\nAn: \t{PRIVATE}\n",
    "Thunderbird, Italian": "-------- Messaggio Inoltrato --------\nOggetto: \tTram strike\nData: \tTue, 5 Nov 2024 "
    f"07:02:00 +0100\nMittente: \tCourier <n@c.example>\nA: \t{PRIVATE}\n",
    "Outlook, French": "De : Courier <n@c.example>\nEnvoyé : mardi 5 novembre 2024 07:02\n"
    f"À : Brandt Iva <{PRIVATE}>\nObjet : Tram strike\n",
    "Gmail, Russian": "---------- Forwarded message ---------\nОт: Courier <n@c.example>\n"
    f"Дата: вт, 5 ноября 2024 г. в 07:02\nТема: Tram strike\nКому: <{PRIVATE}>\n",
    "twice": f"From: Ola <ola@p.example>\nDate: Wed, Nov 6, 2024 at 8:00 AM\nSubject: Fwd: Tram\nTo: <{PRIVATE}>\n\n"
    "thought you should see this\n\nFrom: Courier <n@c.example>\nDate: Tue, Nov 5, 2024 at 7:02 AM\n"
    "Subject: Tram strike\nTo: <ola@p.example>\n",
}


@pytest.mark.parametrize("program", HEADERS)
@pytest.mark.parametrize("quoted", [False, True])
def test_what_is_forwarded_is_the_article(program: str, quoted: bool) -> None:
    forwarded = f"{HEADERS[program]}\n{TEXT}"
    forwarded = "\n".join(f"> {line}" for line in forwarded.split("\n")) if quoted else forwarded
    [extract] = read_source_bytes(bytes(mail("Fwd: FW: Tram strike", f"For the file.\n\nIva\n\n{forwarded}")), "a.eml")
    assert (extract.title, extract.published) == ("Tram strike", date(2024, 11, 5))
    assert extract.text == TEXT


def test_mails_that_are_attached_are_the_articles() -> None:
    outer = mail("Fwd: two pieces", "See below.\n\nIva")
    for title, day in (("Tram strike", "Tue, 05 Nov 2024"), ("More of it", "Wed, 06 Nov 2024")):
        outer.add_attachment(mail(title, TEXT, day=day))
    extracts = read_source_bytes(bytes(outer), "a.eml")
    assert [(one.title, one.published) for one in extracts] == [
        ("Tram strike", date(2024, 11, 5)),
        ("More of it", date(2024, 11, 6)),
    ]
    assert all(one.text == TEXT for one in extracts)


def test_an_attached_file_is_read_where_the_mail_is_but_a_note_and_else_told() -> None:
    for body, notes in (("See attached.", 0), (TEXT * 3, 1)):
        outer = mail("Clipping", body)
        outer.add_attachment(TEXT.encode(), maintype="text", subtype="plain", filename="clip.txt")
        [extract] = read_source_bytes(bytes(outer), "a.eml")
        assert SECOND in extract.text
        assert len(extract.notes) == notes


NEWSLETTER = (
    '<html><body><div style="display:none;max-height:0">Secret words of the preheader</div><table><tr><td><a '
    'href="u">View'
    f" in browser</a></td></tr><tr><td><h1>Tram strike</h1><p>{FIRST}</p><p>{SECOND}</p></td></tr><tr><td>You "
    f"are receiving"
    ' this email because you signed up.<br><a href="u">Unsubscribe</a><br>Courier Ltd, 1 '
    "Quay</td></tr></table></body></html>"
)


@pytest.mark.parametrize(
    ("plain", "html"),
    [
        ("Your mail program does not show HTML. Read this in your browser:\nhttps://t.example/1", NEWSLETTER),
        (None, NEWSLETTER),
        (
            (
                f"View this email in your browser (https://t.example/v)\n\n{FIRST} <https://t.example/1?u=2>\n\n"
                f"https://t.example/3\n\n{SECOND}\n\nYou received this email because you signed up.\n"
                "Unsubscribe\nCourier Ltd\n"
            ),
            None,
        ),
    ],
)
def test_a_newsletter_is_its_words_alone(plain: str | None, html: str | None) -> None:
    [extract] = read_source_bytes(bytes(mail("Tram strike", plain, html)), "a.eml")
    assert (extract.title, extract.text) == ("Tram strike", TEXT)


def test_an_earlier_mail_below_an_answer_is_left_out() -> None:
    body = f"{TEXT}\n\n{FIRST}\n\n{FIRST}\n\nOn Tue, Nov 5, 2024, Ola <ola@p.example> wrote:\n> could you send it?\n"
    [extract] = read_source_bytes(bytes(mail("Re: Tram strike", body)), "a.eml")
    assert "ola@" not in extract.text
    assert "could you" not in extract.text


def test_a_mailbox_gives_each_of_its_mails() -> None:
    one = bytes(mail("Tram strike", TEXT, day="Tue, 05 Nov 2024"))
    two = bytes(mail("More of it", f"{TEXT}\n\n>From here on it rains, she said.", day="Wed, 06 Nov 2024"))
    box = b"From n@c.example Tue Nov  5 07:02:00 2024\n" + one + b"\nFrom n@c.example Wed Nov  6 07:02:00 2024\n" + two
    entries = list(read_entries(box, "a.mbox"))
    found = [entry.content for entry in entries if isinstance(entry.content, Extract)]
    assert [(one.title, one.published) for one in found] == [
        ("Tram strike", date(2024, 11, 5)),
        ("More of it", date(2024, 11, 6)),
    ]
    assert found[1].text.endswith("From here on it rains, she said.")
    assert "Message-ID" not in found[0].text


BRIEFING = """Daily briefing, 5 November 2024

2:04 p.m.

MR. HALE: Good afternoon. The league condemns the closure.

It calls on the ministry to reopen the harbour.

QUESTION: Will you send monitors?

MR. HALE: We will send six on Friday.

(The briefing ended at 2:20 p.m.)
"""
NAMED = (
    "Press call\n\nAnna Krog  00:03\nFirst question, please.\n\nBo Lund  00:10\nWe will strike on Monday.\n\n"
    "Anna Krog  00:31\nAnd then?\n\nBo Lund  00:35\nThen it is for the city to move.\n"
)


def test_a_transcript_keeps_its_turns_each_in_one_paragraph() -> None:
    [entry] = read_entries(BRIEFING.encode(), "a.txt")
    extract = entry.content
    assert isinstance(extract, Extract)
    assert (entry.format, entry.certainty) == ("transcript", "likely")
    assert (extract.title, extract.published) == ("Daily briefing, 5 November 2024", date(2024, 11, 5))
    assert extract.text.split("\n\n")[1:] == [
        "MR. HALE: Good afternoon. The league condemns the closure. It calls on the ministry to reopen the harbour.",
        "QUESTION: Will you send monitors?",
        "MR. HALE: We will send six on Friday.",
        "(The briefing ended at 2:20 p.m.)",
    ]
    [named] = read_source_bytes(NAMED.encode(), "a.txt")
    assert named.text.split("\n\n")[1] == "Bo Lund: We will strike on Monday."


def test_an_article_with_a_few_labels_is_no_transcript() -> None:
    text = f"Tram strike\n\n{FIRST}\n\nWhat next: the talks go on.\n\nWhere: the town hall.\n\n{SECOND}\n\nNote: new."
    [entry] = read_entries(text.encode(), "a.txt")
    assert entry.format == "plain text"


VTT = """WEBVTT

NOTE a comment

1
00:00:01.000 --> 00:00:03.000 align:start
<v Bo Lund>We were offered half</v>

00:00:03.000 --> 00:00:06.000
<v Bo Lund>of what inflation took &amp; more.</v>

00:00:06.500 --> 00:00:09.000
<v Anna Krog>Will you <i>strike</i> again?</v>

00:00:09.500 --> 00:00:12.000
[applause]
"""
SRT = (
    "\ufeff1\r\n00:00:01,000 --> 00:00:02,500\r\n- Will you strike again?\r\n- Yes, on "
    "Monday.\r\n\r\n2\r\n00:00:03,000 -->"
    " 00:00:05,000\r\nMAYOR NOLAN: The city has\r\nmade its offer.\r\n\r\n3\r\n00:00:06,000 --> "
    '00:00:08,000\r\n<font color="'
    '#fff">2024 was hard.</font>\r\n'
)
ROLLING = (
    "WEBVTT\n\n00:00:00.160 --> 00:00:02.550\nthe<00:00:00.400><c> mayor</c> said\n\n00:00:02.550 --> "
    "00:00:05.190\nthe mayor"
    " said\nthat trams stop\n"
)


@pytest.mark.parametrize(
    ("text", "paragraphs"),
    [
        (VTT, ["Bo Lund: We were offered half of what inflation took & more.", "Anna Krog: Will you strike again?"]),
        (
            SRT,
            ["Will you strike again?", "Yes, on Monday.", "MAYOR NOLAN: The city has made its offer. 2024 was hard."],
        ),
        (
            "0:00:01.000,0:00:03.000\nThe mayor said\n\n0:00:03.000,0:00:05.500\nthat trams stop.\n",
            ["The mayor said that trams stop."],
        ),
        (ROLLING, ["the mayor said that trams stop"]),
    ],
)
def test_subtitles_are_sentences_with_their_voices(text: str, paragraphs: list[str]) -> None:
    [entry] = read_entries(text.encode(), "a.srt")
    assert isinstance(entry.content, Extract)
    assert entry.format == "subtitles"
    assert entry.content.text.split("\n\n") == paragraphs


@pytest.mark.parametrize(
    ("text", "name", "reason"),
    [
        ("body { color: red; }\n.a { margin: 0; }\n" * 3, "style.txt", "program or a style sheet"),
        ("a { b: c }", "style.css", "style sheet"),
        ("2024-11-05 07:00:00 INFO started\n" * 6, "a.txt", "log"),
        ("<catalog><book><title>x</title></book><book><title>y</title></book></catalog>", "a.xml", "XML"),
    ],
)
def test_what_is_no_article_is_refused_with_the_reason(text: str, name: str, reason: str) -> None:
    [entry] = read_entries(text.encode(), name)
    assert reason in str(entry.content)


def test_questions_that_an_office_marks_by_a_letter_are_turns_of_their_own() -> None:
    text = (
        "Briefing of the harbour office\n\nMR. NOLL:  The quay opens in May.  We have the rails.\n\n"
        "Q    Who pays?\n\nMR. NOLL:  The council pays half.\n\nQ\tAnd the rest?\n\nDIRECTOR HOLM:  The ministry does."
    )
    assert is_transcript(text)
    assert read_transcript(text).text.split("\n\n")[1::2] == ["Q: Who pays?", "Q: And the rest?"]
