"""Given names that nearly always are a man's or a woman's, folded. Names used for both are in neither."""

from __future__ import annotations

MEN_NAMED = frozenset(
    """
aaron abdul abdullah abel achim adam adolf adrian agustin ahmad ahmed alain alan albert alberto aldo alejandro
aleksandar aleksandr aleksey alessandro alexander alexei alf alfred alfredo alistair allan alvaro amir anders andre
andreas andrei andres andrew andriy angelo angus anthony antoine anton antonin antonio ari armando arne artem arthur
arturo asif atticus augusto axel aziz baptiste barack bart bartholomew bashar bashir basil bastian ben benjamin beppe
bernard bernie bilal bill bjorn bob bogdan bohdan boris boyd brad brandon brent brett brian bruce bruno bryan burt
byron calum carl carlo carlos cecil cedric cesar chad charles christopher chuck claude clement cliff clifford clinton
clive cole colin conrad cormac craig curtis cyril damian damien dan daniel daniil danilo danny darius darren dave
david dean declan dejan denis dennis denys derek desmond diego dieter dietmar dimitri dimitris dirk dmitri dmitry
domenico dominic don donal donald doug douglas duncan dwight earl ed eddie edgar edmund eduardo edward edwin egon
elias elliot elliott elon emil emilio emmanuel emmett enrico enrique enzo eric erik ernest ernesto ernst ervin esteban
eugene evan ewan ezra fabian fabio fadi fahrettin faisal farid federico felix ferdinand fergus fernando fidel filip
finn fletcher florian francesco francis francisco francois frank franz fred frederic frederick fredrik friedrich fritz
gabriel gareth garry gary gaston gavin geert geoff geoffrey georg george georges gerald gerard gerhard gerry gianni
gideon gilbert giles gino giorgos giovanni giuseppe glenn gordan gordon graeme graham grant greg gregory guido
guillermo gunter gus gustav gustavo guy hakan hamid hamish hamza hans hans-peter harald harold harrison harry harvey
hasan hassan hector heinrich heinz helmut hendrik henri henrik henry herbert herman hermann hiroshi horace horst
howard hubert hugh hugo hussein iain ian ibrahim ignacio igor imran ingmar isaac ismail istvan ivan ivo ivor jaap jack
jacob jake jamal james janos jared jaroslav jarrod jason javier jean-claude jean-luc jean-marie jeff jeffrey jens
jeremiah jeremy jerome jerry jerzy jim jimmy jiri joachim joao joaquin jochen joe joel joey johan johann johannes john
jon jonas jonathan jonathon jorge jose josef joseph josh joshua jozef juan juergen julian julien julio julius jurgen
justin kamal kareem karim karl kaspar keir keith kelvin ken kenneth kent kevin khaled khalid kiran klaus konrad
konstantin krishna kristof kurt kyle larry lars laszlo laurent lawrence leif leo leon leonard leonid leopold leroy
liam lionel lloyd lorenzo lothar louis luca lucas luciano ludwig luigi luis lukas luke magnus malcolm malik manfred
manuel marc marcel marcello marcelo marco marcos marcus mariano mario marius mark marko markus marshall martijn martin
marvin massimo mathias mathieu matt matteo matthew matthias matthieu maurice mauricio max maxim maximilian maxwell
mehmet melvin mervyn michael michel miguel mihai mikael mike mikhail milan miles milos miroslav mitch mitchell mohamed
mohammad mohammed morris moses muhammad murray mustafa mykola nasser nathan nathaniel ned neil nelson nestor neville
nicholas nick nico nicolas nigel nikita nikola nikolai nikos nils noah noel norbert norman octavio olaf oleg oleksandr
oleksiy olivier omar omer orhan orlando oscar osman oswald otis otto owen pablo paddy paolo pascal patrick paul pavel
pavlo pawel pedro percy pete peter petro philip philippe phillip pierluigi pierre piers pieter piotr preston quentin
quincy rafael raj rajesh rajiv ralph ramesh ramon randall randolph randy raoul rashid raul ravi ray raymond recep reg
reginald reinhard reuben rex rhys ricardo riccardo richard rick ricky rob robbie robert roberto rod roderick rodney
rodolfo rodrigo roger roland rolf roman romeo ron ronald rory ross roy ruben rudolf rudy rufus rupert russ russell
ryan salim salvador salvatore sam samir samuel sandro sanjay santiago saul scot scott sean sebastian sergei sergey
sergio seth shane shaun shawn sid siegfried silvio simeon simon sipho slobodan spencer stan stanislav stanley stavros
stefan stefano steffen stephen steve steven stig stuart sunil sven tadeusz tariq tayyip ted teddy terence terrence
theo theodore thierry thomas thor tibor tim timo timothy tobias toby todd tom tomas tomasz tommaso tommy tony trevor
tristan troy tyler udo ulrich umberto uwe vaclav valentin valery vasily vernon victor viktor vince vincent vincenzo
vitali vitaly vito vivek vlad vladimir vladislav volker volodymyr wade waldemar walid wallace walter warren wayne
wendell werner wilbur wilfred wilhelm willem william willie winston wolfgang woodrow xavier yahya yann yannick yasser
yevgeny youssef yuri yusef yusuf yves zachary zack zoltan
""".split()
)
"""No woman's, but for rare ones."""

