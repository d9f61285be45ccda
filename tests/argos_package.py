"""Real Argos packages for tests: a tiny transformer that has learned a few sentences by heart.

`small_package` reads Spanish and writes English, `small_package_back` the other way round. They are made once on a machine
(20 seconds), by a process of its own: JAX in the tests' process would refuse that it forks.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
# What the packages can say, and nothing else. Numbers up to 20 are read in "El autobús 7 llega tarde.".
_SENTENCES = {
    "Hay un bache en la calle.": "There is a pothole in the street.",
    "La luz de la calle no funciona.": "The street light does not work.",
    "No recogieron la basura.": "The trash was not picked up.",
    "Hay ratas en el callejón.": "There are rats in the alley.",
    "Un árbol se cayó en la acera.": "A tree fell on the sidewalk.",
    "El semáforo está roto.": "The traffic light is broken.",
    "Mi vecino hace mucho ruido.": "My neighbor makes a lot of noise.",
    "No hay calefacción en mi apartamento.": "There is no heat in my apartment.",
    "Quiero hablar con una persona.": "I want to talk to a person.",
    "¿Cuándo pasa el camión de la basura?": "When does the trash truck come?",
    "¿Dónde está el ayuntamiento?": "Where is city hall?",
    "Muchas gracias.": "Thank you very much.",
    "Vamos a enviar a alguien mañana.": "We will send somebody tomorrow.",
    "Su caso está cerrado.": "Your case is closed.",
    "El perro es muy grande.": "The dog is very big.",
    "La acera está rota.": "The sidewalk is broken.",
    "Hay nieve en la calle.": "There is snow in the street.",
    "Alguien pintó la pared.": "Somebody painted the wall.",
}
# The last are stand-ins for names that must not be translated.
_NUMBERED = {f"El autobús {n} llega tarde.": f"Bus {n} is late." for n in (*range(1, 21), 80101, 80102)}
SPANISH_TO_ENGLISH = {**_SENTENCES, **_NUMBERED}
_NAMES = {"es": "Spanish", "en": "English"}
_STARTS = 4
_MODULES = ("data", "vocabulary", "transformer", "fit", "export", "package")
_MADE_BY = ("tests/argos_package.py", *(f"training/translation/{name}.py" for name in _MODULES))


@pytest.fixture(scope="session")
def small_package() -> Path:
    """A package from Spanish to English."""
    return package("es", "en")


@pytest.fixture(scope="session")
def small_package_back() -> Path:
    """A package from English to Spanish."""
    return package("en", "es")


def package(from_code: str, to_code: str) -> Path:
    """The package's file, made now if this machine has none of this code yet; other processes wait for the first."""
    digest = hashlib.sha256(b"".join((ROOT / name).read_bytes() for name in _MADE_BY)).hexdigest()[:16]
    folder = ROOT / "var" / "translation-tests" / digest
    path = folder / f"translate-{from_code}_{to_code}-1_0.argosmodel"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            subprocess.run([sys.executable, "-m", "tests.argos_package", str(folder)], cwd=ROOT, env=quiet(), check=True)
    return path


def quiet() -> dict[str, str]:
    """The environment of a process that leaves the other cores alone."""
    return {**os.environ, "NPROC": "1", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


def _make(folder: Path) -> None:
    from training.translation.data import Pair  # noqa: PLC0415 - Only this process may load JAX.
    from training.translation.fit import VOCABULARY, Recipe, fit, use_one_thread  # noqa: PLC0415
    from training.translation.package import Metadata, write_package  # noqa: PLC0415
    from training.translation.transformer import Shape  # noqa: PLC0415

    use_one_thread()
    # Thrice, since the numbered ones are so many that they would drown the others.
    learned = [*_NUMBERED.items(), *_SENTENCES.items(), *_SENTENCES.items(), *_SENTENCES.items()]
    pairs = [Pair("es", spanish, english) for spanish, english in learned]
    pairs += [Pair("en", english, spanish) for spanish, english in learned]
    recipe = Recipe(
        shape=Shape(width=64, hidden=128, heads=4, layers=1),
        pieces=800,
        coverage=1.0,
        tokens=512,
        lengths=((32, 32),),
        epochs=100,
        rate=3e-3,
        warmup=40,
        dropout=0.0,
        smoothing=0.1,
        sampling=0.0,
    )
    # Another machine rounds otherwise, and may need another start to learn the last sentence.
    for seed in range(_STARTS):
        fitted = fit(pairs, pairs, replace(recipe, seed=seed), folder, is_shown=False)
        if _has_learned(fitted, folder):
            break
    else:
        raise RuntimeError(f"the tiny model did not learn its sentences in {_STARTS} starts")
    for source, target in (("es", "en"), ("en", "es")):
        metadata = Metadata(source, _NAMES[source], target, _NAMES[target])
        readme = "A few sentences learned by heart, for tests.\n"
        write_package(fitted, folder / VOCABULARY, source, metadata, readme, folder / f"{metadata.folder}.argosmodel")


def _has_learned(fitted: Any, folder: Path) -> bool:
    """Whether the exported model says every sentence, both ways."""
    import ctranslate2  # noqa: PLC0415 - Slow to load, and only here.

    from training.translation.export import export  # noqa: PLC0415 - Only this process may load JAX.

    texts = {"es": SPANISH_TO_ENGLISH, "en": {english: spanish for spanish, english in SPANISH_TO_ENGLISH.items()}}
    vocabulary = fitted.vocabulary
    for tag, known in texts.items():
        tried = folder / "tried"
        tried.mkdir(exist_ok=True)
        export(fitted.parameters, fitted.shape, vocabulary, tag, tried)
        model = ctranslate2.Translator(str(tried), intra_threads=1)
        shutil.rmtree(tried)
        for beams in (1, 2, 4):
            said = model.translate_batch([vocabulary.pieces_of(text) for text in known], beam_size=beams, length_penalty=0.2)
            if [found.hypotheses[0] for found in said] != [vocabulary.pieces_of(text) for text in known.values()]:
                return False
    return True


if __name__ == "__main__":
    _make(Path(sys.argv[1]))
