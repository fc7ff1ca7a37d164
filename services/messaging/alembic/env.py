"""Runs migrations on the engine that `database.migrate` hands over."""

from alembic import context

engine = context.config.attributes["engine"]
schema = context.config.attributes["schema"]

with engine.connect() as connection:
    context.configure(connection=connection, version_table_schema=schema)
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
