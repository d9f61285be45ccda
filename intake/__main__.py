"""The service's commands: `python -m intake serve | talk | understand | knowledge | keys | check | bench`."""

import argparse
import os
import sys

from intake.commands.assets import add_assets
from intake.commands.bench import add_bench
from intake.commands.check import add_check
from intake.commands.effects import add_effects
from intake.commands.keys import add_keys
from intake.commands.knowledge import add_knowledge
from intake.commands.open_data import add_open_data
from intake.commands.opt_out import add_opt_out
from intake.commands.people import add_people
from intake.commands.retention import add_retention
from intake.commands.serve import add_serve
from intake.commands.talk import add_talk
from intake.commands.translation import add_translation
from intake.commands.understand import add_understand
from intake.commands.worker import add_worker
from intake.errors import RefuseToStart
from intake.logs import set_up_logs


def main(arguments: list[str] | None = None) -> int:
    """Run one command; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m intake", description="The 311 intake service of a city.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for add in (
        add_serve,
        add_worker,
        add_effects,
        add_talk,
        add_understand,
        add_knowledge,
        add_assets,
        add_keys,
        add_people,
        add_open_data,
        add_opt_out,
        add_retention,
        add_translation,
        add_check,
        add_bench,
    ):
        add(commands)
    options = parser.parse_args(arguments)
    # Standard output is for what a command was asked for; `serve` and `worker` say more.
    set_up_logs("WARNING")
    try:
        return int(options.run(options))
    except RefuseToStart as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # Whoever read our output has seen enough (`| head`); what is still buffered has no reader.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


if __name__ == "__main__":
    sys.exit(main())
