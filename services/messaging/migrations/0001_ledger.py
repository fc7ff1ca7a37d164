"""Outbox, inbox, parked facts, and what catch-up remembers."""

from alembic import op

revision = "ledger_0001"
down_revision = None
branch_labels = ("ledger",)
depends_on = None

TABLES = """
CREATE TABLE outbox (
    sequence bigint GENERATED ALWAYS AS IDENTITY,
    id uuid PRIMARY KEY,
    type text NOT NULL,
    subject uuid NOT NULL,
    time timestamptz NOT NULL,
    data json NOT NULL,
    causationid uuid,
    traceparent text,
    position bigint
);
CREATE INDEX outbox_waiting ON outbox (sequence) WHERE position IS NULL;
CREATE UNIQUE INDEX outbox_position ON outbox (type, position) WHERE position IS NOT NULL;

CREATE TABLE heads (
    type text PRIMARY KEY,
    position bigint NOT NULL,
    published bigint NOT NULL
);

CREATE TABLE inbox (
    id uuid PRIMARY KEY,
    type text NOT NULL,
    source text NOT NULL,
    subject uuid NOT NULL,
    time timestamptz NOT NULL,
    data json NOT NULL,
    digest text NOT NULL,
    traceparent text,
    position bigint,
    basis integer,
    heard_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX inbox_subject ON inbox (subject);
CREATE INDEX inbox_type ON inbox (type, position);

CREATE TABLE about (
    subject uuid NOT NULL,
    id uuid NOT NULL,
    PRIMARY KEY (subject, id)
);

CREATE TABLE within (
    subject uuid PRIMARY KEY,
    parent uuid NOT NULL
);
CREATE INDEX within_parent ON within (parent);

CREATE TABLE subjects (
    id uuid PRIMARY KEY,
    is_group boolean NOT NULL,
    stale integer NOT NULL DEFAULT 0
);
CREATE INDEX subjects_stale ON subjects (id) WHERE stale > 0;

CREATE TABLE parked (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    digest text NOT NULL UNIQUE,
    id text,
    type text,
    subject text,
    position bigint,
    envelope json NOT NULL,
    reason text NOT NULL,
    status text NOT NULL DEFAULT 'parked' CHECK (status IN ('parked', 'retry', 'dropped')),
    parked_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE heard (
    type text PRIMARY KEY,
    through bigint NOT NULL
);

CREATE TABLE rebuilding (
    since timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE commands (
    caller text NOT NULL,
    key text NOT NULL,
    digest text NOT NULL,
    answer json,
    asked_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (caller, key)
);
"""


def upgrade() -> None:
    op.execute(TABLES)


def downgrade() -> None:
    op.execute(
        "DROP TABLE outbox, heads, inbox, about, within, subjects, parked, heard, rebuilding,"
        " commands"
    )
