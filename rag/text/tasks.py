"""Sentences that set a task to whoever reads or retells the text they stand in, in a dozen languages.

Decided by what a sentence does, not by the wording of known attacks. It sets a task where, in its own voice,

- it undoes what its reader was asked before, or gives the reader a part to play;
- it says what an answer, a summary or another output of its reader must be like, hold or leave out;
- it says what a program, an assistant or whoever reads, retells or answers from this text is to do;
- it orders its reader about somebody for whom the reader reads ("tell the user");
- it is markup or code for a program.

What is told of somebody ("..., the court ruled"; "under the bill") is news. Closed classes of words, a row a language.
"""

# ruff: noqa: E501, ISC004  (a pattern broken over lines reads worse)

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class _Language:
    """Patterns of one language; a sentence sets a task where `alone` fits, or `whom` or `output` with `order`, and
    `told` does not."""

    alone: re.Pattern[str] | None
    whom: re.Pattern[str]
    output: re.Pattern[str]
    order: re.Pattern[str]
    told: re.Pattern[str]


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text, re.IGNORECASE)


def _words(*parts: str) -> re.Pattern[str]:
    return _pattern(rf"(?<!\w)(?:{'|'.join(parts)})(?!\w)")


_YOU_WERE = re.compile(
    r"\b(?:you|it) (?:were|was|are|have been|had been) (?:told|asked|ordered|advised|instructed)\b|\basked for\b",
    re.IGNORECASE,
)
_REPORTING = re.compile(
    r"^\W*(?:dear )?(?:sirs?|madam|editors?)\b(?!['’]s)|\b(?:said|says|told|tells|ruled|warned|warns|advised|advises|urged|urges|wrote|argued|reported|explained|announced"
    r"|recalled|testified|(?:found|showed|shows|heard|learned|believes?|thinks?|agreed|admitted|asks|estimates|expects) that|according to|ordered|asked"
    r"|recommended|investigators|researchers)\b"
    r"|\b(?:under|in|by) (?:the|a|an|new|its|this) (?:\w+ )?(?:bill|law|act|rules?|regulation|directive|draft|treaty|play|game"
    r"|novel|film|song|book|ruling|guidelines?)\b"
    r"|\b(?:send|submit|post|e-?mail|text|tweet|mail|share|upload) (?:us |in )?(?:your|the) (?:\w+ )?(?:answers?|repl(?:y|ies)|responses?|summar(?:y|ies))\b",
    re.IGNORECASE,
)
# Programs that read and write, and what only a word more makes one of them.
_PROGRAM = (
    r"(?:AIs?|A\.I\.|artificial intelligences?|LLMs?|(?:large )?language[- ]models?|chat ?bots?|bots?(?![ -]?nets?)|robots?|GPT(?:-?\d)?"
    r"|assistants?(?! (?:to|coach|coaches|manager|minister|secretary|professor|director|chief|editor|prosecutor|governor"
    r"|referee|attorney|district|commissioner|of)\b)|summari[sz]ers?|neural networks?|copilots?|(?:text|content) generators?|answer engines?|non-human readers?"
    r"|(?:digital|virtual|electronic|smart|online) (?:assistants?|readers?|helpers?|aides?)|(?:generative|automated|summari[sz]ing|retrieval|answering|AI)"
    r" (?:systems?|readers?|tools?|services?|engines?|agents?|programs?|models?)|(?:clever |reader['’]s )helpers?)"
)
_MACHINE = r"(?:software(?: agents?)?|machines?|computers?|programs?|algorithms?|crawlers?|scrapers?|systems?|tools?|services?|agents?|checkers?|engines?|apps?)"
_READS = r"(?:read|reads|reading|mention\w*|quot\w+|process(?:es|ing)?|condens\w+|summari[sz]\w+|prepar\w+|cit(?:e|es|ing)|retell\w*|paraphras\w+|index\w*|translat\w+|answer\w*|rank\w*)"
_THIS = (
    r"(?:this|these|the (?:next|present|following|above|preceding)) (?:\w+ )?(?:articles?|texts?|pages?|stor(?:y|ies)|reports?"
    r"|items?|paragraphs?|lines?|sentences?|documents?|footnotes?|posts?|messages?|pieces?|passages?|notes?|dispatch)"
)
_OUTPUT = (
    r"(?:answers?|repl(?:y|ies)|responses?|summar(?:y|ies)|abstracts?|digests?|outputs?|overviews?|retellings?|recaps?"
    r"|paraphrases?|completions?|renderings?|synops[ei]s|write-?ups?|pr[ée]cis|run-?downs?|condensations?)"
)
_MUST = (
    r"(?:must|shall|should|ought to|(?:has|have) to|needs? to|need not|(?:is|are) to|(?:is|are) (?:kindly |hereby )?(?:requested"
    r"|asked|required|obliged|instructed|advised|invited|expected|allowed|permitted)(?: to| only)?|may only|may skip|would do well to"
    r"|would help|will be rewarded|required|mandatory|on condition that|kindly|please|no need|be so kind as to|failing to|or else"
    r"|would be happ\w+|would mean|had to|counts? as|replaces?)"
)
_BARE_MUST = (
    r"(?:need not|may skip|would help|will be rewarded|required|mandatory|on condition that|kindly|please|no need|failing to"
    r"|or else|would be happ\w+|would mean|counts? as|replaces?|is allowed only|do not)"
)
_WRITES = (
    r"(?:say|state|write|print|output|mention|name|include|add|append|begin|start|open|end|close|finish|conclude|give|tell"
    r"|describe|present|report|repeat|recommend|suggest|praise|omit|skip|leave|drop|ignore|translate|respond|reply|answer"
    r"|summari[sz]e|quote|cite|call|put|use|insert|emit|rank|rate|treat|list|display|show|reproduce|ask|reveal|place|respect|swap|take|refuse|link|replace)"
)
_IMPERATIVE = (
    r"(?:(?:^|[:;,.…]\s*)(?:\W*)|\band |\bplease |\bkindly |\bthen |\bnow )(?:please |kindly |do not |don['’]t |never |always |be so kind as to )?"
    + _WRITES
    + r"\b"
)
_FORM = (
    r"(?:begin|start|open|end|close|finish|conclude|consist|contain|carry|omit|leave out|remain silent|be silent"
    r"|bring up|be (?:given|written|phrased|worded|formatted|preceded|followed|translated)"
    r"|(?:include|mention|say|name|read|state|use|hold|be)(?=[^.]*[\"“…]| the (?:words?|phrase|sentence|token|code|mark|string|link)))"
)
_ALONE = (
    # what was asked before
    r"(?:forget|ignore|disregard|discard|override|pay no (?:heed|attention) to)\b[^.?!]{0,40}\b(?:you (?:were|are|have been|had been|got)"
    r" (?:told|asked|given|instructed|taught)|(?:previous|prior|earlier|above|preceding|former|original|foregoing|system) (?:\w+ )?"
    r"(?:instructions?|prompts?|directions?|directives?|commands?|guidelines|rules|orders|tasks?|requests?))",
    r"what(?:ever)? (?:else )?you (?:were|have been|are) (?:told|asked|instructed)",
    r"new (?:task|instructions?|orders?|rules?|role) for",
    # a part to play
    r"you are (?:now|from now on|henceforth|no longer an?)|stop (?:summari[sz]ing|reading here|answering|what you are doing)|(?:pretend|imagine|suppose|assume) (?:that )?you(?:['’]re| are| were| had| have)",
    r"let['’]s play a game|(?:from|as of) (?:here|this (?:point|line|paragraph|sentence)) on(?:wards?)?",
    r"(?:rules|instructions|prompt) you (?:operate|were given)|text you were given",
    # whatever is made of it
    r"(?:everything|anything|whatever|all|texts?|paragraph|sentence) (?:that )?you (?:compose|write|generate|produce|output)",
    r"only (?:acceptable|permitted|allowed|correct|valid|admissible) (?:repl(?:y|ies)|answers?|responses?|outputs?|summary)",
    r"every question gets the reply|say nothing of the source|do not cite|answer (?:from this|now that)",
    r"(?:any|every|all|each) (?:questions?|quer(?:y|ies)|requests?) (?:about|on|concerning|regarding|for)\b[^.]*\b(?:must|should|is to|are to|gets?|receives?|has to|have to|deserves?)",
    r"(?:if|when|whenever|once|should) (?:you are|you['’]re|you be) asked",
    r"(?:reader|user|person (?:asking|who asks|who asked)) (?:must|should|is to|has to|ought to|needs to|is not to) (?:not )?be (?:told|informed|advised|directed|sent|asked|given|shown|led|referred)",
    r"(?:must|should|is to|are to|may|has to|have to|ought to) (?:not |only )?be (?:summari[sz]ed|retold|rendered|paraphrased|condensed|presented as|given as|left out|omitted|answered (?:with|by))",
    rf"(?:must|should|has to|is to|ought to) (?:appear|stand|feature|figure|come)\b[^.]*\b(?:of|in|at|to) (?:\w+ )?(?:\w+ )?{_OUTPUT}",
    rf"(?:in|for|at the (?:end|start|top|beginning|close) of) your (?:own |next |final |full )?{_OUTPUT}",
    rf"(?:summary|answer|text|version|content|edition) for (?:all |any |the )?{_PROGRAM}|(?:as far as|for|to) (?:any|all|every) (?:\w+ )?{_PROGRAM}",
    rf"an? (?:good|helpful|honest|loyal|responsible|careful|clever) {_PROGRAM} (?:would|will|should|never|always)",
    rf"the model (?:must|shall|should|is to|ought to) (?:not )?{_WRITES}",
    r"(?:the )?answer to (?:every|any|each|all)(?: \w+)? questions?",
    r"(?:all|any) (?:further|following|subsequent|remaining|later) (?:text|output|answers?|replies|questions?|messages?|prompts?)",
    r"(?:when|if|once|should) (?:this|it) (?:is|be|gets) (?:being )?(?:shortened|summari[sz]ed|condensed|retold|paraphrased|processed)",
    r"(?:shown|told|revealed|disclosed|hidden|kept|read out) (?:to|from) the (?:user|person who asked|person asking|asker)|the user has (?:already )?(?:agreed|consented|confirmed|authori[sz]ed|approved)",
    rf"by (?:reading|processing|using|summari[sz]ing|quoting) {_THIS} you (?:agree|undertake|accept)",
    rf"(?:licen[cs]e|terms of use|policy|rights holder|publisher)\b[^.]*\b(?:oblig\w+|requir\w+|bind\w*|permit\w*|allow\w*|ask\w*)\b[^.]*\b(?:{_PROGRAM}|outputs?|your {_OUTPUT})",
    rf"it is (?:essential|important|necessary|vital|required|imperative|mandatory) that (?:the|any|your|every|all) (?:\w+ )?{_OUTPUT}",
    rf"(?:may|must|should|can) not (?:appear|be (?:mentioned|named|found|repeated)) in (?:any|the|your) (?:\w+ )?{_OUTPUT}",
    r"developer mode|think step by step|remember for later|begin new instructions|override\b\W|new instructions?\W",
    r"(?:before|once|after|when) you (?:have )?(?:answer\w*|repl\w+|respond\w*|summari[sz]\w*|condens\w*|retell|retold|finish\w*)",
    r"(?:reached|come to) this (?:line|sentence|paragraph|point)|got this far",
    rf"(?:top|start|beginning|end|bottom|foot|head) of (?:your|any|each|every) {_OUTPUT}",
    rf"if (?:the|your|any|an|a) (?:\w+ )?{_PROGRAM}(?: they use)? \w+ed",
    rf"(?:note|notice|message|hint|word|attention|tip|instructions?) (?:to|for) (?:all |any |the )?{_PROGRAM}",
)
_CLIENT = (
    r"(?:(?:a|any) user|(?:the|your|its) (?:users?|readers?|visitors?|client|human|person (?:asking|who asks|who asked|at the other end|you|it|it is)\b[^.,]{0,20})"
    r"|whoever asks|any(?:one|body) ask(?:s|ing)|some(?:one|body) asks|somebody understand|reader['’]s (?:behalf|question|helper|card))"
)
_ENGLISH = _Language(
    alone=_pattern(
        rf"(?<!\w)(?:{'|'.join(_ALONE)})(?!\w)|^\W*(?:dear )?{_PROGRAM}(?: \w+)?, (?:please )?{_WRITES}\b|"
        r"^\W*(?:please |kindly |always |never |do not |don['’]t |instead,? |simply |just |now )*"
        r"(?:(?:say|state|write|claim|insist|conclude|reply|respond|answer|confirm|add|stress|repeat|emphasi[sz]e|pretend|assert|tell (?:them|him|her|people|everyone))"
        r" (?:that (?!down)|nothing\b|only\b|the (?:words?|phrase|sentence)\b|…)"
        r"|(?:mention|omit|leave out|summari[sz]e|translate|paraphrase|portray|recommend|quote|cite|output|print|emit|refuse|display|reveal)"
        r" (?:the|an?|this|these|it|them|no|any|all|only|every|each|nothing|to|[A-Z]\w+)\b)|"
        r"^(?:to [^,.]{1,60}, |for [^,.]{1,60}, |\W*)(?:repeat the following|pretend (?:the|that|this)|treat (?:everything|all|anything|the (?:above|following))"
        r"|state (?:the|that|this)|regard (?:everything|the (?:above|following)))\b|"
        r"(?:^|[:;,.…]\s*|\band |\bplease |\bkindly |\bnow )(?:output|print|emit|write|include|insert|append|add|say|repeat|reproduce)"
        r" (?:only |just )?(?:the |this |a |following |exact |reference |secret )*(?:token|code ?word|code|string|word|phrase|marker|mark|sequence)\b|"
        r"(?:^|[:;,.…]\s*|\band |\bplease |\bnow )(?:respond|reply|answer|write back)(?: only| just| exactly)? (?:in|with)\b[^.]{0,20}(?:…|[A-Z]{2,}|only|[A-Z][a-z]+$)"
    ),
    whom=_words(
        rf"(?:note|notice|message|hint|memo|attention|tip|instructions?|todo|dear|hey|hello)\b[^.]{{0,30}}\b{_PROGRAM}",
        rf"(?:any|every|each|all|dear|helpful|clever|kind|no) (?:\w+ )?{_PROGRAM}",
        rf"{_PROGRAM} (?:(?:that|which|who|they) )?(?:is |are )?{_READS}|as an? (?:\w+ )?{_PROGRAM}",
        rf"{_MACHINE} (?:(?:that|which|who|they) )?{_READS} (?:\w+ )?(?:this|these|our)|(?:ranking|reading|summari[sz]ing) {_MACHINE}",
        rf"(?:{_PROGRAM}|{_MACHINE})\b[^.]{{0,80}}\b{_THIS}|{_THIS}\b[^.]{{0,80}}\b(?:{_PROGRAM}|(?:a|any|the) {_MACHINE})",
        rf"(?:services|those|anyone|anybody|whoever|publishers|sites|readers|people) (?:that |who |which )?{_READS} (?:this|these)",
        rf"{_PROGRAM}(?=\b[^.]{{0,80}}\b(?:{_MUST}|may) (?:not |also |only )?(?:{_WRITES})\b)",
        rf"(?:whatever|any|every) {_MACHINE}",
        r"(?:machine|automatic|automated|AI) (?:summar(?:y|ies)|retellings?|digests?)|(?:text|article|report|story) be (?:condensed|shortened|retold|summari[sz]ed|processed)",
        rf"(?:retelling|summar(?:y|ies)|digests?|abstracts?|condensed|shortened|retold) (?:made |produced |prepared )?by (?:a |an |any )?(?:{_PROGRAM}|{_MACHINE})",
        r"you (?:generate|write|compose) about this",
    ),
    output=_words(
        rf"(?:your|derived|generated|automatic|automated|machine(?:-made)?|AI(?:-generated)?) (?:\w+ )?{_OUTPUT}",
        rf"{_OUTPUT} (?:drawing|based|resting) on|{_OUTPUT} (?:of|from|to|about) {_THIS}",
        rf"(?:the|an?|any|each|every|all|its|their|no) (?:\w+ )?{_OUTPUT}(?= [^.]{{0,40}}?\b(?:{_MUST}|to) (?:not )?{_FORM})",
        rf"no need for (?:the|an?) {_OUTPUT}|(?:in|later in) (?:the|this|our) conversation",
        r"(?:in )?(?:giving|writing|making) an? (?:account|summary|answer) of",
        rf"(?:closing|first|last|opening) (?:line|word|sentence) of (?:any|the|your|each|every) {_OUTPUT}",
        rf"(?:top|start|beginning|end|bottom|foot|head) of (?:the|your|any|each|every) {_OUTPUT}|your (?:full|whole|entire|only) {_OUTPUT}",
    ),
    order=_pattern(
        rf"\b{_MUST} (?:not |also |only |please )?(?:{_WRITES}|{_FORM}|refrain|avoid)\b|\b{_BARE_MUST}\b|{_IMPERATIVE}"
    ),
    told=_REPORTING,
)
# language: (alone, whom, output, order, told)
_OTHERS: tuple[tuple[str, str, str, str, str], ...] = (
    (  # German
        r"(?:vergiss|vergessen Sie|ignorier\w*|missachte\w*|beachte\w* nicht)\b.{0,60}\b(?:bisher|zuvor|vorher|oben|anweisung|aufgetragen|gesagt wurde|gebeten|vorgaben)\w*"
        r"|(?:du bist|sie sind) (?:ab jetzt|nun|von nun an)|ab (?:dieser zeile|diesem satz|jetzt) (?:antwort|schreib|sprich)\w*"
        r"|(?:tu|tun sie|stell dir vor|gib vor)\b.{0,30}(?:als|du)|spiele? die rolle|(?:antworte|schreibe?|antworten sie|schreiben sie)\b.{0,40}\bnur\b.*|^\W*(?:bitte )?(?:schreib\w*|sag|sagen sie|erwähn\w*|nenn\w*|antwort\w*|behaupt\w*|empfiehl|empfehlen sie|verschweig\w*|gib|geben sie)\b(?: \w+)?,? (?:dass|nicht|nur|nichts|keine?n?|immer)\b",
        r"(?:KI|künstliche Intelligenz|Sprachmodelle?n?|Chatbots?|Assistent\w*|Maschinen?|Programme?n?|Computer|Software|Automat\w*|Bots?)"
        r"|wer (?:dies\w*|den) \w+ (?:liest|zusammenfasst|auswertet)",
        r"(?:deine[rnm]?|ihre[rnm]?|der|die|das|jede[rnms]?|am ende der|in der|automatische\w*) (?:\w+ )?(?:Antwort(?:en)?|Zusammenfassung(?:en)?|Auskunft|Ausgabe|Kurzfassung|Wiedergabe|Übersicht)",
        r"(?:soll(?:en|te|ten)?|muss|müssen|hat|haben|ist|sind|bitte)\b.{0,120}(?:zu \w+en|\w+zugeben|\w+zulassen|\w+zuweisen|erwähn\w*|nenn\w*|schreib\w*|beginn\w*|end\w*|weglass\w*|verschweig\w*|angeb\w*|hinweis\w*|antwort\w*|empfehl\w*|schließ\w*|lauten|anführ\w*)"
        r"|(?:schreib|antworte|beginne|nenne|erwähne|füge|gib|beende|lass|empfiehl|verschweige|schreiben sie|antworten sie|beginnen sie|nennen sie|erwähnen sie|fügen sie|geben sie|empfehlen sie)\b.{0,120}",
        r"(?:sagte[n]?|sagt|erklärte[n]?|teilte\w*|zeigten|laut|gesetz\w*|entwurf|forscher\w*|richter\w*|gericht\w*|demnach|warnte\w*|mitteilte|zufolge|fragte)",
    ),
    (  # French
        r"(?:oublie[zr]?|ignore[zr]?|ne tiens? pas compte|ne tenez pas compte|fai(?:s|tes) abstraction)\b.{0,60}\b(?:demandé|instructions?|consignes?|plus haut|précéde\w+|dit)"
        r"|(?:tu es|vous êtes) (?:désormais|maintenant|à présent)|à partir de (?:cette (?:ligne|phrase)|ce (?:point|paragraphe)|maintenant)|(?:fais|faites) (?:comme si|semblant)|imagine[z]? que (?:tu|vous)|joue[z]? le rôle|(?:réponds|répondez|écris|écrivez)\b.{0,40}\b(?:seulement|uniquement|rien d['’]autre)|^\W*(?:ne )?(?:dis|dites|écris|écrivez|mentionne[z]?|réponds|répondez|affirme[z]?|recommande[z]?|conclus|concluez)\b (?:que|pas|rien|toujours|jamais|à)",
        r"(?:IA|intelligence artificielle|modèles? de langage|chatbots?|agents? conversationnels?|assistants?(?: \w+)?|machines?|programmes?|logiciels?|robots?|ordinateurs?|automates?)"
        r"|(?:quiconque|toute personne|celui qui|ceux qui) .{0,20}(?:lit|lisent|résume\w*)",
        r"(?:ta|votre|sa|la|toute|chaque|tout|le|du|au début de la|à la fin de la) (?:\w+ )?(?:réponses?|résumés?|synthèses?|sorties?|restitutions?)",
        r"(?:doit|doivent|devra|devront|devrait|devraient|est prié\w*|sont priés?|il (?:faut|convient)|veuillez|merci de|est tenu\w*|est invité\w*)"
        r"|(?:écri[st]|écrivez|répond[s]?|répondez|commence[z]?|termine[z]?|ajoute[z]?|mentionne[z]?|indique[z]?|dis|dites|recommande[z]?|omet[s]?|omettez|inclus|incluez|passe[z]? sous silence)",
        r"(?:selon|a (?:dit|déclaré|demandé|lancé|affirmé|expliqué|montré|jugé)|ont (?:montré|dit|déclaré)|projet de loi|la loi|d['’]après|juge|tribunal|chercheurs)",
    ),
    (  # Spanish
        r"(?:olvid[ae]\w*|ignor[ae]\w*|no (?:hagas|haga) caso|descart[ae]\w*)\b.{0,60}\b(?:instruccion\w*|anterior\w*|te (?:pidieron|dijeron|han pedido)|lo que|se te|órdenes|indicaciones)"
        r"|(?:ahora|desde ahora|a partir de ahora|a partir de est[ea] \w+) (?:eres|responde|contesta|escrib\w+)|eres (?:ahora|desde ahora)|(?:finge|imagina|actúa|haz de cuenta)\b.{0,20}(?:ser|que|como)|(?:responde|contesta|escribe|responda|escriba)\b.{0,40}\b(?:solo|sólo|solamente|únicamente)|^\W*(?:no )?(?:di|diga|escribe|escriba|menciones?|mencione|responde|responda|afirma|afirme|recomienda|recomiende|digas) (?:que|siempre|nunca|nada|al?)\b",
        r"(?:IA|inteligencias? artificial\w*|modelos? de lenguaje|chatbots?|asistentes?(?: \w+)?|máquinas?|programas?|software|robots?|bots?|ordenador\w*|computador\w*)"
        r"|(?:quien(?:es)?|cualquiera que|todo el que|el que) (?:lea|lean|resum\w+|lee|utilice)",
        r"(?:tu|su|la|toda|cada|el|todo|del|al (?:comienzo|final|principio|inicio) de (?:la|tu|su)) (?:\w+ )?(?:respuestas?|resúmen(?:es)?|resumen|salida|síntesis|contestación)",
        r"(?:debe(?:n|rá|rán|ría|rían)?|ha(?:n)? de|tiene(?:n)? que|hay que|se ruega|se pide|conviene|por favor)"
        r"|(?:escrib[ea]|respond[ea]|contest[ae]|empi[ee]z[ae]|comienc[ea]|termin[ae]|añad[ae]|mencion[ae]|di|diga|incluy[ea]|recomiend[ae]|omit[ae]|no (?:menciones|mencione|digas|diga|cites))",
        r"(?:dijo|dijeron|pidió|pidieron|según|ordenó|afirmó|señaló|aseguró|proyecto de ley|la ley|investigador\w*|juez\w*|tribunal|advirtió|mostraron|recomend[óo]\w*|explicó|dio)",
    ),
    (  # Italian
        r"(?:dimentic[ah]\w*|ignor[ai]\w*|trascur[ai]\w*|non tenere conto)\b.{0,60}\b(?:istruzion\w*|precedent\w*|ti è stat\w|quanto|richiest\w|sopra)"
        r"|(?:fingi|immagina|comportati|fai finta)\b.{0,20}(?:di|che|come)|(?:d['’]ora in poi|da (?:questa riga|ora|questo punto))|(?:ora|adesso) sei|sei (?:ora|adesso)|(?:rispondi|scrivi|risponda|scriva)\b.{0,40}\b(?:solo|soltanto|unicamente)|^\W*(?:non )?(?:di|dica|dire|scrivi|scriva|menzionare|menziona|rispondi|risponda|afferma|raccomanda) (?:che|sempre|mai|nulla|al?|il|la)\b",
        r"(?:IA|intelligenz[ae] artificial\w*|modell[oi] linguistic\w*|chatbot|assistent[ei](?: \w+)?|macchin[ae]|programm[ai]|software|robot|bot|computer|automatic[oahi]\w*)|chi(?:unque)? (?:legg\w+|riassum\w+)",
        r"(?:la tua|tua|sua|la|ogni|nel|il|del|nella|alla fine della|all['’]inizio della) (?:\w+ )?(?:rispost[ae]|riassunt[oi]|sintesi|output|riepilog\w+)",
        r"(?:dev[eo]|devono|dovr\w+|va(?:nno)? \w+t[oaie]|bisogna|occorre|si prega|è pregat\w|diventan?o?|qualunque cosa dica)"
        r"|(?:scriv[ia]|rispond[ia]|inizi[ai]|comincia|termina|aggiung[ia]|menzion[ai]|dì|includ[ia]|raccomand[ai]|omett[ia]|non (?:dire|citare|menzionare))",
        r"(?:ha (?:detto|dichiarato|gridato|chiesto|spiegato|ordinato)|secondo|raccomanda(?: il)|hanno (?:detto|mostrato)|disegno di legge|la legge|ricercator\w*|giudice|tribunale)",
    ),
    (  # Portuguese
        r"(?:esqueç[ao]\w*|ignor[ea]\w*|desconsider[ea]\w*)\b.{0,60}\b(?:instruç\w+|anterior\w*|o que|lhe foi|te (?:pediram|disseram)|pedido|acima)"
        r"|(?:a partir de agora|a partir dest[ae] \w+|agora) (?:você )?(?:é|és|respond\w+)|(?:finja|imagine|aja)\b.{0,20}(?:ser|que|como)"
        r"|não (?:conte|diga|revele|mencione|informe) ao? (?:usuário|utilizador|leitor)\w*|(?:responda|escreva|responde|escreve)\b.{0,40}\b(?:apenas|só|somente)|^\W*(?:não )?(?:diga|escreva|mencione|responda|afirme|recomende) (?:que|sempre|nunca|nada|ao?|o)\b",
        r"(?:IA|inteligências? artificia\w+|modelos? de linguagem|chatbots?|assistentes?(?: \w+)?|máquinas?|programas?|software|robôs?|bots?|computador\w*)|(?:quem|qualquer um que|todo aquele que) (?:ler|lê|resum\w+|leia)",
        r"(?:tua|sua|a|cada|toda|o|no|do|na|no final d[ao]|no início d[ao]) (?:\w+ )?(?:respostas?|resumos?|síntese|saída)",
        r"(?:deve(?:m|rá|rão|ria|riam)?|tem de|tem que|é preciso|convém|por favor|pede-se|solicita-se)"
        r"|(?:escrev[ae]|respond[ae]|comec[ea]|termin[ea]|acrescent[ea]|mencion[ea]|dig[ao]|inclu[ai]|recomend[ea]|omit[ae])",
        r"(?:disse|disseram|pediu|segundo|ordenou|afirmou|orienta|mandou|projeto de lei|a lei|pesquisador\w*|juiz\w*|tribunal|alertou|mostraram|recomendou|orientou)",
    ),
    (  # Dutch
        r"(?:vergeet|negeer|laat)\b.{0,60}\b(?:eerdere?|vorige|gevraagd|instructie\w*|opdracht\w*|gezegd)|je bent (?:nu|voortaan|vanaf nu)|(?:doe alsof|stel je voor|speel de rol)|vanaf (?:deze (?:regel|zin)|nu) (?:antwoord|schrijf)\w*|(?:antwoord|schrijf)\b.{0,40}\b(?:alleen|slechts|uitsluitend)|^\W*(?:zeg|schrijf|vermeld|noem|antwoord|beweer) (?:dat|niet|niets|nooit|altijd|geen)\b",
        r"(?:AI|kunstmatige intelligentie|taalmodel(?:len)?|chatbots?|assistent(?:en)?|machines?|programma['’]?s?|computers?|software|robots?|bots?)|(?:wie|iedereen die|degene die) (?:dit|deze|de) \w+ (?:leest|samenvat|inkort)",
        r"(?:je|jouw|uw|het|elk|ieder|de|elke|in de|aan het (?:eind|einde|begin) van het) (?:\w+ )?(?:antwoord(?:en)?|samenvatting(?:en)?|overzicht|uitvoer|weergave)",
        r"(?:moet(?:en)?|dien(?:t|en)|hoort|gelieve|wordt verzocht|worden verzocht|laat|laten|zal|zullen|graag)\b"
        r"|(?:schrijf|antwoord|begin|eindig|noem|vermeld|voeg|geef|zeg|sluit)\b",
        r"(?:zei(?:den)?|zegt|volgens|verklaarde\w*|meldde\w*|wetsvoorstel|de wet|onderzoekers|rechter\w*|rechtbank|waarschuwde\w*|geachte redactie)",
    ),
    (  # Swedish
        r"(?:glöm|bortse från|ignorera|strunta i)\b.{0,60}\b(?:tidigare|ombedd|instruktion\w*|bett|sagt|ovan)|(?:du är|ni är) (?:nu|från och med nu|hädanefter)|låtsas (?:att|vara)|(?:från och med (?:denna|den här) (?:rad|mening)\w*)|spela rollen|(?:svara|skriv)\b.{0,40}\b(?:bara|endast)|^\W*(?:säg|skriv|nämn|svara|påstå|rekommendera) (?:att|inte|aldrig|alltid|inget)\b",
        r"(?:AI|artificiell intelligens|språkmodell(?:er|en)?|chat+bot+(?:ar|en)?|assistent(?:er|en)?|maskin(?:er|en)?|program(?:met)?|dator(?:er|n)?|programvara|robot(?:ar|en)?)|(?:den som|alla som|var och en som) .{0,30}(?:läser|sammanfatt\w+)",
        r"(?:ditt|ert|ditt|svaret|sammanfattningen|varje svar|varje sammanfattning|slutet av svaret|början av svaret|svaren)(?: \w+)?",
        r"(?:ska(?:ll)?|måste|bör|bes|ombeds|vänligen|var god)\b|(?:skriv|svara|börja|avsluta|nämn|lägg|ange|säg|utelämna|rekommendera)\b",
        r"(?:sade|sa|säger|enligt|uppgav|visade|lagförslag\w*|lagen|forskare|domare\w*|domstol\w*|varnade|läs mer)",
    ),
    (  # Polish
        r"(?:zapomnij|zignoruj|pomiń|nie zważaj|zapomnijcie)\b.{0,60}\b(?:wcześniej\w*|poprzedni\w*|polec\w*|instrukcj\w*|kazano|proszono|powyżej)"
        r"|(?:od teraz|od tej (?:chwili|linijki|pory)|teraz) (?:jesteś|odpowiadaj)|jesteś (?:teraz|od teraz)|(?:udawaj|wyobraź sobie|wciel się)|(?:odpowiedz|odpowiadaj|napisz)\b.{0,40}\b(?:tylko|wyłącznie)|^\W*(?:nie )?(?:powiedz|napisz|wspominaj|odpowiedz|stwierdź|mów)(?:,? że| nic| zawsze| nigdy)?\b",
        r"(?:AI|SI|sztuczn\w+ inteligencj\w+|model\w* językow\w+|czat?bot\w*|chatbot\w*|asystent\w*|maszyn\w+|program\w*|komputer\w*|robot\w*|oprogramowani\w+|automat\w*)|(?:kto|każdy, kto|ktokolwiek) (?:to |ten tekst )?(?:czyta|streszcza)",
        r"(?:odpowied\w+|podsumowani\w+|streszczeni\w+|skrócie|omówieni\w+)",
        r"(?:należy|musi|muszą|powin\w+|trzeba|niech|proszę|ma(?:ją)? \w+ć|uprasza się)|(?:napisz|odpowiedz|zacznij|zakończ|wymień|wspomnij|dodaj|podaj|powiedz|pomiń|poleć)",
        r"(?:powiedzia\w+|według|zdaniem|oświadczy\w+|polecił\w*|ustaw\w+|naukowc\w+|sędzi\w+|sąd\w*|ostrzegł\w*|wołał\w*|zapytał\w*)",
    ),
    (  # Turkish
        r"(?:önceki|daha önceki|yukarıdaki|sana verilen)\b.{0,50}\b(?:unut|yok say|görmezden gel|dikkate alma)\w*|(?:artık|bundan sonra|şu andan itibaren|bu satırdan (?:sonra|itibaren)) (?:sen )?.{0,60}\b(?:sin|sın|sun|sün|ver|yaz|yanıtla)|(?:gibi davran|rolünü oyna|olduğunu (?:varsay|düşün))|(?:yalnızca|sadece)\b.{0,40}\b(?:yaz|yanıtla|cevapla|cevap ver)|(?:diye|olduğunu) (?:yaz|söyle|yanıtla|belirt)\w*",
        r"(?:yapay zek[âa]\w*|dil model\w*|sohbet robot\w*|asistan\w*|makine\w*|program\w*|bilgisayar\w*|yazılım\w*|robot\w*|botlar?\w*)|bu (?:metni|haberi|yazıyı|sayfayı) (?:okuyan|özetleyen)\w*",
        r"(?:yanıt\w*|cevab\w*|cevap\w*|özet\w*)",
        r"\w+(?:malı(?:dır)?|meli(?:dir)?|sın|sin|sun|sün)\b|(?:yaz|ekle|söyle|başla|bitir|belirt|öner|anma|yanıtla|cevapla|gerekir|gereklidir|lütfen)\b",
        r"(?:dedi\w*|söyledi\w*|göre|açıkladı\w*|belirtti|yasa tasarısı\w*|araştırmacı\w*|hâkim\w*|mahkeme\w*|uyardı|gösterdi|düzeltme)",
    ),
    (  # Russian
        r"(?:забудь\w*|игнорируй\w*|не обращай\w* внимания)\b.{0,60}\b(?:предыдущ\w+|прежн\w+|инструкц\w+|просил\w*|указани\w+|выше|раньше|до этого|велел\w*|сказан\w*)"
        r"|(?:отныне|теперь|с этого момента|с этой строки) (?:ты|вы|отвечай\w*)|(?:представь\w*|притворись|сделай вид)|сыграй роль|(?:ответь|отвечай|напиши)\w*\b.{0,40}\b(?:только|лишь)|^\W*(?:не )?(?:скажи|напиши|упоминай|ответь|утверждай|говори)(?:те)?(?:,? что| ничего| всегда| никогда)",
        r"(?:ИИ|искусственн\w+ интеллект\w*|языков\w+ модел\w+|чат-?бот\w*|ассистент\w*|помощник\w*|машин\w+|программ\w+|компьютер\w*|робот\w*|нейросет\w+|автоматическ\w+)|(?:кто|каждый, кто|тот, кто) (?:читает|пересказывает)",
        r"(?:ответ\w*|резюме|пересказ\w*|сводк\w+|изложени\w+|обзор\w*)",
        r"(?:должн\w+|следует|нужно|надо|необходимо|обязан\w*|пусть|просьба|пожалуйста)|(?:напиши\w*|ответь\w*|отвечай\w*|начни\w*|закончи\w*|упомяни\w*|добавь\w*|укажи\w*|скажи\w*|не упоминай\w*|порекомендуй\w*)",
        r"(?:сказал\w*|заявил\w*|сообщил\w*|по словам|согласно|законопроект\w*|закон(?:ом|а|у|е)?|учён\w+|учен\w+|судь\w+|суд\w*|спросил\w*|показал\w*|обратил\w*)",
    ),
    (  # Ukrainian
        r"(?:забудь\w*|ігноруй\w*|не зважай\w*)\b.{0,60}\b(?:попередн\w+|інструкц\w+|просили|вказівк\w+|вище|раніше|сказан\w*|казали)"
        r"|(?:відтепер|віднині|тепер|з цього (?:моменту|рядка)) (?:ти|ви|відповідай\w*)|(?:уяви\w*|удавай\w*|прикинься)|зіграй роль|(?:відповідай|відповіси|напиши)\w*\b.{0,40}\b(?:лише|тільки)|^\W*(?:не )?(?:скажи|напиши|згадуй|відповідай|стверджуй|кажи)(?:те|іть)?(?:,? що| нічого| завжди| ніколи)",
        r"(?:ШІ|штучн\w+ інтелект\w*|мовн\w+ модел\w+|чат-?бот\w*|асистент\w*|машин\w+|програм\w+|комп['’]ютер\w*|робот\w*|нейромереж\w+|автоматичн\w+)|(?:хто|кожен, хто|той, хто) (?:читає|переказує)",
        r"(?:відповід\w+|підсум\w+|переказ\w*|виклад\w*|огляд\w*|резюме)",
        r"(?:повин\w+|слід|треба|потрібно|необхідно|має\b|мають\b|нехай|хай|обов['’]язково|прохання|будь ласка)|(?:напиши\w*|відповідай\w*|почни\w*|заверши\w*|згадай\w*|додай\w*|вкажи\w*|подай\w*|скажи\w*|не згадуй\w*)",
        r"(?:сказа\w+|заяви\w+|повідоми\w+|за словами|згідно|законопро[єе]кт\w*|закон(?:ом|а|у|е)?|вчен\w+|дослідник\w*|суд\w*|розпов\w+|звернула\w*|запита\w+|помічник\w* міністр\w*)",
    ),
    (  # Arabic
        r"(?:تجاهل|انس|انسَ|لا تلتفت)\S*\s.{0,60}(?:قبل|سابق|تعليمات|طُ?لب منك|أعلاه)|أنت (?:الآن|من الآن)|من الآن فصاعد|(?:اكتب|أجب|أجيبي?)\b.{0,30}فقط|تظاهر ب|تخي[ّ]?ل أنك",
        r"(?:مساعد\S* (?:آلي|ذكي|رقمي|افتراضي)\S*|المساعد\S*|ذكاء اصطناعي|الذكاء الاصطناعي|نموذج لغ\S+|نماذج اللغ\S+|برنامج\S*|برامج|آلة|حاسوب|روبوت\S*)|(?:من|كل من) يقرأ هذا|يلخ[ّ]?ص هذا",
        r"(?:جواب\S*|إجابت?\S*|رد[ّ]?[كه]|الرد|ملخ[ّ]?ص\S*|الملخ[ّ]?ص|تلخيص\S*)",
        r"(?:يجب|ينبغي|على أي|عليك|عليه|لا بد|أن يبدأ|أن يذكر|يُ?رجى|اكتب|أجب|ابدأ|أضف|اذكر|قل|لا تذكر|اختم|أوص)",
        r"(?:قال\S*|قالت|ذكرت|صر[ّ]?ح\S*|أعلن\S*|وفق|بحسب|حسب|باحث\S*|القاض\S+|المحكمة|مشروع القانون|القانون)",
    ),
)
_CJK: tuple[tuple[str, str, str, str, str], ...] = (
    (  # Chinese
        r"(?:忘掉|忘记|忽略|无视|不要理会).{0,12}(?:之前|以前|先前|上面|上述|以上|上文|前面).{0,8}(?:要求|指令|指示|内容|说明|提示|话)|你现在是|从现在(?:起|开始).{0,6}(?:你|请|回答|只)|从(?:这一?行|此处)(?:起|开始)|假装你|扮演|想象你|只(?:要|能|需|可)?(?:回复|输出|回答|写)",
        r"人工智能|AI|语言模型|聊天机器人|助手|助理|机器|程序|自动(?:摘要|总结|系统|阅读)|软件|模型|(?:任何|凡是|所有).{0,6}(?:阅读|总结|概括|转述)",
        r"回答|回复|答复|摘要|总结|概要|输出|复述",
        r"应(?:该|当|将|以|在|把)?|必须|务必|需要?|请|只(?:能|要|需|回复|回答)|不要(?:提|说|引用)|不得|开头|结尾|写成|加上",
        r"说[,,::。]|表示|认为|称[,,]|法官|法院|法案|法律|研究(?:人员|者)|警方|宣布|警告|指出|承认|对居民说",
    ),
    (  # Japanese
        r"(?:これまで|以前|前|上記|今まで|先ほど)の.{0,8}(?:指示|命令|依頼|指令|内容)を?(?:すべて)?(?:忘れ|無視)|あなたは(?:今から|これから|今後)|(?:これ|今)(?:以降|から)は?.{0,12}(?:答え|回答)|(?:この行|ここ)(?:から|以降)|(?:ふり|振り)をして|になりきって|役を演じ|だけを?(?:出力|回答|返答|書い|答え)",
        r"AI|人工知能|言語モデル|チャットボット|アシスタント|機械|プログラム|自動(?:要約|応答)|ソフト|ロボット|(?:この)?(?:記事|文章|本文|ページ)を(?:読む|要約する|要約した)",
        r"回答|答え|返答|返信|要約|出力|まとめ",
        r"(?:書い|答え|述べ|加え|入れ|始め|終え|触れ|伝え|含め|し|出力し|返し|付け|勧め|省い|挙げ)(?:て|ないで)(?:ください|下さい|ほしい|欲しい|おく)|べき|なければならない|こと[。]?$|せよ|しなさい|必要がある",
        r"と(?:述べ|話し|語っ|認め|発表し|呼びかけ|指摘し|し)た|によると|によれば|法案|裁判|判事|研究者",
    ),
)


