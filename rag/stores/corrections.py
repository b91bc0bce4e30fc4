"""Users' decisions about statements: part of the record, applied to the statements that are derived from it.

A decision belongs to the place of the statement's content in one version, so it outlives the rules that extracted the
statement. It moves to a new version of the article where the same words stand there exactly once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, delete, select, update

from rag.domain import Correction, Fragment, Statement, Verdict, as_json
from rag.errors import UnknownStatement, UnusableInput
from rag.stores import narrowing, statement_rows
from rag.stores.tables import AnyRow, correction, insert, of_version, statement, version
from rag.text.grounding import locate

_BASIS_FIELDS = {
    "speaker": "speaker_basis",
    "role": "role_basis",
    "on_behalf_of": "on_behalf_of_basis",
    "venue": "venue_basis",
}
_SAME_SHARE = 0.5  # share of the joint characters above which two contents are one statement, found by different rules


@dataclass(frozen=True, slots=True, kw_only=True)
class _StoredCorrection:
    """A row of `correction`. `extracted` is the statement without the user's changes: as extracted, or as added."""

    place: str
    verdict: Verdict
    changes: Mapping[str, Any]
    extracted: Statement

    def corrected_statement(self, text: str) -> Statement:
        """The statement with the user's changes. A changed field is based on the first place in `text` that has its
        words.
        """
        changes = dict(self.changes)
        for name, basis in _BASIS_FIELDS.items():
            if name in changes:
                changes[basis] = _locate_fragment(changes[name], text)
        if "on_behalf_of" in changes:
            changes["on_behalf_of_inferred"] = False
        if "said_on" in changes:
            changes |= {"said_on": narrowing.to_day_or_month(changes["said_on"]), "said_on_basis": None}
        return replace(self.extracted, **changes, corrected=True, confidence=1.0)


def content_key(item: Statement) -> str:
    """The place of a statement's content, as the key of its correction: `12-40 52-60`."""
    return " ".join(f"{part.start}-{part.end}" for part in item.content)


def save_correction(connection: Connection, item: Statement, verdict: Verdict, changes: Mapping[str, Any]) -> None:
    """Store a decision about a statement in place of an earlier one. Raises UnknownStatement, UnusableInput."""
    text = _load_text(connection, item)
    extracted, decisions = _load_version(connection, item)
    existing, place = decisions.get(content_key(item)), content_key(item)
    original = existing.extracted if existing else next((one for one in extracted if content_key(one) == place), None)
    if verdict == "added":
        others = (*extracted, *(one.extracted for one in decisions.values()))
        if existing or any(_same_content(one, item) for one in others):
            raise UnusableInput("There is already a statement in these words. Correct or restore that one instead.")
        original = item
    elif original is None:
        raise _unknown_statement(item)
    elif existing and existing.verdict == "added" and verdict == "dismissed":
        _delete_row(connection, item)
        rebuild_statements(connection, item.article_id, item.version, extracted)
        return
    earlier_changes = existing.changes if existing and verdict == "corrected" else {}
    values = {
        "verdict": "added" if existing and existing.verdict == "added" else verdict,
        "changes": {**earlier_changes, **changes},
        "before": as_json(original),
        "made": datetime.now(UTC).replace(microsecond=0).isoformat(),
    }
    row = insert(connection, correction).values(article_id=item.article_id, version=item.version, place=place, **values)
    connection.execute(row.on_conflict_do_update(index_elements=["article_id", "version", "place"], set_=values))
    rebuild_statements(connection, item.article_id, item.version, extracted, text)


def delete_correction(connection: Connection, item: Statement) -> bool:
    """Delete the decision about a statement; False if it was an added one, so that no statement is left. Its version is
    extracted again, since another statement may have been dropped in favour of the decision. Raises UnknownStatement.
    """
    extracted, decisions = _load_version(connection, item)
    existing = decisions.get(content_key(item))
    if existing is None:
        raise _unknown_statement(item)
    _delete_row(connection, item)
    rebuild_statements(connection, item.article_id, item.version, extracted)
    this_version = of_version(version, item.article_id, item.version)
    connection.execute(update(version).where(this_version).values(stated_as=None))
    return existing.verdict != "added"


def rebuild_statements(
    connection: Connection, article_id: str, version_hash: str, extracted: Sequence[Statement], text: str | None = None
) -> None:
    """Store the statements of a version: the extracted ones with the users' decisions applied."""
    decisions = _load_stored(connection, article_id, version_hash)
    if decisions and text is None:
        query = select(version.c.text).where(of_version(version, article_id, version_hash))
        text = str(connection.execute(query).scalar_one())
    remaining, corrected = list(extracted), []
    for decision in decisions.values():
        new_extract = next((one for one in remaining if content_key(one) == decision.place), None)
        if new_extract and decision.verdict != "added":  # fields that were not corrected follow the new extraction
            decision = replace(decision, extracted=new_extract)
            this_version = of_version(correction, article_id, version_hash)
            this_row = update(correction).where(this_version, correction.c.place == decision.place)
            connection.execute(this_row.values(before=as_json(new_extract)))
        if new_extract:
            remaining = [one for one in remaining if one != new_extract]
        else:
            remaining = [one for one in remaining if not _same_content(one, decision.extracted)]
        if decision.verdict != "dismissed":
            corrected.append(decision.corrected_statement(text or ""))
    in_order = sorted([*remaining, *corrected], key=lambda one: one.content[0].start)
    statement_rows.put_statements(connection, article_id, version_hash, in_order)


