"""Structured logs, one JSON object a line. What residents wrote, and who they are, never gets in."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

# Fields that could hold a person's words or number; a log call that uses one is a mistake, and must not leak.
_PERSONAL = frozenset({"text", "body", "sender", "contact", "phone", "email", "to", "From", "Body", "description", "place"})


def set_up_logs(level: str) -> None:
    """Send our own and the libraries' logs to standard error as JSON."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            drop_personal_data,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        # Asked for each line: whoever takes standard error over for a while gets what belongs there.
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )
    # It sets itself to DEBUG when it is imported, and tells of every index.
    logging.getLogger("bm25s").setLevel(logging.WARNING)
    logging.basicConfig(level=logging.WARNING, format="%(name)s: %(message)s", stream=sys.stderr)


def drop_personal_data(logger: object, name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Replace the value of every field that could be personal."""
    return {key: "[withheld]" if key in _PERSONAL else value for key, value in event.items()}
