"""Our own word lists: which cue makes an attribution in which construction, how sure, and of what class.

The key is the cue together with its construction, not the cue alone: "say that" attributes, "say something" often does
not; "call for" and "call" are different words. Four classes:

saying    somebody uttered it: said, announced, according to; a stated position
thinking  the reporter tells what somebody thinks, knows or feels
wishing   the reporter tells what somebody intends, wants, asks or refuses
judging   the reporter characterises what somebody said or stands for: opposed, praised, called it X

Only `saying` is a saying; the other three are the reporter's words (stance). Words of several parts are joined by "_".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from rag.statements.candidates import Candidate

Class = Literal["saying", "thinking", "wishing", "judging"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the lexicon says of a candidate."""

    kind: Class
    confidence: float
    said: bool = True
    """False where the words were not said: refused to name, asked whether."""

    @property
    def stance(self) -> bool:
        """True where the words are the reporter's characterisation."""
        return self.kind != "saying"


_CLAUSE_SAYING = """
acknowledge add admit advise affirm agree allege announce answer apologize argue articulate assert assure attest aver
avow blog boast bluster caution challenge charge chime_in chant cite claim clarify comment complain concede conclude
confess confide confirm contend counter crow cry declare decree demand deny describe detail dictate disclose dispute
elaborate emphasize estimate exclaim explain express fire_back forecast fume gripe grumble guarantee hint hypothesize
imply inform indicate inquire insinuate insist instruct interject intimate joke jest lament lay_out lecture let_on lie
maintain mention moan mumble murmur muse mutter note object observe opine outline pledge plead point_out posit
postulate pray preach predict press proclaim profess project promise propose protest query question quip quote rail
rant read reaffirm reason reassure rebut recall recite recommend recount refute reiterate rejoin relate relay remark
remind repeat reply report respond restate retort reveal riff rule say scoff scream shout signal snap speculate
spell_out stammer state stipulate stress submit suggest summarize surmise swear sum_up tease tell testify theorize
threaten tout trumpet tweet underline underscore urge volunteer vow warn whine whisper wonder write yell ask
make_clear make_plain make_known post add_on retweet grouse acquiesce quibble fib gush bristle counsel prophesy
shoot_back
"""
_CLAUSE_SHOWING = """
show illustrate demonstrate prove highlight attribute reckon resolve find determine discover conclude decide note
specify prescribe provide require mandate verify document record
"""
_CLAUSE_THINKING = """
convince persuade satisfy accept anticipate appreciate assume believe bet calculate care consider count deem doubt
dream envision expect fear feel figure figure_out foresee forget gather guess hear hold hope imagine infer intend
interpret judge know learn like love mind notice perceive picture prefer presume pretend realize recognize reflect
regret rejoice remember resent see sense suppose suspect think trust understand wish worry conceive contemplate
envisage fret hate marvel ponder visualize want bemoan
"""
_TO_SAYING = """
claim promise pledge vow threaten swear offer refuse profess decline demand propose agree request
"""
_TO_SEEMING = "seem appear"
_TO_WISHING = """
aim ask aspire call call_on choose consent decide desire determine elect expect hope intend like long love mean opt
plan plot prefer pretend push resolve seek want wish yearn hate pray plead beg campaign crave dread
volunteer fear commit
"""
_ING = """
admit advocate anticipate begrudge confess consider contemplate defend deny describe discuss dislike dispute dread
encourage endorse enjoy envision favor fear forbid forswear hate imagine justify like love mention mind oppose
ponder prefer propose recall recommend regret reject remember report resent resist rule_out suggest support urge weigh
welcome tout
"""
_OBJECT_SAYING = """
acknowledge affirm allege announce apologize articulate assert cite claim clarify communicate concede confess confirm
contest convey deny detail disclose discuss dispute divulge elaborate emphasize enumerate enunciate explain float
highlight insinuate invoke joke lament lay_out mention mutter note outline pledge plug point_out preach predict
proclaim promise promote propose propound quote reaffirm recall recite recommend recount refute reiterate relate relay
remark repeat report restate reveal say shout spell_out state stress suggest summarize sum_up swear threaten tout
trumpet tweet underline underscore utter voice vow write retweet put_forth put_forward rebut reference rehash retract
take_back walk_back bring_up reassert express illustrate understate overstate warn paraphrase recant misstate
tweet_out talk_up spout spew parrot reissue
"""
_OBJECT_SAYING_LOOSE = """
admit argue ask assure challenge chant comment counter declare demand forecast indicate issue offer phrase pitch
post publish question release share volunteer show publicize signal broadcast telegraph echo
specify document submit present introduce
"""
_OBJECT_JUDGING = """
abhor acclaim admonish advocate bemoan berate belittle boast brand broach brush_aside brush_off call call_out champion
characterize chastise compare compliment corroborate credit demean demonize depict describe despise discredit dismiss
disown downplay dub equate espouse eviscerate exalt flatter flout glorify grill hail hammer humiliate impugn insult
justify knock label liken lionize loathe malign minimize misrepresent pan peg pillory play_down play_up portray rap
rebuff refute reprimand revere rip satirize savage scold scorn second shame shoot_down shrug_off single_out skewer
smear sneer spurn stigmatize taunt tear_into tease term thank trivialize underplay upbraid urge welcome parody lampoon
poke favor disapprove extol caricature bludgeon boo heckle jeer rib needle exonerate absolve vindicate mischaracterize
misquote misconstrue scapegoat laugh_off talk_down revile herald diss excuse
"""
_OBJECT_JUDGING_PLAIN = """
accuse applaud approve assail attack bash blame blast castigate chide commend condemn condone congratulate criticize
criticise critique decry defend denigrate denounce deplore deride disavow disparage endorse excoriate extol fault
lambast lambaste laud mock oppose praise question rebuke reject repudiate ridicule slam trash vilify
"""
_OBJECT_JUDGING_LOOSE = """
address admire advise assess back censure cheer curse damn debate debunk decline
defy diminish discourage disregard distrust embellish entertain evaluate examine exaggerate forbid frame
honor identify interpret liken list lobby name nominate okay plead profile prohibit promote pummel recognize refuse
regard resist respect rule_out sanction slight support tackle tag title toast torch torpedo uphold veto
warn_off weigh write_off protest attribute back_off ignore tolerate strike_down dodge evade sidestep hail_as nix
greenlight bless
"""
_OBJECT_THINKING = """
anticipate appreciate contemplate crave deem desire dislike distrust doubt dread envision expect fear foresee hate
imagine judge like loathe love mourn mull perceive picture ponder prefer presume recall recognize reconsider regret
remember resent respect second-guess sense suspect trust value view weigh wish admire adore envy mistrust relish
rethink savor treasure cherish favor
"""
_OBJECT_THINKING_LOOSE = """
consider contradict feel forget know mind miss see think want worry revisit scrutinize care ignore
"""
_OBJECT_WISHING = """
advocate ask beg beseech counsel demand encourage entreat exhort implore petition propose recommend request solicit
urge eye
"""
_OBJECT_PREP = """
cast_as paint_as see_as view_as treat_as portray_as hail_as tout_as frame_as dismiss_as describe_as regard_as know_as
single_out_as count_as rate_as link_to compare_to liken_to equate_with tie_to attribute_to credit_with credit_for
lie_out_as lay_out_as present_as defend_as identify_as cite_as give_as accept_as
"""
_RECIPIENT_INSIDE = """
urge ask order instruct advise encourage beg implore invite press exhort beseech caution counsel call persuade
pressure
"""
_RECIPIENT_OUTSIDE = "tell warn remind"
_PREP_SAYING = """
speak_about speak_of speak_out_about speak_out_against speak_out_on talk_about talk_of comment_on remark_on
elaborate_on expound_on joke_about boast_of boast_about brag_about complain_about complain_of groan_about lie_about
moralize_about testify_about testify_to warn_of warn_against warn_about caution_against argue_for argue_against
argue_about apologize_for preach_about hint_at allude_to refer_to point_as respond_to reply_to object_to ask_about
ask_for call_for inquire_about lecture_on rant_about rail_against vent_about opine_on weigh_in_on write_about write_of
tweet_about report_on plead_for confess_to admit_to attest_to quip_about muse_about speculate_about cry_out_for
cry_out_against speculate_on pontificate_on insist_on agree_to agree_on gripe_about crow_about gush_about harp_on
touch_on dwell_on advise_against lobby_for lobby_against advocate_for push_for press_for appeal_for protest_against
say_about say_of dispute_over expand_on bluster_about gloat_about rave_about snipe_at fess_up_to own_up_to
counter_with agree_about yell_about shout_about press_on press_about call_upon sound_off_on sound_off_about
opine_about opine_against chime_in_on grouse_about rhapsodize_about reminisce_about petition_for sing_of
"""
_PREP_JUDGING = """
double_down_on seize_on pounce_on zero_in_on home_in_on hold_forth_on wax_lyrical_about
agree_with disagree_with disagree_on approve_of disapprove_of side_with sympathize_with empathize_with stand_by
stand_with stand_behind vouch_for apologize_to lash_at lash_out_at hit_back_at fire_back_at push_back_on
push_back_against scoff_at sneer_at laugh_at balk_at bristle_at campaign_for campaign_against fight_for fight_against
vote_for vote_against root_for come_out_against come_out_for clash_over argue_with differ_on differ_with feud_with
quarrel_with quibble_with spar_over spar_with tear_into rip_into lay_into focus_on concentrate_on center_on home_in_on
zero_in_on back_away_from back_off_from distance_from hold_against crusade_against stand_for stand_up_for stick_up_for
cheer_for pine_for blame_for credit_with attack_for chip_away_at jab_at poke_at pile_on identify_with pay_tribute_to
gloss_over skate_over walk_back_from rally_behind rally_around unite_behind rule_against rule_for debate_over
debate_about renege_on warm_to cry_foul_over align_with line_up_behind swipe_at boo_at jeer_at squabble_over
squabble_with tangle_with side_against
"""
_PREP_THINKING = """
think_about think_of believe_in care_about worry_about worry_over hear_about hear_of know_about know_of dream_of
dream_about hope_for wish_for long_for count_on bank_on look_forward_to wonder_about reflect_on ponder_on reckon_with
fret_about fret_over agonize_over despair_of rejoice_in learn_of learn_about marvel_at grapple_with wrestle_with
obsess_over obsess_about decide_on settle_on insist_upon yearn_for view_as fear_for feel_about guess_at suspect_of
trust_in delight_in revel_in lean_toward lean_towards
"""
_PREP_WISHING = """
aim_for aim_at plan_for plan_on opt_for strive_for vow_to pray_for angle_for aspire_to look_for
"""
_PASSIVE_CLAUSE = """
say report believe think allege claim estimate expect suggest announce note argue assume fear hope rumor know
understand reveal disclose acknowledge agree state mention predict project suspect tell convince ask
"""
_PASSIVE_TO = """
say report believe think allege expect estimate assume rumor know understand project predict consider presume see deem
perceive anticipate reckon forecast ask
"""
_PASSIVE = """
accuse attack blame blast brand call characterize cite condemn consider credit criticize criticise deem denounce
depict deride describe dismiss dub endorse expect hail label laud list mention mock name perceive portray praise quote
rate regard reject report ridicule rumor see slam suspect term tout view know think announce deny denigrate predict
propose question recommend reveal scorn oppose applaud disclose attribute title ask debate confirm revere approve
interpret lambaste lambast castigate chastise vilify decry revile lampoon rebuke disparage congratulate commend pan
pillory excoriate highlight
"""
_ADJECTIVE_SAYING = """
adamant insistent clear explicit blunt candid frank vocal outspoken emphatic critical dismissive complimentary open
silent mum quiet vague noncommittal unapologetic
"""
_ADJECTIVE_THINKING = """
afraid alarmed amazed angry anxious ashamed astonished aware bullish careful certain cognizant comfortable concerned
confident conscious content convinced curious delighted determined disappointed disgusted dismayed doubtful dubious
eager encouraged enthusiastic excited familiar fearful fed_up fond frustrated furious glad grateful guilty happy
heartened hesitant honored hopeful horrified hostile impatient impressed indifferent inclined incredulous interested
intrigued jealous keen leery loath mad mindful nervous oblivious offended opposed optimistic outraged passionate
pessimistic pleased positive prepared proud puzzled ready reluctant relieved resentful resigned resistant sad
satisfied scared sceptical sensitive serious shocked sick skeptical sorry sure surprised suspicious sympathetic
tentative terrified thankful thrilled tired troubled unaware uncertain uncomfortable unconvinced undecided uneasy
unhappy unimpressed unsure unwilling upset wary weary willing worried bitter receptive committed devoted enamored
lukewarm shy hungry divided unified ambivalent apprehensive agnostic irate livid cagey coy contemptuous disdainful
distrustful envious exasperated giddy gleeful gloomy heartbroken incensed irked miffed nostalgic perplexed petrified
regretful remorseful respectful supportive unafraid unconcerned unfazed unmoved unperturbed unrepentant untroubled
"""
_NOUN_SAYING = """
emphasis acknowledgement exhortation accusation acknowledgment admission allegation announcement apology argument
assertion assurance call caution caveat charge claim comment complaint concession confession confirmation contention
declaration demand denial description disclosure estimate excuse explanation forecast hint implication insinuation
insistence joke lie mention message narrative notion objection observation oath pledge plea prediction proclamation
projection promise pronouncement proposal protest proposition question quip quote reassurance rebuttal reference
refusal remark reminder reply report request response retort revelation rumor slogan statement suggestion testimony
threat tweet vow warning chant boast barb rant rhetoric diatribe tirade testimonial lament gripe grievance innuendo
allusion quibble recollection
"""
_NOUN_THINKING = """
anger anxiety assumption attitude awareness belief concern confidence conviction conclusion certainty delight
disappointment disbelief discontent dismay distaste distrust doubt dread enthusiasm expectation fear feeling
frustration fury hatred hope idea impression interpretation judgment knowledge memory opinion optimism outrage
perception pessimism position reaction realization recognition regret reluctance resentment respect sense sentiment
skepticism speculation stance suspicion sympathy theory thought thinking uncertainty understanding unease view
wariness worry thesis hunch despair disagreement interest_in confidence_in belief_in faith_in trust_in assessment
indignation misgiving qualm reservation annoyance exasperation admiration
"""
_NOUN_WISHING = """
aim ambition appeal aspiration commitment desire determination eagerness hesitation insistence intent intention offer
plan preference push quest recommendation resolve urge vision willingness unwillingness wish decision
"""
_NOUN_JUDGING = """
adulation acclaim questioning admonishment vilification glorification admiration affection agreement approval attack
characterization comparison compliment condemnation contempt criticism critique defense denunciation dig dismissal
disapproval disdain disgust embrace endorsement evaluation hostility insult love mockery opposition portrayal praise
rebuke rejection ridicule scorn smear support tribute discussion debate talk broadside onslaught swipe assault
accolade kudos dispute feud favor
"""
_LIGHT_VERBS = """
make have take give issue express voice raise offer sound pour heap cast draw hold put send deliver level launch show
share release lodge file reach hurl throw lob fire harbor find see win air get lose form open shed declare trade
unleash renew continue mount wage lend toss sling paint nurse
"""
_LIGHT_SAYING = "alarm case claim point word statement accusation argument comment announcement warning"
_LIGHT_JUDGING = """
scorn sense light fun aim issue exception note credit blame heart stock offense umbrage solace comfort pain cue shot
dig jab swipe whack tribute stand side fault stab homage remark doubt cold_water war emphasis spotlight heat barb
swing finger weight
"""
_ADVERBS = "presumably allegedly purportedly reportedly supposedly ostensibly"
_INSERTED = "think believe guess suspect know put go"
_QUOTING = """
begin continue go_on go laugh think start close end finish open offer sigh sing bark roar bellow beg blurt boom
chuckle coo croak cut_in deadpan drawl enthuse giggle groan grin growl grunt gush hiss howl intone nod pronounce
rattle seethe shrug smile sniff snort sob sputter squeal thunder wail weep wax call label dub term brand characterize
denounce blast praise slam criticize title entitle name chorus text email type sign caption lash_out put use phrase
"""
_ADJECTIVE_PREPOSITIONS = ("", "about", "of", "with", "to", "on", "for", "at", "by", "over", "in", "toward", "against")
_NOUN_PREPOSITIONS = (
    "", "of", "about", "on", "for", "against", "to", "that", "over", "with", "toward", "towards", "from",
)  # fmt: skip

