"""How Alembic reaches the open connection; revisions run inside the caller's transaction."""

from alembic import context
from sqlmodel import SQLModel

from moderation.storage import people_tables, rights_tables, tables  # noqa: F401 - they fill the metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
    compare_type=True,
    compare_server_default=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