# Of other languages than English: reading, retelling and being asked; this text; wording, its place, and leaving out.
_CONTEXT = _pattern(
    r"\b(?:lies(?:t|en)|zusammen\w*fass\w*|(?:ge)?kürz\w*|verarbeit\w*|auswert\w*|fragt|les?en|lit\b|lisent|lisant|résum\w*|lecteur|demande|le[ae]n?\b|lee[nr]?\b|resum\w*|pregunt\w*"
    r"|legg\w+|riassum\w*|chied\w*|lê\b|ler\b|leia\w*|lêem|pergunt\w*|lees\w*|lezen\w*|samenvat\w*|inkort\w*|vraagt|läs\w+|sammanfatt\w*|frågar|czyta\w*|streszcz\w*|pyta\w*"
    r"|oku\w+|özet\w*|sor(?:ar|ulan|duğunda)\w*|чита\w+|пересказ\w*|спрашива\w*|переказ\w*|пита\w+)"
    r"|\b(?:diese[nrsm]?|cet|cette|ce|est[ea]|quest[oa]|dit|deze|denna|detta|ten|tego|bu|этот|эту|этой|этого|цей|цю|цього) (?:\w+ )?(?:Text\w*|Artikel\w*|Meldung|Bericht\w*|Beitrag\w*|Seite|article|texte|page|dépêche|texto|artículo"
    r"|noticia|página|testo|articolo|pagina|artigo|notícia|bericht|artikel|pagina|texten?|artikeln?|tekst\w*|artykuł\w*|metn?i?\w*|haber\w*|yazı\w*|sayfa\w*|текст\w*|стать\w+|статт\w+|новин\w+)"
    r"|\b(?:Wort\w*|Satz\w*|mots?|phrases?|palabras?|frase|parol[ae]|palavras?|woord\w*|zin|ordet?|mening\w*|słow\w+|zdani\w+|kelime\w*|sözcü\w*|cümle\w*|kod\w*|слов\w+|фраз\w+|речення\w*"
    r"|am (?:ende|anfang)|au (?:début|commencement)|à la fin|al (?:comienzo|final|inicio|principio)|all['’]inizio|alla fine|no (?:final|início)|aan het (?:eind|einde|begin)|i slutet|i början|slutar? med|börja med"
    r"|na (?:końcu|początku)|sonuna|başına|в (?:начале|конце)|наприкінці|на початку|verschweig\w*|weglass\w*|wegzulassen|erwähn\w*|taire|omett\w*|omit\w*|pominąć|pomiń\w*|weg\b|utelämna\w*|lien|Link|länk\w*|посиланн\w+|ссылк\w+)"
    r"|(?<!\w)(?-i:[A-ZÀ-ÞŁŚŻŹĆŃÓĄĘİŞĞÇА-ЯІЇЄҐ]{4,})(?:-\d+)?(?!\w)|يقرأ|يلخ|هذا (?:النص|المقال|الخبر)|كلمة|عبارة|جملة|ابدأ|بكلمة"
    r"|阅读|读|总结|摘要|概括|转述|本文|这篇|此文|文章|词|字样|写成|开头|结尾|链接|提到|提及|用户|読|要約|この(?:記事|文|ページ)|本文|言葉|単語|触れ|最初に|最後に|リンク|…"
)
_MARKUP = re.compile(
    r"</?(?:assistant|user|human|ai)>|\"role\"\s*:|<!--(?!\s*(?:\[if|/))|-{2,}\s*END OF|<\|\w+\|>|\[/?(?:INST|SYS|SYSTEM|system)\]|<(?:meta|task|instructions?|system|prompt|script)\b[^>]*[>=]"
    r"|display:\s*none|!\[[^\]]*\]\(\s*https?:|^\s*(?:#|//|;)\s*TODO\b|\bset \w+ = \""
    r"|^\W*\w+_(?:policy|instructions?|prompt|hint)\W*:|^\s*\{?\s*\"[@\w]+\"\s*:\s*\"|[?&]\w*=[A-Z_]{6,}"
    r"|\b(?:curl|wget|bash|sudo) +-\w|\bfetch https?://",
    re.MULTILINE,
)
_TRANSCRIPT = re.compile(r"^\W*(?:system|assistant|user|AI)\s?:\s", re.IGNORECASE)
_TO_CLIENT = re.compile(
    rf"{_IMPERATIVE}[^.]{{0,60}}\b{_CLIENT}|\b(?:keep|warn|treat|hide)\b[^.]{{0,80}}\b{_CLIENT}|\b{_CLIENT}[^.]{{0,30}}\b(?:must|should|need) not (?:learn|know|be told)"
    rf"|\b(?:when|whenever|if|should) {_CLIENT} [^.]{{0,60}}{_IMPERATIVE}"
    rf"|\bbefore (?:going further|answering|you answer|replying),|\bafter you (?:finish|answer|reply),|\bif you are helping\b",
    re.IGNORECASE,
)
# Orders to write, begin, end, translate, replace, forget or keep silent, in other languages than English.
_ORDERS = _pattern(
    r"(?:^|[:;,.…!]\s*)\W*(?:bitte |nicht |ne |no |non |não |nie |не |lütfen |por favor,? |per favore,? |s['’]il (?:te|vous) plaît,? )?"
    r"(?:beginn[et]?\w*|beende\w*|schließ\w*|übersetz\w*|ersetz\w*|nenn\w*|erwähn\w*|verschweig\w*|wiederhol\w*|füg\w*|häng\w*|gib|geben sie|stell\w* dar|fass\w*|vergiss"
    r"|commence[zr]?|termine[zr]?|tradui[st]\w*|remplace[zr]?|cite[zr]?|répète[zr]?|répétez|ajoute[zr]?|résume[zr]?|écri[st]|écrivez|présente[zr]?|passe[zr]?|oublie[zr]?|insère|insérez"
    r"|comienc[ea]|empiece|empieza|termin[ea]|traduc[ea]|traduzca|reempla[cz]\w+|sustitu\w+|repit[ea]|añad[ea]|agreg\w+|resum[ea]|menciones?|cites?|presenta|olvida|incluy[ea]|inserta"
    r"|inizi[ai]|cominci[ai]?|termin[ai]|traduc[ia]|sostituisci|ripeti|aggiungi|riassumi|presenta|dimentica|inserisci|citare|menzionare|chiudi"
    r"|comece|termine|traduza|substitua|repita|acrescente|adicione|resuma|apresente|esqueça|insira|inclua|encerre"
    r"|begin|eindig|sluit|vertaal|vervang|herhaal|voeg|vat|presenteer|vergeet|noem|vermeld"
    r"|börja|avsluta|översätt|ersätt|upprepa|lägg|sammanfatta|framställ|glöm|nämn|infoga"
    r"|zacznij|rozpocznij|zakończ|przetłumacz|zastąp|powtórz|dodaj|dopisz|streść|przedstaw|zapomnij|wspominaj|wstaw"
    r"|начни\w*|начинай\w*|закончи\w*|заверши\w*|переведи\w*|замени\w*|повтори\w*|добавь\w*|допиши\w*|перескажи\w*|представь\w*|забудь\w*|упоминай\w*|вставь\w*"
    r"|почни\w*|починай\w*|заверш\w*|закінчи\w*|переклади\w*|заміни\w*|повтори\w*|додай\w*|допиши\w*|перекажи\w*|забудь\w*|згадуй\w*|встав\w*)\b"
    r"|(?:başla|bitir|çevir|değiştir|tekrarla|ekle|özetle|unut|anma|bahsetme)\W*$|(?<!\w)(?:ابدأ|اختم|ترجم|استبدل|كرر|أضف|لخص|انس)\b"
)
# The words of an answer: its own language calls it so.
_ANSWERS = _pattern(
    r"\b(?:antwort(?:en)?|zusammenfassung(?:en)?|kurzfassung|réponses?|résumés?|respuestas?|resumen(?:es)?|risposta|risposte|riassunt[oi]|respostas?|resumos?|antwoord(?:en)?"
    r"|samenvatting(?:en)?|svar(?:et|en)?|sammanfattning(?:en|ar)?|odpowied\w+|streszczeni\w+|podsumowani\w+|ответ\w*|пересказ\w*|резюме|відповід\w+|переказ\w*|yanıt\w*|cevab\w*|özet\w*)\b"
    r"|جواب|إجابة|ملخص|الرد|回答|答复|摘要|总结|要約|答え"
)
# Telling, asking or warning somebody for whom the text is read, in other languages than English.
_TELLS_CLIENT = _pattern(
    r"(?<!\w)(?:sag\w*|teil\w* mit|empfiehl|empfehlen sie|rate[nt]?|warn\w*|bitte[nt]?|frag\w*|dis|dites|informe[zr]?|recommande[zr]?|conseille[zr]?|demande[zr]?|avertis\w*|rappelle[zr]?|invite[zr]?"
    r"|d[ií]gale|dile|di|diga|informa|informe|recomienda|recomiende|aconseja|pide|pida|pídele|avisa|recuerda|dì|di['’]|dica|raccomanda|consiglia|chiedi|avverti|ricorda|invita"
    r"|diga|avise|recomende|peça|pergunte|lembre|zeg|vertel|raad|vraag|waarschuw|meld|säg|berätta|be|fråga|varna|råd|powiedz|poinformuj|zaleć|poproś|zapytaj|ostrzeż"
    r"|скажи\w*|сообщи\w*|посоветуй\w*|попроси\w*|спроси\w*|предупреди\w*|скажіть|скажи|повідом\w*|порадь\w*|попроси\w*|запитай\w*|попередь\w*)\b[^.!?]{0,30}"
    r"\b(?:Leser\w*|Nutzer\w*|Benutzer\w*|Fragende\w*|lecteur\w*|lectrice\w*|utilisateur\w*|usuari\w+|lector\w*|lettor\w+|utent\w+|leitor\w*|usuári\w+|utilizador\w*|lezer\w*|gebruiker\w*"
    r"|läsar\w+|användar\w+|czytelni\w+|użytkowni\w+|читател\w+|пользовател\w+|читач\w*|користувач\w*)"
    r"|(?:okur|okuyucu|kullanıcı)\w*.{0,60}(?:söyle|bildir|öner|sor|uyar)\b|(?:أخبر|قل ل|انصح|اطلب من|اسأل).{0,12}(?:القارئ|المستخدم)"
    r"|(?:告诉|提醒|建议|询问|请|警告|让).{0,4}(?:读者|用户|提问者)|(?:読者|ユーザー|利用者)に.{0,40}(?:伝え|勧め|尋ね|教え|警告し)"
)
_PROGRAMS = _pattern(
    r"\b(?:KI|IA|ИИ|ШІ|SI|Chat-?bots?|Sprachmodelle?|assistente?s?|asistentes?|Assistent(?:en|in)?|modèles? de langage|modelos? de lenguaje|modelli linguistici|taalmodellen"
    r"|språkmodeller|чат-?бот\w*|ассистент\w*|асистент\w*|asystent\w*|yapay zek\w+|asistan\w*)\b|人工智能|助手|アシスタント|ذكاء اصطناعي|المساعد"
)
# What adds up to a task in English, where no single pattern fits: each counts once, and what is told takes away.
_SIGNS: tuple[tuple[float, re.Pattern[str]], ...] = (
    (1.25, _words(_PROGRAM)),
    (1.0, _words(_MACHINE, r"helpers?|(?:auto)?generat\w+|automat\w+")),
    (
        1.0,
        _words(
            rf"(?<!my )(?<!our )(?<!his )(?<!her )(?<!and ){_OUTPUT}",
            r"(?:re)?tellings?|accounts? of|versions?|paragraphs? you|translations?",
        ),
    ),
    (1.0, _words(rf"(?:your|you['’]re|you) (?:\w+ )?(?:{_OUTPUT}|{_WRITES})")),
    (1.0, _words(_THIS, r"herein|hereafter|the foregoing")),
    (
        1.0,
        _words(
            _CLIENT,
            r"(?:the|your|a|any) (?:readers?|users?|asker|questioner|recipient|person)|whoever|anyone who|those who (?:read|ask)",
        ),
    ),
    (1.0, _words(_READS.replace("answer\\w*|", ""), r"asked|asks|writing|written|composing")),
    (1.0, _words(_MUST.replace("kindly|please|", ""))),
    (1.0, _pattern(_IMPERATIVE)),
    (
        0.5,
        _pattern(
            r"…|[\"“”]|\b[A-Z]{4,}\b|\b\w+-\d+\b|\b(?:words?|phrase|sentence|string|code|token|link|address|name) "
        ),
    ),
    (
        1.0,
        _words(
            r"(?:do not|don['’]t|never|not|without|nothing|omit\w*|leave (?:it |them )?out|leave|silent|silence|skip|withhold|conceal|hide|drop)(?=\b[^.]*\b(?:mention|cit\w+|name|say|source|refer\w*|article|out|about|word|part|fact))"
        ),
    ),
    (
        0.5,
        _words(
            r"whenever|whatever|every|each|any|always|from now|instead|only|first|at the (?:end|start|top|beginning)|regardless"
        ),
    ),
)
_POSSIBLE_SCORE = 1.0
_DIRECTS, _ADDRESSED, _MACHINE_AND_THIS = (7, 8, 10), (0, 2, 3, 5), (1, 4)  # places in the table
_REPORTING_WEIGHT = 3.0
_SUFFICIENT_SCORE = 3.25
_LATIN = tuple(
    _Language(
        alone=_words(row[0]), whom=_words(row[1]), output=_words(row[2]), order=_words(row[3]), told=_words(row[4])
    )
    for row in _OTHERS
)
_WIDE = tuple(
    _Language(
        alone=_pattern(row[0]),
        whom=_pattern(row[1]),
        output=_pattern(row[2]),
        order=_pattern(row[3]),
        told=_pattern(row[4]),
    )
    for row in _CJK
)


