"""The values of the whole package: frozen, keyword-only, standard library only.

All offsets are half-open intervals `[start, end)` in characters (Unicode code points) of the canonical text of one
version of one article. Dates are `datetime.date`; `ingested` is an aware UTC `datetime`.
"""

from __future__ import annotations

from rag.domain.actors import Actor, ActorKind, ActorMention, ActorRole
from rag.domain.answers import (
    COURTESY,
    MAX_QUESTION_CHARS,
    UNCLEAR,
    UNREADABLE,
    Answer,
    AnswerSentence,
    AskEvent,
    CheckOutcome,
    Citation,
    ClaimKind,
    Conflict,
    DraftSentence,
    Ending,
    Finished,
    Outcome,
    Phase,
    SentenceCheck,
    SentenceKind,
    SentenceShown,
    SentenceWithheld,
    Speech,
    Understood,
    UnderstoodKind,
    Usage,
    Withheld,
    Wording,
    answer_text,
    citation_marks,
    sentence_kind,
)
from rag.domain.articles import (
    NEAR_COPY_PREFIX,
    AddResult,
    AddStatus,
    AmendedField,
    Amendment,
    Article,
    ArticleChanges,
    ArticleSummary,
    Certainty,
    DateBasis,
    Extract,
    Filters,
    Hit,
    LeftOut,
    Overview,
    Passage,
    Preview,
    Progress,
    Removal,
    RemovedArticle,
    Step,
    Version,
    parse_day,
)
from rag.domain.briefings import (
    BriefEvent,
    Briefing,
    BriefingChanges,
    BriefingFinished,
    BriefingPart,
    BriefingRequest,
    BriefingSection,
    BriefingSource,
    BriefingStep,
    BriefingSummary,
    BriefingWork,
    Gone,
    OutlinePart,
    TimelineEntry,
)
from rag.domain.chats import Chat, ChatTitle, Feedback, Judgement, Mark, MarkKind, Turn, TurnState
from rag.domain.codec import as_json, decode
from rag.domain.drafts import (
    MAX_DRAFT_CHARS,
    Alteration,
    DraftCheck,
    DraftFormat,
    DraftProgress,
    Finding,
    FindingKind,
    FindingOutcome,
    KeptDraft,
)
from rag.domain.evidence import Evidence, EvidenceSentence
from rag.domain.exports import (
    Checked,
    CheckedSentence,
    CheckStatus,
    ExportFormat,
    SealState,
    SentenceBasis,
    Verification,
)
from rag.domain.following import MIN_INTERVAL, Digest, DigestFormat, Following, News, NewsKind, Refresh, Story, Watch
from rag.domain.maintenance import Backup, HealthReport, ModelTrial, Moved, Stores, TrialStep
from rag.domain.spans import Fragment, Match, Span
from rag.domain.statements import (
    Change,
    ChangeRule,
    Correction,
    Month,
    PositionCell,
    Positions,
    SpeakerRule,
    Statement,
    StatementChanges,
    StatementKind,
    Verdict,
    explain_statement,
    parse_day_or_month,
)
