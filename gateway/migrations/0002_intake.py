"""Partners, what they sent, what of it could not be used, and what is known here."""

from alembic import op

revision = "gateway_0002"
down_revision = "gateway_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
        CREATE TABLE partners (
            code text PRIMARY KEY,
            name text NOT NULL,
            password_hash text NOT NULL,
            webhook_secret text NOT NULL,
            previous_password_hash text,
            previous_webhook_secret text,
            since timestamptz NOT NULL,
            created_at timestamptz NOT NULL
        );
        CREATE TABLE received (
            partner text NOT NULL,
            id text NOT NULL,
            digest text NOT NULL,
            account_id uuid NOT NULL,
            door text NOT NULL CHECK (door IN ('xapi', 'events')),
            time timestamptz NOT NULL,
            received_at timestamptz NOT NULL DEFAULT now(),
            statement json NOT NULL,
            PRIMARY KEY (partner, id)
        );
        CREATE TABLE unusable (
            number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            partner text NOT NULL,
            door text NOT NULL CHECK (door IN ('xapi', 'events')),
            digest text NOT NULL,
            id text,
            content_type text NOT NULL,
            headers json NOT NULL,
            body bytea NOT NULL,
            field text NOT NULL,
            zh text NOT NULL,
            en text NOT NULL,
            times integer NOT NULL DEFAULT 1,
            received_at timestamptz NOT NULL DEFAULT now(),
            UNIQUE (partner, door, digest)
        );
        CREATE TABLE known_accounts (id uuid PRIMARY KEY);
        CREATE TABLE known_activities (id uuid PRIMARY KEY);
    """)


def downgrade() -> None:
    op.execute("DROP TABLE partners, received, unusable, known_accounts, known_activities")
