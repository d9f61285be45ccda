"""Who may do what: one table from route to roles. A route that is not in it lets nobody in."""

from enum import StrEnum
from types import MappingProxyType


class Role(StrEnum):
    """What a person works as."""

    AGENT = "agent"
    SUPERVISOR = "supervisor"
    DATA_SCIENTIST = "data_scientist"
    ADMINISTRATOR = "administrator"


_ALL = frozenset(Role)
_TALKING = frozenset({Role.AGENT, Role.SUPERVISOR, Role.ADMINISTRATOR})
_LEADING = frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR})
_MEASURING = frozenset({Role.SUPERVISOR, Role.DATA_SCIENTIST, Role.ADMINISTRATOR})
_TRAINING = frozenset({Role.DATA_SCIENTIST, Role.ADMINISTRATOR})
_RUNNING = frozenset({Role.ADMINISTRATOR})

# Method and path as the router knows them. A test walks every route of the console as every role.
ACCESS: MappingProxyType[tuple[str, str], frozenset[Role]] = MappingProxyType(
    {
        # Those who have no queue are led on from here to the first page that is for them.
        ("GET", "/console"): _ALL,
        ("GET", "/console/waiting"): _TALKING,
        ("GET", "/console/events"): _TALKING,
        ("POST", "/console/next"): _TALKING,
        ("POST", "/console/undo"): _TALKING,
        ("GET", "/console/reviews/{review_id}"): _TALKING,
        ("POST", "/console/reviews/{review_id}/show"): _TALKING,
        ("POST", "/console/reviews/{review_id}/preview"): _TALKING,
        ("POST", "/console/reviews/{review_id}/open"): _TALKING,
        ("POST", "/console/reviews/{review_id}/done"): _TALKING,
        ("POST", "/console/reviews/{review_id}/split"): _TALKING,
        ("POST", "/console/reviews/{review_id}/join"): _TALKING,
        ("POST", "/console/reviews/{review_id}/answer"): _TALKING,
        ("POST", "/console/reviews/{review_id}/close"): _TALKING,
        ("POST", "/console/reviews/{review_id}/release"): _TALKING,
        ("GET", "/console/services"): _TALKING,
        ("GET", "/console/places"): _TALKING,
        ("GET", "/console/articles"): _TALKING,
        ("GET", "/console/photos/{attachment_id}"): _TALKING,
        ("GET", "/console/me"): _ALL,
        ("POST", "/console/sign-out"): _ALL,
        ("GET", "/console/conversations"): _TALKING,
        ("GET", "/console/conversations/rows"): _TALKING,
        ("GET", "/console/conversations/{conversation_id}"): _TALKING,
        ("GET", "/console/conversations/{conversation_id}/turns"): _TALKING,
        ("GET", "/console/conversations/{conversation_id}/events"): _TALKING,
        ("POST", "/console/conversations/{conversation_id}/take"): _TALKING,
        ("POST", "/console/conversations/{conversation_id}/hand-back"): _TALKING,
        ("POST", "/console/conversations/{conversation_id}/preview"): _TALKING,
        ("POST", "/console/conversations/{conversation_id}/send"): _TALKING,
        ("POST", "/console/conversations/{conversation_id}/typing"): _TALKING,
        ("GET", "/console/cases"): _TALKING,
        ("POST", "/console/cases/contact"): _TALKING,
        ("GET", "/console/cases/{number}"): _TALKING,
        ("POST", "/console/cases/{number}/text"): _TALKING,
        ("POST", "/console/cases/{number}/service"): _TALKING,
        ("POST", "/console/cases/{number}/place"): _TALKING,
        ("POST", "/console/cases/{number}/priority"): _TALKING,
        ("POST", "/console/cases/{number}/tasks"): _TALKING,
        ("POST", "/console/cases/{number}/tasks/{task_id}/done"): _TALKING,
        ("POST", "/console/cases/{number}/merge"): _TALKING,
        ("POST", "/console/cases/{number}/unmerge"): _TALKING,
        ("POST", "/console/cases/{number}/split"): _TALKING,
        ("POST", "/console/cases/{number}/close"): _TALKING,
        ("POST", "/console/cases/{number}/reopen"): _TALKING,
        ("POST", "/console/cases/{number}/withdraw"): _LEADING,
        ("POST", "/console/cases/{number}/effects/{effect_id}"): _TALKING,
        ("GET", "/console/translation"): _ALL,
        ("GET", "/console/messages/{message_id}/translation"): _TALKING,
        ("POST", "/console/messages/{message_id}/translation"): _TALKING,
        ("GET", "/console/people"): _RUNNING,
        ("POST", "/console/people"): _RUNNING,
        ("POST", "/console/people/{person_id}"): _RUNNING,
        ("POST", "/console/people/{person_id}/password"): _RUNNING,
        ("GET", "/console/audit"): _LEADING,
        ("GET", "/console/insight"): _MEASURING,
        ("GET", "/console/models"): _TRAINING,
        ("GET", "/console/models/job"): _TRAINING,
        ("GET", "/console/models/{bundle}/report"): _TRAINING,
        ("POST", "/console/models/{bundle}/report"): _TRAINING,
        ("POST", "/console/models/{bundle}/publish"): _TRAINING,
        ("POST", "/console/models/rollback"): _TRAINING,
        ("GET", "/console/insight/{table_id}.csv"): _MEASURING,
    }
)


def may(role: Role, method: str, path: str) -> bool:
    """Whether `role` may use a route."""
    return role in ACCESS.get((method, path), frozenset())
