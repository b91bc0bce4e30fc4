"""Nouns that the rules ask about, as data."""

from __future__ import annotations

PERSON_NOUNS = frozenset(
    """
accountant activist actor actress admiral adviser advisor advocate agent agronomist aide alderman ally ambassador
ambassador-designate analyst anchor announcer anthropologist apprentice archaeologist archbishop architect archivist
artist assemblyman assemblywoman
astronaut astronomer athlete attorney auctioneer auditor aunt author ayatollah bailiff baker banker barber
barista barmaid barman barrister billionaire biologist bishop blogger bookkeeper bookseller boss botanist boxer boy
boyfriend breeder brewer brigadier broadcaster broker brother brother-in-law builder businessman businesswoman butcher
butler buyer cameraman camerawoman candidate captain cardinal carer caretaker carpenter cashier chair chairman
chairperson chairwoman champion chancellor chef chemist chief choreographer cleaner clerk climatologist coach
collector colonel columnist comedian commander commentator commissar commissioner commodore composer comptroller
concierge conductor congressman congresswoman constable consultant contender contractor controller cook coordinator
coroner correspondent councillor councilman councilwoman counsel counsellor counterpart cousin craftsman criminologist critic
curator custodian cyclist daughter daughter-in-law dealer dean defendant defender delegate demographer dentist deputy
designer detective developer diplomat director docker doctor dramatist driver drummer ecologist economist editor
editor-in-chief electrician emir emperor engineer entrepreneur envoy epidemiologist ex-husband ex-wife executioner
executive expert explorer farmer father father-in-law fiance fiancee film-maker filmmaker financier firefighter
fireman fisherman foe footballer forecaster foreman forester forward founder frontrunner gardener general geographer
geologist geophysicist girl girlfriend glaciologist goalkeeper golfer governor granddaughter grandfather grandmother
grandson greengrocer grocer grower guard guitarist gunman hairdresser half-brother half-sister harbourmaster head
headmaster headmistress headteacher historian homeowner host hostess hotelier housewife hunter husband hydrologist
illustrator immunologist innkeeper inspector instructor interpreter inventor investigator investor jeweller jockey
joiner journalist judge juror justice keeper king labourer lady landlady landlord landowner lawmaker lawyer leader
lecturer legislator lexicographer librarian lieutenant lifeguard linguist lobbyist locksmith magistrate magnate maid
major man manager marshal mason mathematician mayor mechanic medic meteorologist midfielder midwife miner minister
minister-president missionary moderator mogul monarch monk mother mother-in-law musician negotiator neighbor neighbour
nephew neurologist neurosurgeon newsreader niece nominee novelist nun nurse nutritionist oceanographer officer
official ombudsman ombudswoman oncologist operative opponent optician orderly organizer ornithologist owner painter
paramedic parson partner passenger pastor pathologist patient peer pensioner pharmacist philosopher photographer
physician physicist physiotherapist pianist pilot plaintiff planner playwright plumber poet policeman policewoman
politician pollster pope postman postmaster postmistress potter prelate premier presenter president priest prince
princess principal producer professor programmer promoter prosecutor provost psychiatrist psychologist publican
publisher pundit queen rabbi racer radiologist rancher ranger rapporteur receptionist rector referee registrar
reporter representative researcher resident restaurateur retailer rival roofer sailor salesman saleswoman scholar
scientist sculptor secretary seismologist senator sergeant shepherd sheriff shipbuilder shopkeeper singer sister
sister-in-law skater skier skipper sociologist soldier solicitor son son-in-law speaker specialist spokesman
spokesperson spokeswoman staffer statesman statistician stepdaughter stepfather stepmother stepson steward strategist
striker strongman student sub-postmaster sultan superintendent supervisor supporter surgeon surrogate surveyor
survivor suspect swimmer taoiseach taxidermist teacher teammate technician technologist tenant theologian therapist
toxicologist trader trainer translator trawlerman treasurer trucker trustee tutor tycoon umpire uncle undertaker
underwriter usher vet veteran veterinarian vicar victim violinist virologist volcanologist volunteer voter waiter
waitress warden watchmaker weaver whip wholesaler widow wife winemaker winner witness woman woodcutter worker writer
zookeeper zoologist
""".split()
)
"""Nouns that name one person; with "the" they can stand for a name."""

KIN = frozenset(
    """
aunt brother cousin daughter ex-husband ex-wife father fiance fiancee grandfather grandmother granddaughter grandson
husband mother nephew niece partner sister son uncle widow widower wife brother-in-law sister-in-law
""".split()
)
"""Those that say whose relation somebody is."""

MEMBERS = frozenset(
    """
actor athlete backer candidate champion citizen comedian congressman congresswoman consultant contender critic delegate
donor driver fan frontrunner hopeful lawmaker legislator member midfielder nominee operative opponent player pollster
resident rival scholar senator star strategist striker student supporter surrogate survivor veteran victim voter winner
""".split()
)
"""Those who belong to a body, or stand against it, and speak for themselves."""

WOMEN = frozenset(
    """
actress assemblywoman aunt barmaid businesswoman camerawoman chairwoman congresswoman councilwoman daughter
daughter-in-law ex-wife fiancee girl girlfriend granddaughter grandmother half-sister headmistress hostess housewife
lady landlady maid midwife mother mother-in-law niece nun ombudswoman policewoman postmistress princess queen
saleswoman sister sister-in-law spokeswoman stepdaughter stepmother waitress widow wife woman
""".split()
)
"""Those that only a woman bears."""

MEN = frozenset(
    """
actor alderman assemblyman barman boy boyfriend brother brother-in-law businessman cameraman chairman congressman
councilman craftsman emperor ex-husband father father-in-law fiance fireman fisherman foreman grandfather grandson
gunman half-brother headmaster husband king landlord man monk nephew policeman pope postman prince salesman son
son-in-law spokesman statesman stepfather stepson sultan uncle waiter
""".split()
)
"""Those that only a man bears."""

OCCASIONS = frozenset(
    """
address appearance briefing broadcast bulletin call ceremony chat circular clip column comment communique conference
convention conversation debate dinner e-mail email essay event filing forum fundraiser gathering hearing interview
lecture letter luncheon magazine meeting memo message newspaper note notice op-ed panel podcast post press program
programme rally reception release remark report seminar sermon session show speech statement summit testimony town
tweet video visit
""".split()
)
"""Nouns for where something is said or written: in *a statement*, at *a briefing*."""

SPOKESPEOPLE = frozenset("spokesman spokeswoman spokesperson".split())
GENERIC_BODIES = frozenset(
    "company firm force police ministry party group club union council agency government army".split()
)
SPEAKING_BODIES = GENERIC_BODIES | frozenset(
    """
airline airport association authority bank board brigade charity church commission committee court department hospital
institute museum navy office operator organisation organization parliament prison railway regulator school society
university utility zoo embassy maker retailer hotel port theatre federation league service
""".split()
)
"""Nouns of bodies that speak; the generic ones stand for a body that was named before."""