_Entries = tuple[tuple[str, Class, float, str], ...]
_VERBS: _Entries = (
    ("clause", "saying", 0.9, _CLAUSE_SAYING),
    ("clause", "thinking", 0.7, _CLAUSE_THINKING),
    ("clause", "thinking", 0.55, _CLAUSE_SHOWING),
    ("inserted", "saying", 0.85, _CLAUSE_SAYING + _INSERTED),
    ("as", "saying", 0.7, _CLAUSE_SAYING + _INSERTED),
    ("to", "saying", 0.75, _TO_SAYING),
    ("to", "wishing", 0.58, _TO_WISHING),
    ("seems", "thinking", 0.45, _TO_SEEMING),
    ("ing", "saying", 0.68, "deny admit confess report recall mention propose recommend suggest"),
    ("ing", "judging", 0.6, _ING),
    ("object", "saying", 0.75, "deny rebut refute confirm announce"),
    ("object", "saying", 0.62, _OBJECT_SAYING),
    ("object", "saying", 0.48, _OBJECT_SAYING_LOOSE),
    ("object", "judging", 0.7, _OBJECT_JUDGING_PLAIN),
    ("object", "judging", 0.62, _OBJECT_JUDGING),
    ("object", "judging", 0.48, _OBJECT_JUDGING_LOOSE),
    ("object", "thinking", 0.58, "accept understand discuss question"),
    ("object", "thinking", 0.5, _OBJECT_THINKING),
    ("object", "thinking", 0.42, _OBJECT_THINKING_LOOSE),
    ("object", "wishing", 0.5, _OBJECT_WISHING),
    ("object prep", "judging", 0.58, _OBJECT_PREP),
    ("object to", "wishing", 0.6, _RECIPIENT_INSIDE),
    ("recipient to", "wishing", 0.6, _RECIPIENT_OUTSIDE),
    ("prep", "saying", 0.58, _PREP_SAYING),
    ("prep", "judging", 0.54, _PREP_JUDGING),
    ("prep", "thinking", 0.54, _PREP_THINKING),
    ("prep", "wishing", 0.5, _PREP_WISHING),
    ("passive clause", "saying", 0.7, _PASSIVE_CLAUSE),
    ("passive to", "thinking", 0.5, _PASSIVE_TO),
    ("passive by", "judging", 0.58, _OBJECT_JUDGING_PLAIN + _OBJECT_JUDGING + _OBJECT_SAYING),
    ("passive by", "judging", 0.58, "support back echo share endorse welcome dispute"),
    ("passive by", "judging", 0.46, _OBJECT_JUDGING_LOOSE + _OBJECT_THINKING),
    ("passive", "judging", 0.5, _PASSIVE),
    ("adverb", "saying", 0.4, _ADVERBS),
    ("according", "saying", 0.9, "according_to"),
    ("in words", "saying", 0.9, "in_words"),
    ("block", "saying", 0.85, _CLAUSE_SAYING + "continue go_on begin"),
    ("relayed", "saying", 0.9, "quote cite report"),
    ("transcript", "saying", 0.8, ":"),
)
_ADJECTIVES: _Entries = (
    ("adjective", "saying", 0.56, _ADJECTIVE_SAYING),
    ("adjective", "thinking", 0.56, _ADJECTIVE_THINKING),
)
_NOUNS: _Entries = (
    ("noun", "saying", 0.48, _NOUN_SAYING),
    ("noun", "thinking", 0.46, _NOUN_THINKING),
    ("noun", "wishing", 0.42, _NOUN_WISHING),
    ("noun", "judging", 0.48, _NOUN_JUDGING),
    ("noun is", "saying", 0.5, _NOUN_SAYING),
    ("noun is", "thinking", 0.5, _NOUN_THINKING),
)
_LIGHT: _Entries = (
    ("light", "saying", 0.56, _LIGHT_SAYING + _NOUN_SAYING),
    ("light", "judging", 0.5, _LIGHT_JUDGING + _NOUN_JUDGING),
    ("light", "thinking", 0.52, _NOUN_THINKING),
    ("light", "wishing", 0.46, _NOUN_WISHING),
)

