"""What users decided about statements: kept with the record, laid over the statements that are derived from it.

A decision belongs to the place where the statement's content stands in one version, so it outlives the rules that found
the statement. It moves to a new version of the article where the same words stand there exactly once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, and_, delete, select, update

from rag.domain import Correction, Fragment, Statement, Verdict, as_json
from rag.errors import UnknownStatement, UnusableInput
from rag.stores import narrowing, statement_rows
from rag.stores.tables import AnyRow, correction, insert, statement, version
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
        """The statement with the user's changes, a changed field resting on the first place that has its words."""
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
    """Where the content of a statement stands, as the key of its correction: `12-40 52-60`."""
    return " ".join(f"{part.start}-{part.end}" for part in item.content)


def save_correction(connection: Connection, item: Statement, verdict: Verdict, changes: Mapping[str, Any]) -> None:
    """Keep a decision about a statement in place of an earlier one. Raises UnknownStatement, UnusableInput."""
    text = _load_text(connection, item)
    extracted, kept = _load_version(connection, item)
    known, key = kept.get(content_key(item)), content_key(item)
    original = known.extracted if known else next((one for one in extracted if content_key(one) == key), None)
    if verdict == "added":
        if known or any(
            _same_content(one, item) for one in (*extracted, *(other.extracted for other in kept.values()))
        ):
            raise UnusableInput("There is a statement in these words. Correct or restore that one instead.")
        original = item
    elif original is None:
        raise _unknown_statement(item)
    elif known and known.verdict == "added" and verdict == "dismissed":
        _delete_row(connection, item)
        rebuild_statements(connection, item.article_id, item.version, extracted)
        return
    earlier = known.changes if known and verdict == "corrected" else {}
    values = {
        "verdict": "added" if known and known.verdict == "added" else verdict,
        "changes": {**earlier, **changes},
        "before": as_json(original),
        "made": datetime.now(UTC).replace(microsecond=0).isoformat(),
    }
    row = insert(connection, correction).values(article_id=item.article_id, version=item.version, place=key, **values)
    connection.execute(row.on_conflict_do_update(index_elements=["article_id", "version", "place"], set_=values))
    rebuild_statements(connection, item.article_id, item.version, extracted, text)


def delete_correction(connection: Connection, item: Statement) -> bool:
    """Drop the decision about a statement; False if nothing is left of it. Its version counts as to be extracted again:
    another statement may have given way to the decision. Raises UnknownStatement.
    """
    extracted, kept = _load_version(connection, item)
    known = kept.get(content_key(item))
    if known is None:
        raise _unknown_statement(item)
    _delete_row(connection, item)
    rebuild_statements(connection, item.article_id, item.version, extracted)
    here = and_(version.c.article_id == item.article_id, version.c.version == item.version)
    connection.execute(update(version).where(here).values(stated_as=None))
    return known.verdict != "added"


def rebuild_statements(
    connection: Connection, article_id: str, version_hash: str, extracted: Sequence[Statement], text: str | None = None
) -> None:
    """Make the statements of a version from those extracted and what users decided about them."""
    kept = _load_stored(connection, article_id, version_hash)
    if kept and text is None:
        chosen = select(version.c.text).where(version.c.article_id == article_id, version.c.version == version_hash)
        text = str(connection.execute(chosen).scalar_one())
    standing, corrected = list(extracted), []
    for item in kept.values():
        again = next((one for one in standing if content_key(one) == item.place), None)
        if again and item.verdict != "added":  # extracted anew: what was not changed by hand follows the rules
            item = replace(item, extracted=again)
            here = (correction.c.article_id == article_id, correction.c.version == version_hash)
            fresh = update(correction).where(*here, correction.c.place == item.place)
            connection.execute(fresh.values(before=as_json(again)))
        standing = [one for one in standing if not (one == again if again else _same_content(one, item.extracted))]
        if item.verdict != "dismissed":
            corrected.append(item.corrected_statement(text or ""))
    in_order = sorted([*standing, *corrected], key=lambda one: one.content[0].start)
    statement_rows.put_statements(connection, article_id, version_hash, in_order)


def carry_forward(connection: Connection, article_id: str, version_hash: str, number: int) -> int:
    """Carry decisions about the version before number `number`, which is `version_hash`; how many could not be."""
    chosen = select(version.c.version, version.c.text).where(version.c.article_id == article_id)
    before = connection.execute(chosen.where(version.c.number == number - 1)).one_or_none()
    if before is None:
        return 0
    text = connection.execute(chosen.where(version.c.version == version_hash)).one().text
    lost = 0
    here = (correction.c.article_id == article_id, correction.c.version == before.version)
    for row in connection.execute(select(correction).where(*here)).all():
        moved = _move_statement(statement_rows.decode_statement(row.before), text, version_hash)
        connection.execute(
            update(correction).where(*here, correction.c.place == row.place).values(carried=moved is not None)
        )
        if moved is None:
            lost += 1
            continue
        values = {"verdict": row.verdict, "changes": row.changes, "before": as_json(moved), "made": row.made}
        connection.execute(
            insert(connection, correction).values(
                article_id=article_id, version=version_hash, place=content_key(moved), **values
            )
        )
    return lost


