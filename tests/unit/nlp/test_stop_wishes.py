"""A wish to get no more messages is an order in a resident's own words, not only by the carrier's."""

from collections.abc import Mapping, Sequence

import pytest

from nlp.commands import CommandWords
from nlp.lexicon import load_lexicons
from nlp.message import Command, CommandName

WISHES = {
    "en": (
        "hello, please don't text me anymore, thanks",
        "Please do not send me any more messages, I am fine",
        "stop sending messages",
        "please stop sending texts",
        "opt me out",
        "wrong number, stop texting me",
        "i dont want to get texts about this",
    ),
    "es": (
        "por favor ya no quiero recibir mensajes de ustedes",
        "no me mandes más mensajes",
        "deja de escribirme",
        "no me escribas mas por favor",
        "Ya lo arreglaron, no me manden más mensajes",
        "ya dejen de mandarme mensajes",
    ),
    "ht": (
        "tanpri, sispann voye mesaj sou telefòn mwen",
        "sispann ban m mesaj",
        "mwen pa vle resevwa mesaj ankò mèsi",
        "pinga nou voye m mesaj ankò",
        "Silvouple pa ekri m ankò",
    ),
    "zh-Hans": (
        "你好，请别再给我发短信了",
        "别再发消息给我",
        "我不想再收到你们的信息了",
        "问题解决了，不要再给我发任何短信",
        "请停止发送短信",
    ),
    "zh-Hant": (
        "唔該唔好再send短訊俾我喇",
        "不要再傳訊息給我",
        "我唔想再收到你哋啲短訊",
        "唔好再send message俾我",
        "請勿再發簡訊，謝謝",
    ),
    "vi": (
        "làm ơn đừng nhắn tin cho tôi nữa nha",
        "đừng nhắn tin tôi nữa",
        "tôi không muốn nhận tin nhắn nữa",
        "lam on dung nhan tin cho toi",
        "Đừng nhắn tin cho tôi.",
        "sửa xong rồi, đừng gởi tin nhắn cho bác nữa",
    ),
    "kea": (
        "pur favor, nhos para di manda-m mensaji",
        "nhos para di manda mensaji",
        "ka nhos manda-m mas mensaji, obrigadu",
        "N ka kre risibi mensaji mas",
        "ka bu skrebe-m mas",
    ),
    "pt": (
        "por favor parem de me mandar mensagens",
        "não me manda mais mensagem",
        "pare as mensagens",
        "já consertaram, não quero mais receber mensagens",
        "nao me mandem mais mensagem",
    ),
    "fr": (
        "bonjour, merci, mais arrêtez de m’envoyer des SMS",
        "ne m'écris plus",
        "je ne veux plus recevoir de messages",
        "Merci de ne plus m'écrire",
        "svp ne m'envoyez plus de textos",
    ),
    "ru": (
        "пожалуйста, перестаньте мне писать",
        "не пиши мне больше",
        "больше не присылайте мне смс",
        "не хочу больше получать сообщения",
        "уберите меня из рассылки пожалуйста",
    ),
    "ar": (
        "من فضلكم توقفوا عن إرسال الرسائل إلي",
        "لا تبعتلي رسائل",
        "توقف عن إرسال الرسائل",
        "لا اريد استلام رسائل منكم",
        "خلص تصلحت، لا ترسلوا لي رسائل",
    ),
    "so": (
        "fadlan ha ii soo dirin farriimo kale",
        "farriimaha jooji",
        "ha ii soo dirin wax fariimo ah",
        "ma rabo inaan helo farriimo dambe",
        "walaal, fariimo dambe ha ii soo dirin",
    ),
}
# About the city, other people or other things, though with the words of a wish.
LOOK_ALIKES = {
    "en": (
        "they stopped sending the truck",
        "you did not write me back",
        "I don't want any more fines",
        "nobody contacted me",
        "please stop sending me bills for my old apartment",
        "stop sending me recycling bins",
        "opt me out of community choice electricity",
        "drivers need to stop texting while driving on Blue Hill Ave",
        "scammers won't stop texting me about tolls",
        "you people don't text me back",
        "take me off the list for bulk pickup",
        "somebody wrote my phone on the wall, remove my number",
        "the bus does not stop at Dudley anymore",
        "please stop all the trucks on our street",
        "please remove the graffiti from the list on the wall",
        "I want to cancel my bulk pickup",
    ),
    "es": (
        "dejaron de mandar el camión de la basura",
        "ustedes no me escribieron más",
        "no quiero recibir más multas",
        "nadie me contactó",
        "dejen de mandarme facturas que no son mías",
        "ya no quiero recibir correo basura",
        "el dueño no deja de escribirme",
        "quítenme de la lista de espera",
        "no puedo mandar mensajes de texto al 311",
    ),
    "ht": (
        "yo sispann voye kamyon fatra a",
        "yo pa kontakte m",
        "nou pa voye m mesaj",
        "yo pa ekri m ankò",
        "m pa vle plis amann",
        "yo sispann voye m mesaj poukisa",
        "pèsòn pa voye mesaj ban m",
    ),
    "zh-Hans": (
        "他们不再派垃圾车来了",
        "你们没有给我发短信",
        "别再给我发罚单了",
        "没有人联系我",
        "你们为什么停止发短信了",
        "请分别给我发短信和邮件",
        "不想收到你们的罚单",
    ),
    "zh-Hant": (
        "垃圾車唔再嚟喇",
        "你哋冇send短訊俾我",
        "唔想再收到罰單",
        "冇人聯絡我",
        "唔好再俾罰單我",
        "為什麼停止發訊息給我了",
        "不要再傳垃圾郵件到我家信箱",
    ),
    "vi": (
        "họ ngưng cho xe rác tới",
        "sao không ai nhắn tin cho tôi",
        "tôi không muốn nhận thêm giấy phạt",
        "không ai liên lạc với tôi",
        "Đúng, nhắn tin cho tôi",
        "Đúng rồi, gửi tin nhắn cho tôi nha",
        "chỉ vậy thôi, nhắn tin cho tôi nhé",
    ),
    "kea": (
        "es para di manda kamion di lixu",
        "inda nhos ka manda-m mensaji",
        "es ka skrebe-m mas",
        "n ka kre mas multa",
        "ningen ka kontakta-m",
        "nhos para di manda multa",
        "nhos para di skrebe na paredi",
    ),
    "pt": (
        "pararam de mandar o caminhão do lixo",
        "vocês não me escreveram de volta",
        "não quero receber mais multas",
        "ninguém entrou em contato comigo",
        "parem de me mandar contas que não são minhas",
        "a prefeitura não me manda mais mensagem",
        "meu ex não para de me mandar mensagem",
        "não quero mais receber correspondência de outra pessoa",
    ),
    "fr": (
        "ils n'envoient plus le camion",
        "vous ne m'écrivez plus",
        "je ne veux plus recevoir d'amendes",
        "personne ne m'a contacté",
        "arrêtez de m'envoyer des factures",
        "pourquoi vous ne m'envoyez plus de messages",
        "je ne veux plus recevoir de pub dans ma boîte",
    ),
    "ru": (
        "они перестали присылать машину",
        "почему вы не пишите мне",
        "не хочу больше получать штрафы",
        "никто со мной не связался",
        "перестаньте писать на стенах",
        "не надо присылать машину",
        "больше не присылайте мне чужие счета",
    ),
    "ar": (
        "توقفوا عن إرسال الشاحنة",
        "ليش ما تبعتولي رسائل",
        "لا أريد استلام مخالفات",
        "لم يتواصل معي أحد",
        "العمال توقفوا عن إرسال الرسائل",
        "لا ترسلوا لي المزيد من المخالفات",
    ),
    "so": (
        "waxay joojiyeen gaariga qashinka",
        "farriin iima soo dirin",
        "ma rabo ganaax kale",
        "cidina ilama soo xiriirin",
        "liiska sugitaanka iga saar",
        "farriimo ma helin weli",
    ),
}


