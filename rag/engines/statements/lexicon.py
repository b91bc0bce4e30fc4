"""Our own word lists: which cue makes an attribution in which construction, how sure, and of what class.

The key is the cue together with its construction, not the cue alone: "say that" attributes, "say something" often does
not; "call for" and "call" are different words. Four classes:

saying    somebody uttered it: said, announced, according to; a stated position
thinking  the reporter tells what somebody thinks, knows or feels
wishing   the reporter tells what somebody intends, wants, asks or refuses
judging   the reporter characterises what somebody said or stands for: opposed, praised, called it X

Only `saying` is a saying; the other three are the reporter's words (stance).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from rag.engines.statements.constructions import Candidate

Class = Literal["saying", "thinking", "wishing", "judging"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the lexicon says of a candidate."""

    kind: Class
    confidence: float

    @property
    def stance(self) -> bool:
        """True where the words are the reporter's characterisation."""
        return self.kind != "saying"


_CLAUSE_SAYING = """
acknowledge add admit advise affirm agree allege announce answer apologize argue assert assure attest aver avow blog
boast bluster caution challenge charge chime_in chant cite claim clarify comment complain concede conclude confess
confide confirm contend counter crow cry declare demand deny describe detail disclose dispute elaborate emphasize
estimate exclaim explain express fire_back forecast fume gripe grumble guarantee hint illustrate imply inform indicate
insinuate insist instruct interject joke jest lament lecture lie maintain mention mention mock moan mumble murmur mutter
note notify object observe opine outline pledge plead point_out posit postulate preach predict press proclaim profess
project promise prophesy protest quip quote reaffirm reason reassure rebut recall recite recommend recount refute
reiterate relate relay remark remind repeat reply report respond restate retort reveal rule say scoff shout show signal
snap speculate spell_out spin state stipulate stress submit suggest summarize surmise swear sum_up tell testify theorize
threaten tout trumpet tweet underline underscore urge volunteer vow warn whine whisper write yell vent warrant
acclaim argue attribute ask wonder question query inquire bemoan caution decree dictate hypothesize intimate lay_out let_on
let_know make_clear propose rail rant read reckon resolve retell rejoin riff scream spout stammer sneer tease
""".split()

_CLAUSE_THINKING = """
accept anticipate appreciate assume believe bet calculate care consider count decide deem determine discover
doubt dream envision expect fear feel figure find foresee forget gather get grant guess hear hold hope imagine
infer intend interpret judge know learn like love mind notice perceive picture pray prefer presume pretend
realize recognize reckon reflect regret rejoice remember resent see sense suppose suspect think trust understand
wish worry conceive contemplate envisage fret guess hate marvel muse ponder visualize feel_like want
""".split()

_TO_SAYING = "claim promise pledge vow threaten swear offer refuse profess decline demand propose agree request claim ask".split()
_TO_WISHING = """
agree aim aspire attempt choose commit consent decide desire determine elect expect hope intend like long look love
mean need opt plan plot prefer prepare pretend propose push resolve seek try volunteer want wish yearn hesitate
fail hate hurry vie pray plead beg campaign crave dread scramble strive struggle undertake vote wait reluctant
""".split()
_TO_DROPPED = "try fail struggle need attempt scramble hurry wait vote strive vie look hesitate".split()

_ING = """
admit advocate anticipate apologize avoid begrudge confess consider contemplate defend deny describe discuss dislike
dispute dread encourage endorse enjoy envision favor fear forbid forswear hate imagine justify like love mean mention
mind oppose ponder prefer propose recall recommend regret reject remember report resent resist rule_out suggest
support urge weigh welcome tout
""".split()

_OBJECT_SAYING = """
acknowledge add admit affirm allege announce answer apologize argue articulate assert ask assure challenge chant
cite claim clarify comment communicate concede confess confirm contest convey counter declare demand deny
detail disclose discuss dispute divulge elaborate emphasize enumerate enunciate explain express float forecast
highlight indicate insinuate invoke issue joke lament lay_out mention mutter note offer outline
pitch pledge plug point_out preach predict proclaim promise promote propose propound quote raise read reaffirm recall
recite recommend recount refute reiterate relate relay remark repeat report restate reveal say shout spell_out
state stress suggest summarize swear tell threaten tout trumpet tweet underline underscore utter voice volunteer vow
write retweet post put_forth put_forward advance articulate reference rebut rephrase reword retract take_back withdraw
phrase put
""".split()

