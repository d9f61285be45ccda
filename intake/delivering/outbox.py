"""The port through which effects go to the delivery engine."""

from typing import Protocol

from sqlalchemy.orm import Session


class Outbox(Protocol):
    """Takes effects within the caller's transaction, so that they are committed together or not at all."""

    def put(
        self, session: Session, effect_id: str, *, partition: str, is_for_receiver: bool, name: str = "", delay_seconds: float = 0
    ) -> None:
        """Enqueue an effect, in order within `partition`; what other systems get waits apart from what residents get.

        `name` is that of this piece of work, the effect's id where it is the first.
        """
        ...