def sets_task(voice: str, raw: str) -> bool:
    """True if a sentence sets a task to a program that reads it. `voice` is what the article says itself, without what
    stands in quotation marks; `raw` is the sentence whole.
    """
    if _MARKUP.search(raw) or _TRANSCRIPT.search(raw):
        return True
    if (_TO_CLIENT.search(voice) or _TELLS_CLIENT.search(voice)) and not is_reported(voice):
        return True
    if task_score(voice) >= _SUFFICIENT_SCORE:
        return True
    if _ORDERS.search(voice) and (_ANSWERS.search(voice) or _PROGRAMS.search(voice)) and not is_reported(voice):
        return True
    return any(_sets_task_in(language, voice) for language in (_ENGLISH, *_languages(voice)))


def may_set_task(voice: str) -> bool:
    """True if something speaks for a task, though not enough by itself: a sentence of a paragraph that has nothing to do
    with its article is then set aside.
    """
    return (
        task_score(voice) >= _POSSIBLE_SCORE
        or any(
            language.order.search(voice) and (language.whom.search(voice) or language.output.search(voice))
            for language in _languages(voice)
        )
    ) and not is_reported(voice)


def task_score(voice: str) -> float:
    """How much speaks for a task in an English sentence; 0 where nothing directs, or nothing writes or reads."""
    if not any(_SIGNS[at][1].search(voice) for at in _DIRECTS):
        return 0.0  # as for most sentences, which need not be looked at further
    here = [bool(pattern.search(voice)) for _, pattern in _SIGNS]
    addressed = any(here[at] for at in _ADDRESSED) or all(here[at] for at in _MACHINE_AND_THIS)
    if not addressed:
        return 0.0
    reporting = _reports(_REPORTING, voice)
    return sum(weight for (weight, _), hit in zip(_SIGNS, here, strict=True) if hit) - (
        _REPORTING_WEIGHT if reporting else 0.0
    )


def is_reported(voice: str) -> bool:
    """True if a sentence tells who said or ordered what, in any of the languages."""
    return any(_reports(language.told, voice) for language in (_ENGLISH, *_languages(voice)))


def _reports(pattern: re.Pattern[str], voice: str) -> bool:
    """True if a sentence tells of somebody who said or ordered so, or of a law or a play."""
    return bool(pattern.search(_YOU_WERE.sub(" ", voice)))


def _languages(voice: str) -> tuple[_Language, ...]:
    if any("\u3040" <= char <= "\u9fff" for char in voice):
        return _WIDE
    return _LATIN


def _sets_task_in(language: _Language, voice: str) -> bool:
    if language.alone and language.alone.search(voice):
        return not _reports(language.told, voice)
    if not language.order.search(voice) or _reports(language.told, voice):
        return False
    whom, output = bool(language.whom.search(voice)), bool(language.output.search(voice))
    if language is _ENGLISH:
        return whom or output
    return (whom and output) or ((whom or output) and bool(_CONTEXT.search(voice)))
