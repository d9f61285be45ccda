"""What residents say in the stories: one set a language, in words that no corpus file holds."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Talk:
    """A resident's lines: a report without a place, an answer "yes", an opt-out, a gas smell, something out of scope, a wish for a person."""

    report: str
    yes: str
    stop: str
    gas: str
    nonsense: str
    agent: str
    status: str


TALKS: dict[str, Talk] = {
    "en": Talk(
        report="There is a really deep pothole on my street, cars keep hitting it",
        yes="yes",
        stop="STOP",
        gas="I smell gas in the hallway of our building",
        nonsense="who won the baseball game last night?",
        agent="can I talk to a person please",
        status="status",
    ),
    "es": Talk(
        report="Hay un bache bien hondo en mi calle y se está dañando mi carro",
        yes="sí",
        stop="PARAR",
        gas="Huele mucho a gas en el pasillo del edificio",
        nonsense="¿quién ganó el juego de pelota anoche?",
        agent="quiero hablar con una persona",
        status="caso",
    ),
    "ht": Talk(
        report="Gen yon gwo twou nan mitan lari a devan lakay mwen, machin yo ap kraze ladan l",
        yes="wi",
        stop="SISPANN",
        gas="Mwen pran sant gaz nan koridò bilding lan",
        nonsense="kiyès ki te genyen match foutbòl la yè swa?",
        agent="mwen vle pale ak yon moun",
        status="estati",
    ),
    "zh-Hans": Talk(
        report="我家门口的马路上有一个很深的坑，车子开过去都会颠",
        yes="是",
        stop="停止",
        gas="我们楼道里有很浓的煤气味",
        nonsense="昨晚的球赛谁赢了？",
        agent="我想跟人工客服说话",
        status="进度",
    ),
    "zh-Hant": Talk(
        report="我屋企門口條馬路有個好深嘅窿，啲車成日撞落去",
        yes="係",
        stop="停止",
        gas="我哋大廈走廊有好大陣煤氣味",
        nonsense="琴晚場波邊個贏咗？",
        agent="我想同真人講嘢",
        status="進度",
    ),
    "vi": Talk(
        report="Trước nhà tôi có cái ổ gà sâu lắm giữa đường, xe chạy qua sụp hoài",
        yes="đúng",
        stop="DỪNG",
        gas="Hành lang tòa nhà tôi có mùi gas nồng lắm",
        nonsense="trận bóng tối qua đội nào thắng vậy?",
        agent="cho tôi nói chuyện với nhân viên",
        status="tình trạng",
    ),
    "kea": Talk(
        report="Ten un buraku grandi na meiu di rua na nha porta, karu ta kai la dentu",
        yes="sin",
        stop="PARA",
        gas="N sta sinti txeru di gás na koredor di prédiu",
        nonsense="kenha ki ganha jogu di bola onti?",
        agent="N kre papia ku un pesoa",
        status="stadu",
    ),
    "pt": Talk(
        report="Tem um buraco muito fundo no asfalto da minha rua, os carros ficam batendo nele",
        yes="sim",
        stop="PARAR",
        gas="Estou sentindo cheiro de gás no corredor do prédio",
        nonsense="quem ganhou o jogo de futebol ontem à noite?",
        agent="quero falar com uma pessoa",
        status="andamento",
    ),
    "fr": Talk(
        report="Il y a un énorme nid-de-poule dans ma rue, les voitures y abîment leurs pneus",
        yes="oui",
        stop="ARRET",
        gas="Ça sent fort le gaz dans le couloir de l'immeuble",
        nonsense="qui a gagné le match de foot hier soir ?",
        agent="je veux parler à quelqu'un",
        status="suivi",
    ),
    "ru": Talk(
        report="На нашей улице огромная яма на дороге, машины колёса пробивают",
        yes="да",
        stop="СТОП",
        gas="В подъезде сильно пахнет газом",
        nonsense="кто вчера выиграл матч?",
        agent="хочу поговорить с человеком",
        status="статус",
    ),
    "ar": Talk(
        report="في حفرة كبيرة وعميقة بالشارع قدام بيتي والسيارات عم تنضرب فيها",
        yes="نعم",
        stop="توقف",
        gas="في ريحة غاز قوية بالممر تبع البناية",
        nonsense="مين ربح المباراة امبارح؟",
        agent="بدي احكي مع شخص",
        status="الحالة",
    ),
    "so": Talk(
        report="Waddada gurigayga hortiisa waxaa ku yaal god weyn oo qoto dheer, baabuurtu way ku dhacaysaa",
        yes="haa",
        stop="JOOJI",
        gas="Waxaan dareemayaa ur gaas ah oo ka imanaysa guriga gudihiisa",
        nonsense="yaa badiyey ciyaartii kubadda xalay?",
        agent="waxaan rabaa inaan qof la hadlo",
        status="xaalad",
    ),
}
PLACE = "450 Blue Hill Ave"
