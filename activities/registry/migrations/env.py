"""What Alembic runs for each migration: on the connection it is handed, inside the transaction that is open already."""

from alembic import context

from activities.registry.model import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    transactional_ddl=True,  # on SQLite too, since we say BEGIN ourselves: a failed migration leaves nothing behind
)
with context.begin_transaction():
    context.run_migrations()