DENIALS = frozenset("deny refute rebut disavow disclaim".split())
"""Verbs whose content is denied."""

REJECTIONS = frozenset("reject dismiss dispute contest counter".split())
"""Verbs that deny where their object is a claim: rejected *accusations*."""

CLAIMS = frozenset(
    "accusation allegation assertion charge claim contention insinuation notion report rumor suggestion talk".split()
)
"""Nouns for what can be denied."""


_BRITISH = (
    ("iz", "is"), ("yze", "yse"), ("avor", "avour"), ("umor", "umour"), ("onor", "onour"), ("defense", "defence"),
    ("skeptic", "sceptic"), ("judgment", "judgement"),
)  # fmt: skip


def _words(block: str) -> list[str]:
    """The words of a list, with those that are spelled otherwise in Britain in that form, too."""
    given = [word.replace("_", " ") for word in block.split()]
    other = [word.replace(here, there) for here, there in _BRITISH for word in given if here in word]
    return [*given, *other]


QUOTE_CUES = frozenset(_words(_CLAUSE_SAYING + _QUOTING))
"""Verbs that may introduce or follow a quotation."""

FAINT_QUOTE_CUES = frozenset(_words(_QUOTING)) - frozenset(_words(_CLAUSE_SAYING))
"""Those of them that mostly mean something else: *goes*, *began*, *use*."""


def _table() -> dict[tuple[str, str], Verdict]:
    table: dict[tuple[str, str], Verdict] = {}

    def enter(entries: _Entries, prefixes: tuple[str, ...] = ("",), suffixes: tuple[str, ...] = ("",)) -> None:
        for construction, kind, confidence, block in entries:
            for word in _words(block):
                for prefix in prefixes:
                    for suffix in suffixes:
                        key = (construction, f"{prefix} {word} {suffix}".strip())
                        table.setdefault(key, Verdict(kind, confidence))

    enter(_VERBS)
    enter(_ADJECTIVES, suffixes=_ADJECTIVE_PREPOSITIONS)
    enter(_NOUNS, suffixes=_NOUN_PREPOSITIONS)
    enter(_LIGHT, prefixes=tuple(_words(_LIGHT_VERBS)))
    return table


_TABLE = _table()


def verdict(candidate: Candidate) -> Verdict | None:
    """What the lists say of a candidate, or None where it attributes nothing."""
    return _TABLE.get((candidate.construction, candidate.key))
