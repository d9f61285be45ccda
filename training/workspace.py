"""A city at the workbench: its pack, its messages, and where its bundles lie."""

import argparse
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from models.bundle import Bundle, load_bundle
from models.published import published_bundle
from routing.city import City, load_city
from training.corpus import Row, read_corpus
from training.errors import TrainingError


@dataclass(frozen=True)
class Workspace:
    """Everything that a command needs to know about a city; what it reads is read once, when first asked for."""

    cities_folder: Path
    var_folder: Path
    name: str

    @classmethod
    def of(cls, options: argparse.Namespace) -> "Workspace":
        """Take the workspace that the shared options name."""
        return cls(options.cities_folder, options.var_folder, options.city)

    @property
    def bundles(self) -> Path:
        """The folder of all the city's bundles."""
        return self.var_folder / "bundles" / self.name

    @cached_property
    def city(self) -> City:
        """The city pack."""
        return load_city(self.cities_folder / self.name)

    @cached_property
    def corpus(self) -> list[Row]:
        """The messages that models are fitted on."""
        return read_corpus(self.city.folder / "corpus", self.city.languages, self.city.catalog.services)

    @property
    def has_development(self) -> bool:
        """Whether the pack has messages to measure on."""
        return (self.city.folder / "development").is_dir()

    @cached_property
    def development(self) -> list[Row]:
        """Messages by other authors, which are never trained on. Raises TrainingError where the pack has none."""
        folder = self.city.folder / "development"
        if not self.has_development:
            raise TrainingError(
                f"{folder} is missing: a model is measured on messages by other authors. Or use evaluate --held-out."
            )
        return read_corpus(folder, self.city.languages, self.city.catalog.services)

    @property
    def volumes(self) -> dict[str, int]:
        """How common each service is, in cases a year."""
        return {code: service.cases_a_year for code, service in self.city.catalog.services.items()}

    @property
    def published(self) -> str:
        """The name of the bundle in use."""
        return published_bundle(self.bundles)

    def bundle(self, name: str | None = None) -> Bundle:
        """Load a bundle by its name (default: the one in use). Raises BundleRefusedError."""
        chosen = name or self.published
        return load_bundle(self.bundles / chosen, remedy=f"python -m training fit --city {self.name} --bundle {chosen}")
