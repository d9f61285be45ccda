"""Splits by phrase family: messages that say nearly the same thing are never on both sides."""

from collections.abc import Sequence

from sklearn.model_selection import GroupShuffleSplit

from training.corpus import Row


def split_by_family(rows: Sequence[Row], *, share: float, seed: int) -> tuple[list[Row], list[Row]]:
    """Split rows into training and test rows, `share` of the families to the second."""
    splitter = GroupShuffleSplit(n_splits=1, test_size=share, random_state=seed)
    train, test = next(splitter.split(rows, groups=[row.family for row in rows]))
    return [rows[i] for i in train], [rows[i] for i in test]
