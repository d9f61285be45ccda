"""Progress bars of the workbench."""

from typing import Self

from tqdm import tqdm


class Steps:
    """A bar that moves when a step begins; its last move is the end."""

    def __init__(self, title: str, steps: tuple[str, ...]) -> None:
        self._bar = tqdm(
            total=len(steps), desc=title, unit="step", bar_format="{desc}: {bar} {n_fmt}/{total_fmt} {postfix} {elapsed}"
        )
        self._begun = False

    def __enter__(self) -> Self:
        return self

    def __call__(self, step: str) -> None:
        """Begin a step."""
        if self._begun:
            self._bar.update()
        self._begun = True
        self._bar.set_postfix_str(step)

    def __exit__(self, *error: object) -> None:
        if error[0] is None:
            self._bar.update()
        self._bar.close()