WOMEN_NAMED = frozenset(
    """
abigail ada adelaide adele adriana agatha agnes agnieszka aicha aileen aisha alba alejandra alena alessandra alexa
alexandra alice alicia alison alla allison alma althea alyssa amanda amelia amina amira amy ana anabel anais anastasia
anastasiia andreea aneta angela angelica angelina angie anika anita anja anjali ann anna anne anneke annelise annette
annie annika antonia ariana arlene astrid audrey aurora ava aya barbara barbora beata beatrice belinda bella berit
bernadette bertha beryl beth bettina betty beverly bianca birgit blanca bonnie brenda briana bridget bridie brigitte
brittany camila camilla candace cara carina carla carlotta carly carmen carol carolina caroline carolyn cassandra
catalina catarina cate catherine catriona cecilia celeste celia chantal charlene charlotte chiara chloe christa
christie christina christine cicely cindy claire clara clarissa claudette claudia colleen concepcion constance
consuelo cora cordelia corinne cristina cynthia daisy daniela daniella danielle daphne daria darlene deborah debra
deirdre delia delphine denise desiree diana diandra diane dilys dolores donna dora doris dorota dorothy edith edna
eileen ekaterina elaine eleanor eleanora elena eleni elif elin elisa elisabeth elise eliza elizabeth elke ella ellen
elsa elsie elspeth elvira emilia emilie emily emma enid erica erika erin ernestine esme estella estelle esther ethel
eugenia eunice eva eve evelina evita ewa fanny fatima fatma faye federica felicia felicity fernanda fiona flora
florence frances frida frieda gabriela gabriella gail galina gemma genevieve georgette georgina geraldine gerda
gertrude gillian gina gisela giulia giuliana gladys glenda glenys gloria grace greta gretchen guadalupe gudrun gulnara
gwen gwendolyn halina hanna hannah hanne hannelore harriet hatice hazel heather hedda hedwig heidi heike helen helena
helene helga henrietta hermione hilda hilde hillary holly ida ilaria ilona ilse imelda imogen ines inga inge ingeborg
ingrid iolanda irene irina iris irma isabel isabella isabelle isla isobel ivana ivanka ivy jacinta jacqueline jada
jana jane janet janice janine jasmine jeanette jeanne jeannie jenna jennifer jenny jessica jill jillian jo-ann joan
joanna jodie joelle johanna jolanta josefina josephine josie joyce juanita judi judith judy julia juliana julianne
julie juliet juliette justine kamala kara karen karin karina karla karolina katarina katarzyna kate katerina katharina
katharine katherine kathleen kathryn kathy katia katie katja katrin katrina katy kayla kayleigh keiko kerstin khadija
kirsten kirsty klara kristen kristin kristina lara larissa latifa latoya laura lauren lavinia layla leah leanne leila
lena leonie leonora leslie-ann leticia lidia lila lilian liliana lillian lily lina linda linnea lisa liv livia liz
lola lorena loretta lorna lorraine lotte lottie louise lourdes lucia lucille lucinda lucrezia lucy ludmila luisa luise
lydia lynda lynne mabel madeleine mafalda magda magdalena maggie maja malala mandy manuela mara marcela marcia
margaret margarita margot margrethe marguerite maria mariam mariana marianne maribel marie marija marilyn marina
marine marisa marisol marjorie marlene marta martha martina mary maryam matilda maud maureen maxine maya megan melania
melinda melissa mercedes meredith mia michaela michelle mildred milena millicent mina minna mira miranda mirella
miriam moira molly mona monica muriel myra myriam myrtle nabila nadezhda nadia nadine nancy nanette naomi natalia
natalie nataliya natasha nell nellie nerys nicole nicolette nikki nina nora noreen norma oana octavia odette odile
oksana olena olga olive olivia olympia oona ophelia paloma pamela pascale patricia patsy paula paulina pauline pearl
peggy penelope penny perla petra philippa phoebe phyllis pia pilar polly portia priscilla priya rachel ramona raquel
rebecca rebekah regina regine reina renata renee rhoda rhona ricarda rina rita roberta roisin rosa rosalie rosalind
rosamund rosanna rose roseanne rosemary rowena roxana roxanne ruby rukhsana ruth sabina sabine sabrina sadie sally
salma samantha sandra sara sarah saskia selma serena shabana shakira sharon sheena sheila shelley shirley shona sian
sibylle sigrid silke silvia simona sinead siobhan sofia solange solveig sonia sonja sophie soraya stella stephania
stephanie sue susan susana susanna susanne suzanne suzette suzy svetlana sybil sylvia tabitha talia tamara tammy tansy
tanya tatiana tatjana teresa tess tessa thea thelma theodora theresa theresia tiffany tilda tilly tina tonya trudy
ulrike una ursula ute valentina valeria valerie vanessa vera veronica veronique vicky victoria viola violet virginia
virginie viviana vivien vivienne wanda wendy wilhelmina wilma winifred xenia yasmin yekaterina yelena yolanda yulia
yuliya yvette yvonne zara zelda zeynep zoe zofia zora zsuzsanna
""".split()
)
"""No man's, but for rare ones."""

GIVEN_NAMES = MEN_NAMED | WOMEN_NAMED
