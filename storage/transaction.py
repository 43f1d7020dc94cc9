"""One transaction per public method: what every noun of a hall's and an office's store stands on."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import ClassVar

from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, sessionmaker

from kiosk.exam.error import Refused
from storage.engine import reading


class Transactional:
    """One noun of a store over one engine; usable from any thread. Raises Refused for rows that do not fit."""

    MISFIT: ClassVar[str]
    """What somebody is told when their rows do not fit those kept already."""

    def __init__(self, engine: Engine) -> None:
        self._writers = sessionmaker(engine, expire_on_commit=False)
        self._readers = sessionmaker(reading(engine), expire_on_commit=False)

    @contextmanager
    def _writing(self) -> Iterator[Session]:
        try:
            with self._writers.begin() as session:
                yield session
        except IntegrityError as error:
            raise Refused(self.MISFIT) from error

    def _reading(self) -> AbstractContextManager[Session]:
        return self._readers.begin()