def each(said: Mapping[str, Sequence[str]]) -> list[object]:
    """Every text, named by its language."""
    return [pytest.param(text, id=f"{language}-{text}") for language, texts in said.items() for text in texts]


@pytest.fixture(scope="module")
def words() -> CommandWords:
    return CommandWords(load_lexicons())


@pytest.mark.parametrize("text", each(WISHES))
def test_it_is_heard_in_every_language(words: CommandWords, text: str) -> None:
    found = words.find(text)
    assert found is not None
    assert found.name is CommandName.STOP


@pytest.mark.parametrize("text", each(LOOK_ALIKES))
def test_complaints_and_reports_with_such_words_are_no_wish(words: CommandWords, text: str) -> None:
    found = words.find(text)
    assert found is None or found.name is not CommandName.STOP


def test_vietnamese_yes_text_me_is_a_yes(words: CommandWords) -> None:
    assert words.find("Đúng, nhắn tin cho tôi") == Command(CommandName.YES, language="vi")


def test_a_long_message_is_about_more_than_that(words: CommandWords) -> None:
    story = "my landlord keeps writing and I told him to please stop texting me, but there has been no heat in my home for a week"
    assert words.find(story) is None


def test_every_language_has_words_for_it() -> None:
    assert all(len(lexicon.stop_wishes) >= 15 for lexicon in load_lexicons().values())
