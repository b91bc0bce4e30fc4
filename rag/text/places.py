"""Countries by every name that news uses for them: names, demonyms, capitals and seats of government.

Capitals and seats ("Ankara", "the Kremlin") stand for the state, as news uses them. Names that mean two countries
("Korean", "Congo" alone) are left out; the European Union is listed because it speaks as one.
"""

from __future__ import annotations

import re
from functools import cache

from rag.text.terms import STOPWORDS, words

# name | other names | demonyms | capital and seats that speak for the state
_TABLE = """
Afghanistan||Afghan, Afghans|Kabul
Albania||Albanian, Albanians|Tirana
Algeria||Algerian, Algerians|Algiers
Andorra||Andorran, Andorrans|Andorra la Vella
Angola||Angolan, Angolans|Luanda
Antigua and Barbuda|Antigua|Antiguan, Antiguans|
Argentina||Argentine, Argentines, Argentinian, Argentinians|Buenos Aires
Armenia||Armenian, Armenians|Yerevan
Australia||Australian, Australians, Aussie, Aussies|Canberra
Austria||Austrian, Austrians|Vienna
Azerbaijan||Azerbaijani, Azerbaijanis, Azeri, Azeris|Baku
Bahamas|The Bahamas|Bahamian, Bahamians|Nassau
Bahrain||Bahraini, Bahrainis|Manama
Bangladesh||Bangladeshi, Bangladeshis|Dhaka
Barbados||Barbadian, Barbadians|Bridgetown
Belarus|Byelorussia|Belarusian, Belarusians, Belarussian|Minsk
Belgium||Belgian, Belgians|
Belize||Belizean, Belizeans|Belmopan
Benin||Beninese|Porto-Novo
Bhutan||Bhutanese|Thimphu
Bolivia||Bolivian, Bolivians|La Paz, Sucre
Bosnia and Herzegovina|Bosnia, Bosnia-Herzegovina|Bosnian, Bosnians|Sarajevo
Botswana||Motswana, Batswana|Gaborone
Brazil||Brazilian, Brazilians|Brasilia, Brasília
Brunei||Bruneian, Bruneians|Bandar Seri Begawan
Bulgaria||Bulgarian, Bulgarians|Sofia
Burkina Faso||Burkinabe, Burkinabé|Ouagadougou
Burundi||Burundian, Burundians|Bujumbura, Gitega
Cambodia|Kampuchea|Cambodian, Cambodians|Phnom Penh
Cameroon||Cameroonian, Cameroonians|Yaoundé, Yaounde
Canada||Canadian, Canadians|Ottawa
Cape Verde|Cabo Verde|Cape Verdean, Cape Verdeans|Praia
Central African Republic||Central African|Bangui
Chad||Chadian, Chadians|N'Djamena
Chile||Chilean, Chileans|
China|People's Republic of China, PRC|Chinese|Beijing, Peking
Colombia||Colombian, Colombians|Bogotá, Bogota
Comoros||Comorian, Comorians|Moroni
Costa Rica||Costa Rican, Costa Ricans|
Croatia||Croatian, Croatians, Croat, Croats|Zagreb
Cuba||Cuban, Cubans|Havana
Cyprus||Cypriot, Cypriots|Nicosia
Czech Republic|Czechia|Czech, Czechs|Prague
Democratic Republic of the Congo|DR Congo, DRC, Democratic Republic of Congo|Congolese|Kinshasa
Denmark||Danish, Dane, Danes|Copenhagen
Djibouti||Djiboutian, Djiboutians|
Dominica||Dominiquais|Roseau
Dominican Republic||Dominican, Dominicans|Santo Domingo
East Timor|Timor-Leste|Timorese|Dili
Ecuador||Ecuadorian, Ecuadorians, Ecuadorean|Quito
Egypt||Egyptian, Egyptians|Cairo
El Salvador||Salvadoran, Salvadorans|San Salvador
Equatorial Guinea||Equatoguinean|Malabo
Eritrea||Eritrean, Eritreans|Asmara
Estonia||Estonian, Estonians|Tallinn
Eswatini|Swaziland|Swazi, Swazis|Mbabane
Ethiopia||Ethiopian, Ethiopians|Addis Ababa
European Union|EU||Brussels, European Commission, European Council
Fiji||Fijian, Fijians|Suva
Finland||Finnish, Finn, Finns|Helsinki
France||French, Frenchman, Frenchwoman|Paris, Elysee, Élysée, Quai d'Orsay
Gabon||Gabonese|Libreville
Gambia|The Gambia|Gambian, Gambians|Banjul
Georgia||Georgian, Georgians|Tbilisi
Germany|Federal Republic of Germany|German, Germans|Berlin
Ghana||Ghanaian, Ghanaians|Accra
Greece||Greek, Greeks|Athens
Grenada||Grenadian, Grenadians|
Guatemala||Guatemalan, Guatemalans|Guatemala City
Guinea||Guinean, Guineans|Conakry
Guinea-Bissau|||Bissau
Guyana||Guyanese|Georgetown
Haiti||Haitian, Haitians|Port-au-Prince
Honduras||Honduran, Hondurans|Tegucigalpa
Hungary||Hungarian, Hungarians|Budapest
Iceland||Icelandic, Icelander, Icelanders|Reykjavik, Reykjavík
India||Indian, Indians|New Delhi, Delhi
Indonesia||Indonesian, Indonesians|Jakarta
Iran|Islamic Republic of Iran|Iranian, Iranians|Tehran, Teheran
Iraq||Iraqi, Iraqis|Baghdad
Ireland|Republic of Ireland|Irish, Irishman|Dublin
Israel||Israeli, Israelis|Jerusalem, Tel Aviv, Knesset
Italy||Italian, Italians|Rome
Ivory Coast|Côte d'Ivoire, Cote d'Ivoire|Ivorian, Ivorians|Yamoussoukro, Abidjan
Jamaica||Jamaican, Jamaicans|
Japan||Japanese|Tokyo
Jordan||Jordanian, Jordanians|Amman
Kazakhstan||Kazakh, Kazakhs, Kazakhstani|Astana, Nur-Sultan
Kenya||Kenyan, Kenyans|Nairobi
Kiribati||I-Kiribati|Tarawa
Kosovo||Kosovar, Kosovars|Pristina
Kuwait||Kuwaiti, Kuwaitis|
Kyrgyzstan||Kyrgyz|Bishkek
Laos||Laotian, Laotians, Lao|Vientiane
Latvia||Latvian, Latvians|Riga
Lebanon||Lebanese|Beirut
Lesotho||Basotho|Maseru
Liberia||Liberian, Liberians|Monrovia
Libya||Libyan, Libyans|Tripoli
Liechtenstein||Liechtensteiner|Vaduz
Lithuania||Lithuanian, Lithuanians|Vilnius
Luxembourg||Luxembourger, Luxembourgers|
Madagascar||Malagasy|Antananarivo
Malawi||Malawian, Malawians|Lilongwe
Malaysia||Malaysian, Malaysians|Kuala Lumpur, Putrajaya
Maldives|The Maldives|Maldivian, Maldivians|Malé
Mali||Malian, Malians|Bamako
Malta||Maltese|Valletta
Marshall Islands||Marshallese|Majuro
Mauritania||Mauritanian, Mauritanians|Nouakchott
Mauritius||Mauritian, Mauritians|Port Louis
Mexico||Mexican, Mexicans|Mexico City
Micronesia||Micronesian, Micronesians|Palikir
Moldova||Moldovan, Moldovans|Chisinau, Chișinău
Monaco||Monegasque|
Mongolia||Mongolian, Mongolians|Ulaanbaatar, Ulan Bator
Montenegro||Montenegrin, Montenegrins|Podgorica
Morocco||Moroccan, Moroccans|Rabat
Mozambique||Mozambican, Mozambicans|Maputo
Myanmar|Burma|Burmese|Naypyidaw
Namibia||Namibian, Namibians|Windhoek
Nauru||Nauruan, Nauruans|Yaren
Nepal||Nepali, Nepalis, Nepalese|Kathmandu
Netherlands|The Netherlands, Holland|Dutch, Dutchman|The Hague, Amsterdam
New Zealand||New Zealander, New Zealanders, Kiwi, Kiwis|Wellington
Nicaragua||Nicaraguan, Nicaraguans|Managua
Niger||Nigerien|Niamey
Nigeria||Nigerian, Nigerians|Abuja
North Korea|DPRK, Democratic People's Republic of Korea|North Korean, North Koreans|Pyongyang
North Macedonia|Macedonia|Macedonian, Macedonians|Skopje
Norway||Norwegian, Norwegians|Oslo
Oman||Omani, Omanis|Muscat
Pakistan||Pakistani, Pakistanis|Islamabad
Palau||Palauan, Palauans|
Palestine|State of Palestine, Palestinian Authority|Palestinian, Palestinians|Ramallah
Panama||Panamanian, Panamanians|Panama City
Papua New Guinea||Papua New Guinean|Port Moresby
Paraguay||Paraguayan, Paraguayans|Asunción, Asuncion
Peru||Peruvian, Peruvians|Lima
Philippines|The Philippines|Filipino, Filipinos, Philippine|Manila
Poland||Polish, Pole, Poles|Warsaw
Portugal||Portuguese|Lisbon
Qatar||Qatari, Qataris|Doha
Republic of the Congo|Congo-Brazzaville||Brazzaville
Romania||Romanian, Romanians|Bucharest
Russia|Russian Federation|Russian, Russians|Moscow, Kremlin
Rwanda||Rwandan, Rwandans|Kigali
Saint Kitts and Nevis|St. Kitts and Nevis|Kittitian|Basseterre
Saint Lucia|St. Lucia|Saint Lucian|Castries
Saint Vincent and the Grenadines||Vincentian|Kingstown
Samoa||Samoan, Samoans|Apia
San Marino||Sammarinese|
Sao Tome and Principe|São Tomé and Príncipe||São Tomé
Saudi Arabia|Kingdom of Saudi Arabia|Saudi, Saudis, Saudi Arabian|Riyadh
Senegal||Senegalese|Dakar
Serbia||Serbian, Serbians, Serb, Serbs|Belgrade
Seychelles||Seychellois|
Sierra Leone||Sierra Leonean|Freetown
Singapore||Singaporean, Singaporeans|
Slovakia||Slovak, Slovaks, Slovakian|Bratislava
Slovenia||Slovenian, Slovenians, Slovene, Slovenes|Ljubljana
Solomon Islands||Solomon Islander, Solomon Islanders|Honiara
Somalia||Somali, Somalis|Mogadishu
South Africa||South African, South Africans|Pretoria
South Korea|Republic of Korea|South Korean, South Koreans|Seoul
South Sudan||South Sudanese|Juba
Spain||Spanish, Spaniard, Spaniards|Madrid
Sri Lanka||Sri Lankan, Sri Lankans|Colombo
Sudan||Sudanese|Khartoum
Suriname||Surinamese|Paramaribo
Sweden||Swedish, Swede, Swedes|Stockholm
Switzerland||Swiss|Bern, Berne
Syria||Syrian, Syrians|Damascus
Taiwan|Republic of China|Taiwanese|Taipei
Tajikistan||Tajik, Tajiks|Dushanbe
Tanzania||Tanzanian, Tanzanians|Dodoma, Dar es Salaam
Thailand||Thai, Thais|Bangkok
Togo||Togolese|Lomé, Lome
Tonga||Tongan, Tongans|Nuku'alofa
Trinidad and Tobago|Trinidad|Trinidadian, Trinidadians|Port of Spain
Tunisia||Tunisian, Tunisians|Tunis
Turkey|Türkiye, Turkiye, Republic of Turkey|Turkish, Turk, Turks|Ankara
Turkmenistan||Turkmen, Turkmens|Ashgabat
Tuvalu||Tuvaluan, Tuvaluans|Funafuti
Uganda||Ugandan, Ugandans|Kampala
Ukraine||Ukrainian, Ukrainians|Kiev, Kyiv
United Arab Emirates|UAE, Emirates|Emirati, Emiratis|Abu Dhabi
United Kingdom|UK, U.K., Britain, Great Britain|British, Briton, Britons, Brits|London, Downing Street, \
Whitehall, Westminster
United States|US, U.S., USA, U.S.A., America, United States of America|American, Americans|Washington, White House, \
Pentagon, State Department, Capitol Hill
Uruguay||Uruguayan, Uruguayans|Montevideo
Uzbekistan||Uzbek, Uzbeks|Tashkent
Vanuatu||Ni-Vanuatu|Port Vila
Vatican City|Vatican, Holy See||
Venezuela||Venezuelan, Venezuelans|Caracas
Vietnam|Viet Nam|Vietnamese|Hanoi
Yemen||Yemeni, Yemenis|Sanaa, Sana'a
Zambia||Zambian, Zambians|Lusaka
Zimbabwe||Zimbabwean, Zimbabweans|Harare
"""


