"""Telling the furniture of a page (share bars, notices, credits, links to other articles) from its words.

A line with quotation marks is never furniture, whatever else it says, so that no quotation is lost to cleaning;
only a run of icon names and a photographer's credit are dropped all the same. The phrases below are data: each stands
for a habit of many sites, none for one page.
"""

from __future__ import annotations

import re

_QUOTED = re.compile('["“”„‟«»「」『』]')
_WORDS = re.compile(r"[^\W_]+(?:[’'.-][^\W_]+)*")
_SEPARATOR = re.compile(r"\s[|•·–—-]+\s")
_ICON_WORD = re.compile("icon", re.IGNORECASE)
_LONGEST = 300  # characters; furniture is short, and a paragraph that happens to hold its words is not

# A line of these words and nothing else is a menu, a share bar or a row of buttons.
_BUTTONS = frozenset(
    """
    a about account add all and app apple article back blogger bookmark bookmarks button buttons by bluesky cancel
    camera chat check chevron clipboard close comment comments contact copied copy current cut dark day days digg
    discord dislike down download e-mail edit email enlarge expand explore facebook favorite favourite fb feed feedback
    file filter flag flipboard follow font full fullscreen gift google gplus home hour hours icon id image images in
    instagram it join less like likes line link linkedin listen live load loading log login logo mail mastodon me menu
    messenger min mins minute minutes mode mute my navigation news newsletter newsletters next now off on open options
    page pause picture pin pinterest play player plus pocket podcast prev previous print printer profile published read
    reading reddit refresh register replay report reset right rss save saved search section sections see send settings
    share shared shares show sidebar sign signal sina site size skip skype snapchat sms sound staff stop story
    subscribe subscription switch tab tag tags telegram text this threads tiktok time title to toggle top trash tumblr
    tweet twitter unmute up upload us video view viber views vk volume vkontakte watch wechat weibo whatsapp x xing
    yandex youtube zoom
    drucken teilen merken kommentare menü suche suchen anmelden startseite partager imprimer commentaires accueil
    rechercher connexion compartir imprimir comentarios inicio buscar compartilhar condividi stampa cerca commenti
    paylaş yazdır yorum yorumlar anasayfa ara поделиться печать комментарии главная поиск войти меню поділитися
    коментарі головна пошук udostępnij drukuj komentarze szukaj
    """.split()
)


def _any_of(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.IGNORECASE)