def carry_forward(connection: Connection, article_id: str, version_hash: str, number: int) -> int:
    """Copy the decisions about the version before `number` to that version, `version_hash`. Returns how many could not
    be.
    """
    query = select(version.c.version, version.c.text).where(version.c.article_id == article_id)
    before = connection.execute(query.where(version.c.number == number - 1)).one_or_none()
    if before is None:
        return 0
    text = connection.execute(query.where(version.c.version == version_hash)).one().text
    lost_count = 0
    previous_version = of_version(correction, article_id, before.version)
    for row in connection.execute(select(correction).where(previous_version)).all():
        statement = _move_statement(statement_rows.decode_statement(row.before), text, version_hash)
        connection.execute(
            update(correction)
            .where(previous_version, correction.c.place == row.place)
            .values(carried=statement is not None)
        )
        if statement is None:
            lost_count += 1
            continue
        values = {"verdict": row.verdict, "changes": row.changes, "before": as_json(statement), "made": row.made}
        connection.execute(
            insert(connection, correction).values(
                article_id=article_id, version=version_hash, place=content_key(statement), **values
            )
        )
    return lost_count


def not_carried_notice(count: int) -> str | None:
    """The notice about decisions that could not be carried over; None where there are none."""
    if not count:
        return None
    which = "1 correction of a statement was" if count == 1 else f"{count} corrections of statements were"
    return f"{which} not carried over: the words stand differently in the new version"


def load_corrections(connection: Connection, article_id: str) -> list[Correction]:
    """Every decision about an article, oldest version first, then in text order."""
    rows = connection.execute(
        select(correction, version.c.text)
        .join(version, of_version(version, correction.c.article_id, correction.c.version))
        .where(correction.c.article_id == article_id)
        .order_by(version.c.number)
    ).all()
    corrections = []
    for row in rows:
        record = _from_row(row)
        item = record.extracted if record.verdict == "dismissed" else record.corrected_statement(row.text)
        made_at = datetime.fromisoformat(row.made)
        corrections.append(Correction(verdict=record.verdict, statement=item, carried=row.carried, made=made_at))
    version_order = {row.version: n for n, row in enumerate(rows)}
    return sorted(corrections, key=lambda one: (version_order[one.statement.version], one.statement.content[0].start))


def _load_version(connection: Connection, item: Statement) -> tuple[list[Statement], dict[str, _StoredCorrection]]:
    """The statements of the item's version as extracted, and the decisions about them by place."""
    stored = _load_stored(connection, item.article_id, item.version)
    this_version = of_version(statement, item.article_id, item.version)
    values = connection.execute(select(statement.c.value).where(this_version).order_by(statement.c.ordinal)).scalars()
    statements = [statement_rows.decode_statement(value) for value in values]
    replaced = [one.extracted for one in stored.values() if one.verdict != "added"]
    return sorted(
        [one for one in statements if not one.corrected] + replaced, key=lambda one: one.content[0].start
    ), stored


def _load_stored(connection: Connection, article_id: str, version_hash: str) -> dict[str, _StoredCorrection]:
    this_version = of_version(correction, article_id, version_hash)
    return {row.place: _from_row(row) for row in connection.execute(select(correction).where(this_version)).all()}


def _from_row(row: AnyRow) -> _StoredCorrection:
    return _StoredCorrection(
        place=row.place, verdict=row.verdict, changes=row.changes, extracted=statement_rows.decode_statement(row.before)
    )


def _load_text(connection: Connection, item: Statement) -> str:
    this_version = of_version(version, item.article_id, item.version)
    text = connection.execute(select(version.c.text).where(this_version)).scalar_one_or_none()
    if text is None:
        raise _unknown_statement(item)
    return str(text)


def _delete_row(connection: Connection, item: Statement) -> None:
    connection.execute(
        delete(correction).where(
            correction.c.article_id == item.article_id,
            correction.c.version == item.version,
            correction.c.place == content_key(item),
        )
    )


def _unknown_statement(item: Statement) -> UnknownStatement:
    return UnknownStatement(
        f"Article {item.article_id!r} has no statement at {content_key(item)} to correct. "
        "Ask for its statements again: they may have been extracted again."
    )


def _same_content(one: Statement, other: Statement) -> bool:
    """True where the contents are mostly the same characters."""
    mine, theirs = ({at for part in item.content for at in range(part.start, part.end)} for item in (one, other))
    return len(mine & theirs) > _SAME_SHARE * len(mine | theirs)


def _move_statement(item: Statement, text: str, version_hash: str) -> Statement | None:
    """The statement at its place in another text; None unless each piece of its content stands there exactly once, in
    order.
    """
    content: list[Fragment] = []
    for part in item.content:
        at = text.find(part.text)
        if at < 0 or text.find(part.text, at + 1) >= 0 or (content and at < content[-1].end):
            return None
        content.append(Fragment(start=at, end=at + len(part.text), text=part.text))
    shifts = [new.start - old.start for new, old in zip(content, item.content, strict=True)]
    moved_fields: dict[str, Any] = {}
    for entry in fields(item):
        part = getattr(item, entry.name)
        if isinstance(part, Fragment):
            moved_fields[entry.name] = _shift_fragment(part, shifts, text)
    return replace(item, **moved_fields, content=tuple(content), version=version_hash)


def _shift_fragment(part: Fragment, shifts: Sequence[int], text: str) -> Fragment | None:
    """The fragment at the same distance from the content as before, if its words still stand there; else None."""
    for shift in shifts:
        start, end = part.start + shift, part.end + shift
        if start >= 0 and text[start:end] == part.text:
            return Fragment(start=start, end=end, text=part.text)
    return None


def _locate_fragment(value: object, text: str) -> Fragment | None:
    """The first place where the words of a field stand; None if the article does not have them."""
    match = locate(value, text) if isinstance(value, str) else None
    return Fragment(start=match.span.start, end=match.span.end, text=match.span.of(text)) if match else None
