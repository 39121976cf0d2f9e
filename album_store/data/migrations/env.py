"""The Alembic environment: runs migrations on the connection that `upgrade` passes in."""

from alembic import context

from album_store.data.modelbase import SqlAlchemyBase

context.configure(connection=context.config.attributes["connection"], target_metadata=SqlAlchemyBase.metadata)
with context.begin_transaction():
    context.run_migrations()
