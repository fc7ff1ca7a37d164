"""Progress of enrollments and standings of statements."""

from alembic import op

revision = "learning_0001"
down_revision = None
branch_labels = ("learning",)
depends_on = None


def upgrade() -> None:
    op.execute("""
        CREATE TABLE progress (
            enrollment_id uuid PRIMARY KEY,
            program_id uuid NOT NULL,
            member_id uuid NOT NULL,
            path text NOT NULL,
            data json NOT NULL
        );
        CREATE INDEX progress_program ON progress (program_id, enrollment_id);
        CREATE INDEX progress_member ON progress (member_id);
        CREATE TABLE standings (
            id uuid PRIMARY KEY,
            partner text NOT NULL,
            statement_id text NOT NULL,
            verdict text NOT NULL,
            zh text NOT NULL,
            en text NOT NULL
        );
        CREATE INDEX standings_partner ON standings (partner, verdict, id);
    """)


def downgrade() -> None:
    op.execute("DROP TABLE progress, standings")