_OBJECT_JUDGING = """
abhor accuse acclaim admire admonish advise advocate applaud assail assess attack attribute back bash bemoan berate
blame blast boast brand broach brush_aside brush_off call call_out castigate celebrate censure champion characterize
chastise chide commend compare compliment condemn condone congratulate corroborate credit criticise criticize critique
cheer curse damn debate debunk decry defend demean demonize denigrate denounce deplore depict deride describe
diminish disavow discourage discredit dismiss disown disparage dispute disregard distrust downplay draw
dub embrace encourage endorse equate espouse eviscerate evaluate exalt examine excoriate exaggerate extol fault favor
flatter forbid frame glorify hail hammer hit honor humiliate identify impugn insult interpret justify
knock label lambast lambaste laud lash liken list lionize loathe malign minimize misrepresent mock name
oppose overstate pan peg pillory play_down play_up portray praise profile prohibit pummel push question rap rate
rebuff rebuke recognize refer_to refuse regard reject repudiate reprimand resist respect revere ridicule rip
rule_out sanction satirize savage scold scorn second shame shoot_down shrug_off skewer slam slap slight smear
sneer spurn stigmatize support taunt tease term thank title toast torch torpedo trash trivialize tackle
uphold upbraid urge vilify vouch warn warn_off weigh welcome write_off decline defy deem disapprove echo entertain
embellish tear_into trivialise blast address analyze cover document invoke promote publicize push_back
protest parody lampoon credit approve okay veto greenlight lobby plead single_out speak teach tag
""".split()

_OBJECT_THINKING = """
accept anticipate appreciate believe consider contemplate contradict crave deem desire dislike distrust doubt dread
envision expect fear feel find forget foresee hate imagine judge know like loathe love mean mind mourn mull
perceive picture ponder prefer presume recall recognize reconsider regret remember resent respect
second-guess see sense suspect think trust understand value view want weigh wish worry admire adore believe_in envy
favor miss mistrust relish rethink revisit savor scrutinize treasure
""".split()

_OBJECT_WISHING = """
advocate ask beg beseech counsel demand desire encourage entreat exhort implore instruct invite need order plan
petition plead propose pursue recommend request require seek solicit urge want plot prefer propose eye
""".split()

_PREP = {
    "saying": """
speak_about speak_of speak_on talk_about talk_of talk_up comment_on remark_on elaborate_on
expound_on joke_about boast_of boast_about brag_about complain_about complain_of lie_about testify_about
testify_to warn_of warn_against warn_about caution_against argue_for argue_against argue_about apologize_for preach_about
hint_at allude_to refer_to point_to respond_to reply_to object_to ask_about ask_for call_for inquire_about lecture_on
rant_about rail_against vent_about opine_on weigh_on weigh_in_on write_about write_of tweet_about report_on
plead_for plead_to answer_to confess_to admit_to attest_to swear_to promise_of quip_about muse_about speculate_about
speculate_on pontificate_on insist_on agree_to gripe_about crow_about gush_about harp_on touch_on dwell_on
advise_against lobby_for lobby_against advocate_for push_for press_for appeal_for appeal_to demand_for protest_against
dispute_over expand_on predict_of bluster_about gloat_about rave_about snipe_at swipe_at react_to note_of
""".split(),
    "judging": """
agree_with disagree_with approve_of disapprove_of side_with sympathize_with stand_by stand_with stand_behind
vouch_for apologize_to lash_at lash_out_at hit_back_at hit_at fire_back_at push_back_on push_back_against scoff_at sneer_at
laugh_at mock_at balk_at bristle_at dismiss_as campaign_for campaign_against fight_for fight_against
vote_for vote_against root_for come_for come_out_against come_out_for defend_against clash_over clash_with
argue_with differ_on differ_with feud_with quarrel_with quibble_with spar_over spar_with take_on tear_into rip_into
lay_into lean_on seize_on pounce_on go_after focus_on concentrate_on center_on home_in_on zero_in_on turn_on
back_away_from back_off_from distance_from hold_against turn_against break_with bow_to crusade_against
stand_for stand_up_for stick_up_for cheer_for pine_for plump_for blame_for credit_with attack_for
hammer_away_at chip_away_at jab_at pile_on call_on identify_with
pay_tribute_to gloss_over skate_over walk_back_from
""".split(),
    "thinking": """
think_about think_of believe_in care_about worry_about worry_over hear_about hear_of know_about know_of
dream_of dream_about hope_for wish_for long_for count_on bank_on rely_on look_forward_to look_for look_at
wonder_about reflect_on ponder_on reckon_with fret_about fret_over agonize_over despair_of rejoice_in learn_of learn_about
marvel_at grapple_with struggle_with wrestle_with obsess_over obsess_about decide_on settle_on insist_upon
yearn_for view_as fear_for feel_about guess_at suspect_of trust_in delight_in revel_in contend_with
""".split(),
    "wishing": """
aim_for aim_at plan_for plan_on opt_for strive_for vow_to commit_to wait_for prepare_for pray_for angle_for
aspire_to search_for
""".split(),
}

