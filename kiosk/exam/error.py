"""The one family of errors a person is ever shown: words they can act on, under a short title."""


class KioskError(Exception):
    """Something went wrong that the person at the screen can understand and act on."""

    title = "Something is wrong"

    def __init__(self, message: str, title: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        """What happened and what to do, in plain words."""
        if title is not None:
            self.title = title


class Refused(KioskError):
    """A move the rules of the exam do not allow now; nothing was changed."""

    title = "Not now"


class Invalid(KioskError):
    """A document, file or field that is not what it should be; the message names the place."""

    title = "Not valid"


class Tampered(KioskError):
    """Bytes whose signature, digest or chain does not hold."""

    title = "Does not verify"


class Denied(KioskError):
    """An act for which the person has no right."""

    title = "Not allowed"

    def __init__(self, message: str, title: str | None = None, *, wait_seconds: int = 0) -> None:
        super().__init__(message, title)
        self.wait_seconds = wait_seconds
        """How long the person must wait before the next try; 0 for no wait. Said beside the message, never in it."""


MISSHAPEN = (KeyError, IndexError, TypeError, ValueError, AttributeError, ArithmeticError, StopIteration)
"""What reading an entry raises whose body has another shape than its kind; to be turned into Invalid."""
