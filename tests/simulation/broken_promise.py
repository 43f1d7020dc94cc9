"""What the simulation raises where a promise was not kept."""


class Broken(AssertionError):
    """A promise that was not kept; the words name it."""