_PASSIVE_CLAUSE = """
say report believe think allege claim estimate expect suggest announce note argue assume fear hope rumor know
understand reveal disclose acknowledge agree state mention predict project suspect tell convince
""".split()
_PASSIVE_TO = """
say report believe think allege expect estimate assume rumor know understand suppose project predict consider
presume see deem schedule slate set perceive anticipate intend determine force require allow urge ask advise
tell encourage reckon forecast order instruct invite
""".split()
_PASSIVE = """
accuse attack blame blast brand call characterize cite condemn consider credit criticize criticise deem denounce
depict deride describe dismiss dub endorse expect hail label laud list mention mock name perceive portray praise
quote rate regard reject report ridicule rumor see slam suspect term tout view treat know think announce deny
denigrate predict propose question recommend reveal ridicule scorn support oppose applaud disclose attribute
""".split()

_ADJECTIVE_THAT = {
    "saying": """
adamant insistent clear explicit blunt candid frank vocal outspoken emphatic critical dismissive complimentary open
""".split(),
    "thinking": """
afraid alarmed amazed angry anxious ashamed astonished aware bullish careful certain cognizant
comfortable concerned confident conscious content convinced curious delighted determined disappointed disgusted
dismayed doubtful dubious eager encouraged enthusiastic excited familiar fearful fed_up fond frustrated
furious glad grateful guilty happy heartened hesitant honored hopeful horrified hostile impatient impressed
indifferent inclined incredulous insistent interested intrigued jealous keen leery loath mad mindful
mum nervous oblivious offended opposed optimistic outraged passionate pessimistic pleased positive prepared
proud puzzled ready reluctant relieved resentful resigned resistant responsible sad satisfied
scared sceptical sensitive serious shocked sick skeptical sorry sure surprised suspicious sympathetic
tentative terrified thankful thrilled tired troubled unaware uncertain unclear uncomfortable unconvinced undecided
uneasy unhappy unimpressed unsure unwilling upset wary weary willing worried bitter receptive committed
""".split(),
}
_ADJECTIVE_PREPOSITIONS = "about of with to on for at by over in toward towards against".split()

_NOUN = {
    "saying": """
accusation acknowledgment admission allegation announcement answer apology argument assertion assurance call
caution caveat charge claim comment complaint concession confession confirmation contention
declaration demand denial description disclosure estimate excuse explanation forecast hint implication insinuation
insistence joke lie mention message narrative notion objection observation oath pledge plea prediction proclamation
projection promise pronouncement proposal protest proposition question quip quote reassurance rebuttal reference
refusal remark reminder reply report request response retort revelation rumor slogan statement suggestion testimony threat
tweet vow warning assessment
""".split(),
    "thinking": """
anger anxiety assumption attitude awareness belief concern confidence conviction conclusion certainty delight
disappointment disbelief discontent dismay distaste distrust doubt dread enthusiasm expectation fear feeling frustration
fury hatred hope idea impression interest interpretation judgment knowledge memory opinion optimism outrage perception
pessimism position presumption pride reaction realization recognition regret reluctance resentment respect sense
sentiment skepticism speculation stance suspicion sympathy theory thought thinking trust uncertainty understanding
unease view wariness worry thesis hunch
""".split(),
    "wishing": """
aim ambition appeal aspiration commitment decision desire determination effort eagerness goal
hesitation insistence intent intention need offer order plan preference push quest recommendation resolve
urge vision willingness wish
""".split(),
    "judging": """
admiration affection agreement approval attack backing championing characterization comparison compliment
condemnation contempt criticism critique defense denunciation dig dismissal disapproval disdain disgust
embrace endorsement evaluation hostility insult love mockery opposition portrayal praise preference promotion
rebuke rejection ridicule scorn smear support supporter tribute analysis discussion debate analysis advocate opponent
proponent critic talk
""".split(),
}
_NOUN_TAKES_TO = """
plan promise pledge vow threat proposal refusal desire decision intention intent willingness commitment offer request
call plea determination wish demand eagerness reluctance hope aspiration ambition resolve appeal order invitation
""".split()

_LIGHT_VERBS = """
make have take give issue express voice raise offer sound pour heap cast draw hold put send deliver level launch
show share renew repeat reiterate release state present lodge file reach hurl throw lob fire harbor find see win feel
announce air get keep lose pay form hit cite deny reject dispute echo spread use open push support
""".split()
_LIGHT_NOUNS = """
alarm scorn case sense light fun aim issue exception note credit blame heart claim way stock offense umbrage
solace comfort pain effort word cue shot dig jab swipe tribute attention stand side fault mind part look
stab crack ball bell spotlight emphasis focus chance step homage remark peace
""".split()
_LIGHT_SAYING = "alarm case claim point word statement accusation argument comment announcement warning".split()

