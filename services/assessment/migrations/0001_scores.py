"""Scores and review windows."""

from alembic import op

revision = "assessment_0001"
down_revision = None
branch_labels = ("assessment",)
depends_on = None


def upgrade() -> None:
    op.execute("""
        CREATE TABLE scores (
            enrollment_id uuid PRIMARY KEY,
            program_id uuid NOT NULL,
            member_id uuid NOT NULL,
            path text NOT NULL,
            score_id uuid NOT NULL,
            total numeric NOT NULL,
            passed boolean NOT NULL,
            final boolean NOT NULL
        );
        CREATE INDEX scores_program ON scores (program_id, enrollment_id);
        CREATE INDEX scores_member ON scores (member_id);
        CREATE TABLE windows (
            program_id uuid PRIMARY KEY,
            outcomes_due timestamptz NOT NULL,
            reviews_due timestamptz NOT NULL,
            opened boolean NOT NULL,
            closed boolean NOT NULL
        );
    """)


def downgrade() -> None:
    op.execute("DROP TABLE scores, windows")