def not_carried_notice(count: int) -> str | None:
    """What to tell about decisions that did not come along; None where all did."""
    if not count:
        return None
    which = "1 correction of a statement was" if count == 1 else f"{count} corrections of statements were"
    return f"{which} not carried over: the words stand differently in the new version"


def load_corrections(connection: Connection, article_id: str) -> list[Correction]:
    """Every decision about an article, oldest version first, then in the order of the text."""
    fetched = connection.execute(
        select(correction, version.c.text)
        .join(version, and_(version.c.article_id == correction.c.article_id, version.c.version == correction.c.version))
        .where(correction.c.article_id == article_id)
        .order_by(version.c.number)
    ).all()
    corrections = []
    for row in fetched:
        kept = _from_row(row)
        item = kept.extracted if kept.verdict == "dismissed" else kept.corrected_statement(row.text)
        moment = datetime.fromisoformat(row.made)
        corrections.append(Correction(verdict=kept.verdict, statement=item, carried=row.carried, made=moment))
    order = {row.version: n for n, row in enumerate(fetched)}
    return sorted(corrections, key=lambda one: (order[one.statement.version], one.statement.content[0].start))


def _load_version(connection: Connection, item: Statement) -> tuple[list[Statement], dict[str, _StoredCorrection]]:
    """The statements of the item's version as extracted, and the decisions about them by place."""
    kept = _load_stored(connection, item.article_id, item.version)
    here = (statement.c.article_id == item.article_id, statement.c.version == item.version)
    values = connection.execute(select(statement.c.value).where(*here).order_by(statement.c.ordinal)).scalars()
    shown = [statement_rows.decode_statement(value) for value in values]
    behind = [one.extracted for one in kept.values() if one.verdict != "added"]
    return sorted([one for one in shown if not one.corrected] + behind, key=lambda one: one.content[0].start), kept


def _load_stored(connection: Connection, article_id: str, version_hash: str) -> dict[str, _StoredCorrection]:
    here = (correction.c.article_id == article_id, correction.c.version == version_hash)
    return {row.place: _from_row(row) for row in connection.execute(select(correction).where(*here)).all()}


def _from_row(row: AnyRow) -> _StoredCorrection:
    return _StoredCorrection(
        place=row.place, verdict=row.verdict, changes=row.changes, extracted=statement_rows.decode_statement(row.before)
    )


def _load_text(connection: Connection, item: Statement) -> str:
    here = (version.c.article_id == item.article_id, version.c.version == item.version)
    text = connection.execute(select(version.c.text).where(*here)).scalar_one_or_none()
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
        "Ask for its statements again: they may have been extracted anew."
    )


def _same_content(one: Statement, other: Statement) -> bool:
    """True where the contents are mostly the same characters."""
    mine, theirs = ({at for part in item.content for at in range(part.start, part.end)} for item in (one, other))
    return len(mine & theirs) > _SAME_SHARE * len(mine | theirs)


def _move_statement(item: Statement, text: str, version_hash: str) -> Statement | None:
    """The statement in another text: None unless each piece of its content stands there exactly once, in order."""
    content: list[Fragment] = []
    for part in item.content:
        at = text.find(part.text)
        if at < 0 or text.find(part.text, at + 1) >= 0 or (content and at < content[-1].end):
            return None
        content.append(Fragment(start=at, end=at + len(part.text), text=part.text))
    shifts = [new.start - old.start for new, old in zip(content, item.content, strict=True)]
    others: dict[str, Any] = {}
    for entry in fields(item):
        part = getattr(item, entry.name)
        if isinstance(part, Fragment):
            others[entry.name] = _shift_fragment(part, shifts, text)
    return replace(item, **others, content=tuple(content), version=version_hash)


def _shift_fragment(part: Fragment, shifts: Sequence[int], text: str) -> Fragment | None:
    """The fragment as far from the content as before, if its words still stand there."""
    for shift in shifts:
        start, end = part.start + shift, part.end + shift
        if start >= 0 and text[start:end] == part.text:
            return Fragment(start=start, end=end, text=part.text)
    return None


def _locate_fragment(value: object, text: str) -> Fragment | None:
    """The first place where the words of a field stand, if the article has them."""
    at = locate(value, text) if isinstance(value, str) else None
    return Fragment(start=at.span.start, end=at.span.end, text=at.span.of(text)) if at else None
