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
        ("GET", "/console/me"): _ALL,
        ("POST", "/console/sign-out"): _ALL,
    }
)


def may(role: Role, method: str, path: str) -> bool:
    """Whether `role` may use a route."""
    return role in ACCESS.get((method, path), frozenset())
