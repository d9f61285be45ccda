"""Texts that mean about the same are put together, whatever language they are in."""

from collections import defaultdict

import numpy as np
from sklearn.cluster import AgglomerativeClustering

from models.meaning import Vectors

# The cosine distance at which two groups are no longer about one thing; read off groups of the corpus's questions.
_APART = 0.55


def clusters(meanings: Vectors) -> list[list[int]]:
    """Group unit vectors of shape (n, d); return positions, the largest group first, the most typical member first in each."""
    if len(meanings) < 2:
        return [[index] for index in range(len(meanings))]
    fitted = AgglomerativeClustering(n_clusters=None, metric="cosine", linkage="average", distance_threshold=_APART).fit(meanings)
    groups: dict[int, list[int]] = defaultdict(list)
    for index, label in enumerate(fitted.labels_):
        groups[int(label)].append(index)
    return sorted((_typical_first(group, meanings) for group in groups.values()), key=len, reverse=True)


def _typical_first(group: list[int], meanings: Vectors) -> list[int]:
    center = meanings[group].mean(axis=0)
    order = np.argsort(-(meanings[group] @ center), kind="stable")
    return [group[position] for position in order]
