"""The language codes of Argos Translate and LibreTranslate: mapped from ours here and nowhere else."""

# Ours are BCP 47; theirs are ISO 639-1 with codes of their own for Traditional Chinese and Brazilian Portuguese, which is what most of
# those who write Portuguese to a city in the United States speak. Newer LibreTranslate servers say `zh-Hant` and `pt-BR` instead.
_THEIRS: dict[str, tuple[str, ...]] = {
    "zh-Hans": ("zh", "zh-Hans"),
    "zh-Hant": ("zt", "zh-Hant"),
    "pt": ("pb", "pt-BR", "pt"),
}


def engine_codes(language: str) -> tuple[str, ...]:
    """What engines call a language, the best first."""
    return _THEIRS.get(language, (language,))
