"""Questions to the knowledge base: one set a language, by a resident who never saw the articles."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Asked:
    """A question about a dog's license, the same resident's "no", and a report with a question behind it."""

    question: str
    no: str
    report_and_question: str


QUESTIONS: dict[str, Asked] = {
    "en": Asked(
        question="how much does it cost to register my puppy with the city",
        no="no",
        report_and_question="Nobody took our trash today. What day does the truck come?",
    ),
    "es": Asked(
        question="¿cuánto cuesta sacarle la licencia a mi perrito?",
        no="no",
        report_and_question="Hoy no se llevaron la basura. ¿Qué día pasa el camión?",
    ),
    "ht": Asked(
        question="konbyen sa koute pou m fè lisans pou chen mwen an?",
        no="non",
        report_and_question="Yo pa pran fatra nou an jodi a. Ki jou kamyon an pase?",
    ),
    "zh-Hans": Asked(
        question="给我家狗办牌照要多少钱？",
        no="不是",
        report_and_question="今天没人来收我们家的垃圾。垃圾车星期几来？",
    ),
    "zh-Hant": Asked(
        question="幫我隻狗攞牌要幾多錢？",
        no="唔係",
        report_and_question="今日冇人嚟收我哋嘅垃圾。垃圾車星期幾嚟？",
    ),
    "vi": Asked(
        question="làm giấy phép cho con chó nhà tôi tốn bao nhiêu tiền?",
        no="không",
        report_and_question="Hôm nay không ai lấy rác nhà tôi. Xe rác chạy ngày nào?",
    ),
    "kea": Asked(
        question="kantu ta kusta lisensa di nha katxor?",
        no="nau",
        report_and_question="Oji es ka leba nos lixu. Ki dia ki karu di lixu ta pasa?",
    ),
    "pt": Asked(
        question="quanto custa tirar a licença do meu cachorro?",
        no="não",
        report_and_question="Hoje não levaram o nosso lixo. Que dia o caminhão passa?",
    ),
    "fr": Asked(
        question="combien coûte la licence pour mon chien ?",
        no="non",
        report_and_question="Personne n'a pris nos poubelles aujourd'hui. Quel jour passe le camion ?",
    ),
    "ru": Asked(
        question="сколько стоит лицензия на мою собаку?",
        no="нет",
        report_and_question="Сегодня у нас не забрали мусор. По каким дням приезжает машина?",
    ),
    "ar": Asked(
        question="كم تكلفني رخصة كلبي؟",
        no="لا",
        report_and_question="لم يجمعوا القمامة من عندنا اليوم. في أي يوم تأتي شاحنة القمامة؟",
    ),
    "so": Asked(
        question="immisa lacag ah ayay ku kacaysaa liisanka eygayga?",
        no="maya",
        report_and_question="Maanta qashinkeenna lama qaadin. Maalintee ayuu gaariga qashinku yimaadaa?",
    ),
}
