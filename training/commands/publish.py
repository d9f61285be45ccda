"""`publish` and `rollback`: which bundle the service answers with, and why."""

import argparse
from datetime import UTC, datetime
from typing import Any

from models.bundle import read_card
from models.published import Publication, before_last, publications, published_bundle, record
from training.commands.compare import print_comparison
from training.comparison import compare
from training.errors import TrainingError
from training.judging import judge
from training.workspace import Workspace


def add_publish(commands: Any, shared: argparse.ArgumentParser) -> None:
    """Add the command's parser."""
    parser = commands.add_parser("publish", parents=[shared], help="let the service answer with a bundle, if no language loses")
    parser.add_argument("bundle", nargs="?", help="name of the bundle; without one, list what was published")
    parser.add_argument(
        "--accept", metavar="REASON", help="publish although some language or channel loses; the reason is recorded"
    )
    parser.set_defaults(run=_publish)


def add_rollback(commands: Any, shared: argparse.ArgumentParser) -> None:
    """Add the command's parser."""
    parser = commands.add_parser("rollback", parents=[shared], help="return to the bundle that was in use before")
    parser.add_argument("--reason", required=True, help="why; it is recorded")
    parser.set_defaults(run=_rollback)


def _publish(options: argparse.Namespace) -> int:
    space = Workspace.of(options)
    if options.bundle is None:
        return _list(space)
    if options.bundle == space.published:
        raise TrainingError(f"{options.bundle} is in use already.")
    candidate, current = space.bundle(options.bundle), space.bundle()
    found = compare(judge(current, space.development, space.city), judge(candidate, space.development, space.city))
    print(f"{candidate.name} against {current.name}, which is in use, on {len(space.development)} development messages")
    print_comparison([one for one in found if one.slice == "all" or one.is_loss or one.is_gain])
    losses = tuple(str(one) for one in found if one.is_loss)
    if losses and not options.accept:
        listed = "\n  ".join(losses)
        raise TrainingError(
            f"Not published: {options.bundle} loses more than noise\n  {listed}\nPublish it nevertheless: --accept REASON"
        )
    _record(space, "publish", options.bundle, options.accept or "no language or channel loses more than noise", losses)
    return 0


def _rollback(options: argparse.Namespace) -> int:
    space = Workspace.of(options)
    name = before_last(space.bundles)
    if name is None:
        raise TrainingError(f"Nothing was published before {space.published}: there is nothing to return to.")
    _record(space, "rollback", name, options.reason, ())
    return 0


def _record(space: Workspace, action: Any, name: str, reason: str, losses: tuple[str, ...]) -> None:
    card = read_card(space.bundles / name, remedy=f"python -m training fit --city {space.name} --bundle {name}")
    record(
        space.bundles,
        Publication(action=action, bundle=name, version=card.version, at=datetime.now(UTC), reason=reason, losses=losses),
    )
    print(f"{card.name} {card.version} is in use from the service's next start")


def _list(space: Workspace) -> int:
    for one in publications(space.bundles):
        print(f"{one.at:%Y-%m-%d %H:%M} {one.action:8} {one.bundle} {one.version}: {one.reason}")
        for loss in one.losses:
            print(f"    accepted loss: {loss}")
    print(f"in use: {published_bundle(space.bundles)}")
    return 0
