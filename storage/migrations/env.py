"""Runs the office's revisions on the connection `storage.migration` hands over."""

from alembic import context

from storage.models.office import OfficeBase


def run() -> None:
    """Configure Alembic for this connection and run."""
    connection = context.config.attributes["connection"]
    context.configure(
        connection=connection,
        target_metadata=OfficeBase.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


run()