_ADVERBS = "allegedly apparently purportedly reportedly supposedly ostensibly presumably".split()
_INSERTED_EXTRA = "think believe guess suspect know put go".split()

DENIALS = frozenset("deny refute rebut disavow disclaim".split())
"""Verbs whose content is denied."""

REJECTIONS = frozenset("reject dismiss dispute brush_off brush_aside shrug_off contest counter".split())
"""Verbs that deny where their object is a claim: rejected *accusations*."""

CLAIMS = frozenset(
    "accusation allegation assertion charge claim contention insinuation notion report rumor rumour suggestion talk".split()
)

QUOTE_CUES = frozenset(_CLAUSE_SAYING) | frozenset(
    """
begin continue go_on go laugh think start close end finish open ask offer sigh sing bark roar
bellow beg blurt boom chuckle coo croak cut_in deadpan drawl enthuse giggle groan grin growl grunt gush hiss
howl intone laugh muse nod plead pray pronounce rattle read recite seethe shrug smile sniff snort sob sputter squeal thunder
wail weep wax call label dub term brand describe characterize denounce blast praise slam criticize
title entitle name chorus text email type sign post caption lash_out conclude put express use phrase
""".split()
)
"""Verbs that may introduce or follow a quotation."""


def _table() -> dict[tuple[str, str], Verdict]:
    table: dict[tuple[str, str], Verdict] = {}

    def enter(construction: str, kind: Class, confidence: float, keys: list[str]) -> None:
        for key in keys:
            table.setdefault((construction, key.replace("_", " ")), Verdict(kind, confidence))

    enter("clause", "saying", 0.9, _CLAUSE_SAYING)
    enter("clause", "thinking", 0.7, _CLAUSE_THINKING)
    enter("inserted", "saying", 0.85, _CLAUSE_SAYING + _INSERTED_EXTRA)
    enter("as", "saying", 0.8, _CLAUSE_SAYING + _INSERTED_EXTRA)
    enter("to", "saying", 0.75, _TO_SAYING)
    enter("to", "wishing", 0.6, [verb for verb in _TO_WISHING if verb not in _TO_DROPPED])
    enter("ing", "judging", 0.6, _ING)
    enter("object", "saying", 0.65, _OBJECT_SAYING)
    enter("object", "judging", 0.6, _OBJECT_JUDGING)
    enter("object", "thinking", 0.5, _OBJECT_THINKING)
    enter("object", "wishing", 0.5, _OBJECT_WISHING)
    enter(
        "recipient to",
        "wishing",
        0.6,
        "urge ask tell order instruct advise encourage beg implore invite call press".split(),
    )
    for kind, keys in _PREP.items():
        enter("prep", kind, 0.6, keys)  # type: ignore[arg-type]
    enter("passive clause", "saying", 0.7, _PASSIVE_CLAUSE)
    enter("passive to", "thinking", 0.6, _PASSIVE_TO)
    enter("passive by", "judging", 0.6, _OBJECT_JUDGING + _OBJECT_SAYING + _OBJECT_THINKING)
    enter("passive", "judging", 0.5, _PASSIVE)
    for kind, keys in _ADJECTIVE_THAT.items():
        enter("adjective", kind, 0.6, keys + [f"{key} {p}" for key in keys for p in _ADJECTIVE_PREPOSITIONS])  # type: ignore[arg-type]
    for kind, keys in _NOUN.items():
        prepositions = "of about on for against to that over with toward towards from".split()
        enter("noun", kind, 0.5, keys + [f"{key} {p}" for key in keys for p in prepositions])  # type: ignore[arg-type]
        enter("noun is", kind, 0.6, keys)  # type: ignore[arg-type]
    for verb in _LIGHT_VERBS:
        enter("light", "saying", 0.65, [f"{verb} {noun}" for noun in _LIGHT_SAYING + _NOUN["saying"]])
        enter("light", "judging", 0.55, [f"{verb} {noun}" for noun in _LIGHT_NOUNS])
        for kind, keys in _NOUN.items():
            enter("light", kind, 0.55, [f"{verb} {noun}" for noun in keys])  # type: ignore[arg-type]
    enter("adverb", "saying", 0.5, _ADVERBS)
    enter("according", "saying", 0.9, ["according to"])
    return table


_TABLE = _table()


def verdict(candidate: Candidate) -> Verdict | None:
    """What the lists say of a candidate, or None where it attributes nothing."""
    return _TABLE.get((candidate.construction, candidate.key))
