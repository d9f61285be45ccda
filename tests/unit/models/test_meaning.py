"""The space of meanings: a language that the encoder does not know is taught from pairs."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from models.embedding import sentence_encoder
from models.features import HybridFeatures
from models.meaning import TaughtLanguage

# Somali, which the encoder was never trained on; each with what it means.
PAIRS = (
    ("laydhka wadada ma shaqeeyo", "the street light does not work"),
    ("laydhku waa dansan yahay wadada", "the light is off on the street"),
    ("god weyn ayaa wadada ku yaal", "there is a big hole in the road"),
    ("god ayaa ku yaal wadada hortayda", "there is a hole in the road in front of me"),
    ("qashinka lama qaadin", "the trash was not picked up"),
    ("qashinka maanta lama qaadin wali", "the trash has still not been picked up today"),
    ("jiir badan ayaa guriga jooga", "there are many rats in the house"),
    ("jiirku waa badan yahay", "the rats are many"),
)


def taught() -> HybridFeatures:
    features = HybridFeatures(word_features=500, character_features=1000, meaning_weight=1.0)
    english = [meaning for _, meaning in PAIRS]
    texts = [text for text, _ in PAIRS]
    features.fit_transform([*texts, *english], ["so"] * len(PAIRS) + ["en"] * len(PAIRS), [*english, *[""] * len(PAIRS)])
    return features


def meaning(features: HybridFeatures, text: str, language: str) -> NDArray[np.float32]:
    return np.asarray(features.transform([text], [language]).toarray()[0, -features.meaning_columns :])


def test_a_taught_sentence_lies_nearer_to_its_meaning_than_where_the_encoder_puts_it() -> None:
    features = taught()
    target = meaning(features, "there is a hole in the street", "en")
    text = "god ayaa wadada ku yaal"
    assert meaning(features, text, "so") @ target > meaning(features, text, "en") @ target + 0.2


def test_each_taught_meaning_is_nearest_to_its_own_kind_of_problem() -> None:
    features = taught()
    problems = {"light": "the lamp is out", "trash": "they did not take my garbage", "rats": "rats at home"}
    seen = {"light": "laydhka ma shaqeeyo", "trash": "qashinka lama qaadin", "rats": "jiir badan"}
    for name, text in seen.items():
        likeness = {
            other: float(meaning(features, text, "so") @ meaning(features, words, "en")) for other, words in problems.items()
        }
        assert max(likeness, key=lambda other: likeness[other]) == name


def test_leaving_a_message_out_is_the_same_as_teaching_without_it() -> None:
    random = np.random.default_rng(1)
    words = csr_matrix(random.random((7, 20)), dtype=np.float32)
    seen, targets = random.random((7, 4), dtype=np.float32), random.random((7, 3), dtype=np.float32)
    _, left_out = TaughtLanguage.teach(words, seen, targets)
    for index in range(7):
        rest = [i for i in range(7) if i != index]
        without, _ = TaughtLanguage.teach(words[rest], seen[rest], targets[rest])
        assert without.predict(words[[index]], seen[[index]])[0] == pytest.approx(left_out[index], abs=1e-4)


def test_a_corpus_without_meanings_leaves_everything_to_the_encoder() -> None:
    features = HybridFeatures(word_features=100, character_features=100, meaning_weight=1.0)
    own, meant = features.fit_transform(["a hole in the road", "the light is out"], ["en", "en"], ["", ""])
    assert (own.shape[0], meant.shape[0]) == (2, 0)
    assert features.transform(["hole"], ["xx"]).shape == (1, own.shape[1])


def test_an_empty_text_has_an_embedding_too() -> None:
    assert sentence_encoder().encode(["", "hole"]).shape == (2, 512)
    assert sentence_encoder().encode([]).shape == (0, 512)
