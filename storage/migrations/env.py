"""Runs the office's revisions on the connection `storage.migration` hands over."""

from alembic import context
from sqlalchemy import ForeignKeyConstraint

from storage.models.office import OfficeBase
from storage.partition import is_partition


def _is_ours(found: object, name: str | None, kind: str, *_: object) -> bool:
    """Return whether the models know of something: not of partitions, nor of the foreign keys that lead into them."""
    if isinstance(found, ForeignKeyConstraint):
        return not is_partition(found.elements[0].target_fullname.split(".")[0])
    return not (kind == "table" and name is not None and is_partition(name))


def run() -> None:
    """Configure Alembic for this connection and run."""
    connection = context.config.attributes["connection"]
    context.configure(
        connection=connection,
        target_metadata=OfficeBase.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
        include_object=_is_ours,
    )
    with context.begin_transaction():
        context.run_migrations()


run()
