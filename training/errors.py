"""What a person at the workbench can mend."""


class TrainingError(Exception):
    """The command cannot go on; the message says why, and what to do."""
