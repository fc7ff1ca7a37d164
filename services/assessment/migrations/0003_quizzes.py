"""Attempts at quizzes."""

from alembic import op

revision = "assessment_0003"
down_revision = "assessment_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
        CREATE TABLE attempts (
            enrollment_id uuid NOT NULL,
            quiz_id uuid NOT NULL,
            attempt integer NOT NULL,
            attempt_id uuid NOT NULL,
            started_at timestamptz NOT NULL,
            closes_at timestamptz,
            ended_at timestamptz,
            waiting integer,
            points numeric,
            most numeric,
            percent numeric,
            passed boolean,
            PRIMARY KEY (enrollment_id, quiz_id, attempt)
        );
        CREATE INDEX attempts_quiz ON attempts (quiz_id, attempt_id);
        CREATE INDEX attempts_running ON attempts (closes_at) WHERE ended_at IS NULL;
    """)


def downgrade() -> None:
    op.execute("DROP TABLE attempts")
