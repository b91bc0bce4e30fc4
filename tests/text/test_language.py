"""The language of short questions."""

from __future__ import annotations

import pytest

from rag.text.language import question_language

FOREIGN = {
    "de": "Wie teuer wird die Schleuse?",
    "fr": "Le maire a-t-il rouvert la piscine ?",
    "es": "Hay huelga en el puerto?",
    "it": "Quanto costa il nuovo molo?",
    "pt": "Quanto vai custar a barragem?",
    "nl": "Hoeveel kost het nieuwe zwembad?",
    "tr": "Vali ne dedi?",
    "pl": "Ile kosztuje nowy basen?",
    "ru": "Сколько стоит новый мост?",
    "uk": "Скільки коштує новий міст?",
    "ar": "كم تكلفة الجسر الجديد؟",
}


@pytest.mark.parametrize(("code", "question"), FOREIGN.items())
def test_a_short_question_is_known_by_its_language(code: str, question: str) -> None:
    assert question_language(question) == code


@pytest.mark.parametrize(
    "question",
    [
        "Is Grzegorz Wiśniewski ill?",
        "Has Şebnem Korkmaz called?",
        "Should Québec’s Parti Québécois win?",
        "Quotes from Bundeskanzler Scholz",
        "Was Jair Bolsonaro indicted?",
        "harbour toll",
        "lido opening date",
    ],
)
def test_foreign_names_make_no_foreign_question(question: str) -> None:
    assert question_language(question) in ("en", None)