# Lines that are furniture as a whole.
_WHOLE = _any_of(
    r"advert(?:isement|isements|orial)?s?|ad|sponsored(?: content)?|anzeige|werbung|publicité|publicidade?|pubblicità",
    r"реклама|reklama?|annonce|advertentie|mainos",
    r"(?:story |article )?continues? (?:reading )?below(?: \w+){0,3}|continue reading(?: .{1,80})?",
    r"scroll (?:down )?(?:to|for) (?:continue|more)(?: reading)?",
    r"skip (?:to|past|advert).{0,60}|back to top|jump to .{1,40}|go to (?:top|homepage|comments).{0,20}",
    r"(?:\d+|no|add a|leave a|view|show|see|post|read|hide) (?:all )?(?:\d+ )?comments?|comments? ?\(?\d*\)?",
    r"(?:about )?\d+ ?[-–]? ?min(?:ute)?s?\.?(?: (?:of )?read(?:ing)?)?(?: time)?|(?:reading time|lesezeit):? .{1,20}",
    r"listen to (?:this )?(?:article|story).{0,40}|play (?:audio|video).{0,40}|(?:this )?video can ?not be played",
    r"(?:share|save|print|bookmark|e-?mail|gift|like|follow) this (?:article|story|page|topic|post).{0,40}",
    r"(?:page )?\d+ ?(?:of|/) ?\d+",
    r"\W{0,3}(?:tags|topics|keywords|filed under|categories|schlagwörter|etiquetas|теги|etiketler) ?:.{1,200}",
    r"(?:exclusive )?(?:premium|subscriber)[- ]only(?: content)?",
    r"(?:©|\(c\)|copyright\b).{0,140}|.{0,80}all rights reserved(?:\W.{0,60})?",
    r"(?:image|photo|picture|getty images?|file) (?:source|credit|caption|copyright)s?\b[ :,].{0,200}|image caption",
    r"(?:read )?our standards.{0,80}|(?:additional )?(?:reporting|writing|editing) by .{3,240}",
)
# Lines that begin like this lead elsewhere, whatever bullet stands before them.
_BULLET = re.compile(r"[>»→•|*\[(-]\s*")
_LEADS_AWAY = _any_of(
    r"(?:read|see|watch|view|also|further) (?:more|also|next|now|reading|see)\b ?[:|»>–—-]",
    r"(?:related|recommended|trending|don[’']t miss|must[- ]read|watch|in pictures|live updates|explainer)"
    r"(?: (?:articles?|stor(?:y|ies)|news|reading|videos?|content|coverage|topics?|links?))? ?[:|»>]",
    r"read more\b(?! \w+ than)|click here|(?:for )?more (?:on|from|about) (?:this|our)\b|you (?:may|might) also\b",
    r"lesen sie (?:auch|hier|dazu)|mehr zum thema|(?:à )?lire aussi|voir aussi|lea también",
    r"lee (?:también|más)|leer más|te puede interesar|leia (?:também|mais)|saiba mais",
    r"leggi anche|czytaj (?:też|także|również|więcej)|lees ook",
    r"läs (?:också|mer|även)|l[eæ]s også|lue myös|ayrıca (?:bakın|oku)|ilgili haber",
    r"читайте (?:также|також|ещ[её]|далее)|читать (?:также|далее)",
)
# What a site asks of its visitors.
_ASKS = _any_of(
    r"by (?:signing up|continuing|clicking|subscribing)\b|your privacy\b|this site is protected by recaptcha",
    r"(?:please )?(?:sign up|subscribe|register|log in|sign in)\b(?=.{0,160}(?:newsletter|inbox|e-?mail|alerts?"
    r"|updates?|today|now|free|account|access|channel|read(?:ing)?|continue|to (?:our|us)|here|$))",
    r"(?:get|receive)\b.{0,120}\b(?:in|to) your inbox",
    r"(?:follow|like|find|join) (?:us|me|our|@\w+|\w+(?: \w+)?) on (?:facebook|twitter|x|instagram|telegram|whatsapp"
    r"|linkedin|youtube|google news|tiktok|social)\b",
    r"join (?:our|the)\b.{0,60}\b(?:channel|group|newsletter|community|conversation)\b",
    r"download (?:our|the)\b.{0,60}\bapps?\b",
    r"(?:already|not yet) an? (?:subscriber|member)\b|enable javascript",
    r"(?:this|the) (?:article|story|content) is (?:only )?(?:for|available to|exclusive to) (?:our )?(?:\w+ )?"
    r"(?:subscribers|members)",
    r"you (?:can|may) (?:also )?(?:follow|contact|email)\b.{0,60}\b(?:on|at|@)",
    r"(?:support|help) (?:our|independent) journalism|do you have (?:a )?(?:news tip|story|tip|more information)",
    r"(?:jetzt )?abonnieren|abonnez-vous|suscr[ií]bete|подпи(?:сывайтесь|шитесь)|підпи(?:суйтесь|шіться)|abone ol",
)
# What a site tells its visitors of itself: furniture only where it speaks to them, for courts make news of cookies too.
_TO_VISITOR = re.compile(r"\b(?:we|us|our|you|your|this (?:web)?site|accept all)\b", re.IGNORECASE)
_NOTICE = _any_of(
    r"\bcookies?\b.{0,160}\b(?:accept|agree|consent|polic(?:y|ies)|prefer|settings|browser|experience|improve)",
    r"\b(?:accept|agree|we use|uses|this site|manage|allow|reject)\b.{0,80}\bcookies?\b|\bad ?-?blocker\b",
    r"\b(?:privacy (?:policy|notice)|terms (?:of (?:use|service)|and conditions))\b.{0,80}\b(?:apply|agree|accept)\b",
    r"\bnewsletters?\b.{0,60}\b(?:sign up|subscribe)\b|\b(?:sign up|subscribe)\b.{0,80}\bnewsletters?\b",
)
# A photographer's credit that ends a caption; an agency where no sentence has ended; a label that begins a caption.
_AGENCIES = r"ap|afp|reuters|epa|dpa|pa|tass|anadolu|xinhua"
_CREDIT = _any_of(
    rf"[(\[](?:[^()\[\]]{{0,60}}\b)?(?:photo|image|foto|via|shutterstock|getty|(?:{_AGENCIES})/)[^()\[\]]{{0,80}}[)\]]$",
    rf"(?:\bvia |/ ?)(?:getty images|shutterstock|{_AGENCIES})$|\bgetty images$|\breuters/\w",
)
_AGENCY = _any_of(rf"[^.!?”\"\s]\s?[(\[](?:{_AGENCIES})[)\]]$")
_CAPTION = _any_of(
    r"(?:file )?(?:photo|image|picture|photograph|foto|illustration|abbildung|bild|фото)s? ?: ?\S",
    r"(?:credits?|photo by|source|quelle) ?: ?\S|file ?(?:photo)? ?[-–—:] |©|ap photo\b",
)
# Headings of lists of other articles.
_LIST_HEADING = _any_of(
    r"related(?: (?:articles?|stor(?:y|ies)|news|topics?|links?|content|coverage|reading|posts?|videos?))?",
    r"read (?:more|next|also)|see also|most (?:read|popular|viewed|shared|commented)|trending(?: now)?|top stories",
    r"more (?:on (?:this|the) (?:story|topic|subject)|stories|news|coverage|from .{1,40}|like this)",
    r"latest(?: (?:news|stories|headlines|videos))?|recommended(?: (?:for you|stories|reading))?|don[’']t miss",
    r"you (?:may|might) (?:also )?(?:like|be interested in)|popular(?: (?:now|stories))?|editors?[’']?s?[’']? picks?",
    r"around the web|promoted|mehr zum thema|lesen sie auch|meistgelesen|lire aussi|les plus lus",
    r"sur le même (?:sujet|thème)|lo más leído|más leídas?|noticias relacionadas|leggi anche|ilgili haberler",
    r"çok okunanlar|читайте (?:также|також)|по теме|популярное|czytaj (?:też|także)",
)


