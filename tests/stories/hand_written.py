"""An article that an editor writes while the service runs, on a topic that no model was trained on, and residents' questions to it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Bees:
    """One language of the article, and a question in other words than its examples."""

    title: str
    answer: str
    examples: tuple[str, ...]
    question: str


BEES: dict[str, Bees] = {
    "en": Bees(
        "Keeping bees",
        "You may keep bees in your yard. Register each hive with Animal Control first; it is free.",
        (
            "can I keep bees",
            "are beehives allowed in the city",
            "how do I register a bee hive",
            "rules for honey bees in my yard",
            "I want to have a hive on my roof",
            "do I need a permit for beekeeping",
        ),
        "Is it allowed to keep honey bees in my back yard?",
    ),
    "es": Bees(
        "Tener abejas",
        "Puede tener abejas en su patio. Registre primero cada colmena con Control de Animales; es gratis.",
        ("puedo tener abejas en el patio", "se permiten colmenas en la ciudad", "cómo registro una colmena"),
        "¿está permitido criar abejas en mi patio?",
    ),
    "ht": Bees(
        "Gade myèl",
        "Ou gen dwa gade myèl nan lakou w. Anrejistre chak ruch myèl anvan; li gratis.",
        (
            "èske m ka gade myèl nan lakou m",
            "èske yo pèmèt ruch myèl nan vil la",
            "kijan pou m anrejistre yon ruch myèl",
            "mwen vle elve myèl",
        ),
        "èske gen dwa elve myèl dèyè kay mwen?",
    ),
    "zh-Hans": Bees(
        "养蜜蜂",
        "您可以在院子里养蜜蜂，请先向动物管理处登记每个蜂箱，免费。",
        ("可以在院子里养蜜蜂吗", "市里允许放蜂箱吗", "蜂箱怎么登记"),
        "我想在后院养蜜蜂，允许吗？",
    ),
    "zh-Hant": Bees(
        "養蜜蜂",
        "您可以在院子裡養蜜蜂，請先向動物管理處登記每個蜂箱，免費。",
        ("可唔可以喺院子養蜜蜂", "市內准唔准放蜂箱", "蜂箱點樣登記"),
        "我想喺後院養蜜蜂，得唔得㗎？",
    ),
    "vi": Bees(
        "Nuôi ong",
        "Quý vị được nuôi ong trong sân. Xin đăng ký từng thùng ong trước, miễn phí.",
        (
            "tôi nuôi ong trong sân được không",
            "thành phố có cho đặt thùng ong không",
            "đăng ký thùng ong ở đâu",
            "muốn nuôi ong lấy mật",
        ),
        "nuôi ong mật sau nhà có được phép không?",
    ),
    "kea": Bees(
        "Kria abedja",
        "Nhos pode kria abedja na kintal. Rejista kada kolmeia primeru, é di grasa.",
        ("N pode kria abedja na kintal?", "sidadi ta dexa ten kolmeia?", "modi ki N ta rejista un kolmeia"),
        "ta pirmitidu kria abedja di mel tras di nha kaza?",
    ),
    "pt": Bees(
        "Criar abelhas",
        "Você pode criar abelhas no quintal. Registre antes cada colmeia; é grátis.",
        ("posso criar abelhas no quintal", "a cidade permite colmeias", "como registro uma colmeia"),
        "é permitido ter abelhas no meu quintal?",
    ),
    "fr": Bees(
        "Avoir des abeilles",
        "Vous pouvez avoir des abeilles dans votre cour. Inscrivez d'abord chaque ruche ; c'est gratuit.",
        ("puis-je avoir des abeilles dans ma cour", "les ruches sont-elles permises en ville", "comment inscrire une ruche"),
        "est-ce qu'on a le droit d'élever des abeilles chez soi ?",
    ),
    "ru": Bees(
        "Держать пчёл",
        "Держать пчёл во дворе можно. Сначала бесплатно зарегистрируйте каждый улей.",
        ("можно ли держать пчёл во дворе", "разрешены ли ульи в городе", "как зарегистрировать улей"),
        "разрешается ли разводить пчёл у себя во дворе?",
    ),
    "ar": Bees(
        "تربية النحل",
        "يمكنكم تربية النحل في ساحة البيت. سجلوا كل خلية أولا، والتسجيل مجاني.",
        ("هل يمكنني تربية النحل في ساحة بيتي", "هل تسمح المدينة بخلايا النحل", "كيف أسجل خلية نحل"),
        "هل مسموح أربي نحل في حديقة بيتي؟",
    ),
    "so": Bees(
        "Haysashada shinni",
        "Waad ku haysan kartaa shinni daaradda. Marka hore diiwaan geli gaagur kasta; waa lacag la'aan.",
        (
            "ma ku haysan karaa shinni daaradda",
            "magaaladu ma oggoshahay gaagur shinni",
            "sidee loo diiwaan geliyaa gaagurka shinnida",
        ),
        "ma la oggol yahay in shinni lagu dhaqdo daaradda dambe?",
    ),
}