@cache
def _names() -> dict[str, tuple[str, ...]]:
    """Country -> its names, the canonical one first."""
    table: dict[str, tuple[str, ...]] = {}
    for row in _TABLE.replace("\\\n", "").strip().splitlines():
        name, *columns = (cell.strip() for cell in row.split("|"))
        cells = [cell.strip() for column in columns for cell in column.split(",")]
        table[name] = (name, *(cell for cell in cells if cell))
    return table


@cache
def _index() -> dict[str, str]:
    return {_plain(name): country for country, names in _names().items() for name in names}


@cache
def _pattern() -> re.Pattern[str]:
    longest_first = sorted(_index(), key=len, reverse=True)
    return re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, longest_first)) + r")(?!\w)")


def _plain(text: str) -> str:
    return text.replace("’", "'")


def countries() -> tuple[str, ...]:
    """The canonical names of all countries."""
    return tuple(_names())


def names_of(country: str) -> tuple[str, ...]:
    """Every name of `country` (given by any of its names), the canonical one first; empty for no country."""
    canonical = _index().get(_plain(country).strip())
    return _names()[canonical] if canonical else ()


def countries_in(text: str) -> list[tuple[int, int, str]]:
    """(start, end, country) for each name of a country in `text`, in order, the longest name winning. Case counts:
    "turkey" and "us" are no countries."""
    return [(match.start(), match.end(), _index()[match[0]]) for match in _pattern().finditer(_plain(text))]


def country_of(text: str) -> str | None:
    """The canonical name of the one country that `text` names ("Türkiye", "Turkish officials", "the Kremlin"), or None
    for no country and for several."""
    found = {country for _, _, country in countries_in(text)}
    return found.pop() if len(found) == 1 else None


def country_asked(name: str) -> str | None:
    """The country of a folded name, in whatever case it was typed; None for no country."""
    return _asked_names().get(name)


@cache
def _asked_names() -> dict[str, str]:
    """Countries by the folded words of each of their names: questions are often typed without capitals."""
    named = {" ".join(words(name)): country for country in countries() for name in names_of(country)}
    return {name: country for name, country in named.items() if name not in STOPWORDS}