def words(line: str) -> list[str]:
    """The words of a line, in lower case."""
    return [word.lower() for word in _WORDS.findall(line)]


def quotes(line: str) -> bool:
    """True if the line holds a quotation mark that opens or closes speech."""
    return _QUOTED.search(line) is not None


def is_icon_run(line: str) -> bool:
    """True for names of icons read out with the page: at least five, and in more than a quarter of the words."""
    icons = len(_ICON_WORD.findall(line))
    return icons >= 5 and icons * 4 > len(line.split())


def is_furniture(line: str) -> bool:
    """True if the line is part of the page and not of the article."""
    line = line.strip()
    if is_icon_run(line):
        return True
    if not line or len(line) > _LONGEST:
        return False
    if is_caption(line):
        return True
    if quotes(line):
        return False
    bare = _BULLET.sub("", line, count=1) if _BULLET.match(line) else line
    return (
        all(_is_button_row(part) or _WHOLE.fullmatch(part.strip(" .:»>→")) for part in _SEPARATOR.split(line))
        or _LEADS_AWAY.match(bare) is not None
        or _ASKS.match(line) is not None
        or (_TO_VISITOR.search(line) is not None and _NOTICE.search(line) is not None)
    )


def is_caption(line: str) -> bool:
    """True for the caption of a picture that names its photographer or agency."""
    if len(line) > _LONGEST:
        return False
    if _CREDIT.search(line):
        return _silent(line)
    return not quotes(line) and (_CAPTION.match(line) is not None or _AGENCY.search(line) is not None)


def heads_list(line: str) -> bool:
    """True for the heading of a list of other articles, such as "Related stories"."""
    return len(line) <= 60 and _LIST_HEADING.fullmatch(line.strip(" :»>")) is not None


def _is_button_row(line: str) -> bool:
    row = words(line)
    if not row:
        return True
    return (
        line[-1] not in ".!?"
        and all(word in _BUTTONS or word.isdigit() for word in row)
        and not all(word.isdigit() for word in row)
    )


def _silent(line: str) -> bool:
    """True if no more than a nickname or a title of a work stands in quotation marks."""
    return not quotes(line) or not re.search('["“„«][^"”“»]{25,}', line)
