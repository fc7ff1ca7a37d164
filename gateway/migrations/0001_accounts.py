"""Accounts, what they signed in with, and how often signing in failed."""

from alembic import op

revision = "gateway_0001"
down_revision = None
branch_labels = ("gateway",)
depends_on = None


def upgrade() -> None:
    op.execute("""
        CREATE TABLE accounts (
            username text PRIMARY KEY,
            password text NOT NULL,
            member_id uuid,
            grants json NOT NULL
        );
        CREATE TABLE tokens (
            digest text PRIMARY KEY,
            username text NOT NULL REFERENCES accounts ON DELETE CASCADE,
            expires_at timestamptz NOT NULL
        );
        CREATE INDEX tokens_username ON tokens (username);
        CREATE INDEX tokens_expiry ON tokens (expires_at);
        CREATE TABLE failures (
            name text PRIMARY KEY,
            times integer NOT NULL,
            last_at timestamptz NOT NULL
        );
        CREATE INDEX failures_age ON failures (last_at);
    """)


def downgrade() -> None:
    op.execute("DROP TABLE failures, tokens, accounts")
