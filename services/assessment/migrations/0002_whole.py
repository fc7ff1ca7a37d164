"""Pools, reviews, consensus, drafts, and what past scores were drawn from."""

from alembic import op

revision = "assessment_0002"
down_revision = "assessment_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
        ALTER TABLE scores
            ADD COLUMN withdrawn boolean NOT NULL DEFAULT false,
            ADD COLUMN released boolean NOT NULL DEFAULT false;
        ALTER TABLE windows
            ADD COLUMN pooled_at timestamptz,
            ADD COLUMN stand_in_at timestamptz;
        UPDATE windows SET pooled_at = outcomes_due, stand_in_at = reviews_due;
        ALTER TABLE windows
            ALTER COLUMN pooled_at SET NOT NULL,
            ALTER COLUMN stand_in_at SET NOT NULL;
        CREATE TABLE outcomes (
            enrollment_id uuid PRIMARY KEY,
            program_id uuid NOT NULL,
            outcome_id uuid NOT NULL,
            submitted_at timestamptz NOT NULL,
            late boolean NOT NULL,
            pooled boolean NOT NULL,
            reviews integer NOT NULL,
            spread numeric NOT NULL,
            staff_marked boolean NOT NULL,
            refereed boolean NOT NULL,
            decided boolean NOT NULL,
            appeal_id uuid,
            appealed_at timestamptz,
            recommended boolean NOT NULL
        );
        CREATE INDEX outcomes_program ON outcomes (program_id, enrollment_id);
        CREATE TABLE reviews (
            author_id uuid NOT NULL,
            reviewer_id uuid NOT NULL,
            program_id uuid NOT NULL,
            assignment_id uuid,
            assigned_at timestamptz,
            due_at timestamptz,
            voluntary boolean NOT NULL,
            expired boolean NOT NULL,
            done_at timestamptz,
            value numeric,
            PRIMARY KEY (author_id, reviewer_id)
        );
        CREATE INDEX reviews_program ON reviews (program_id);
        CREATE INDEX reviews_reviewer ON reviews (reviewer_id);
        CREATE INDEX reviews_assignment ON reviews (assignment_id);
        CREATE TABLE cohorts (
            program_id uuid PRIMARY KEY,
            digest text NOT NULL,
            basis integer NOT NULL,
            reliability numeric
        );
        CREATE TABLE agreements (
            enrollment_id uuid PRIMARY KEY,
            program_id uuid NOT NULL,
            agreed json,
            given json NOT NULL,
            reviewer json
        );
        CREATE INDEX agreements_program ON agreements (program_id);
        CREATE TABLE drawings (
            score_id uuid PRIMARY KEY,
            enrollment_id uuid NOT NULL,
            cohort text,
            facts bytea NOT NULL
        );
        CREATE INDEX drawings_enrollment ON drawings (enrollment_id);
        CREATE TABLE bases (
            digest text PRIMARY KEY,
            facts bytea NOT NULL
        );
        CREATE TABLE drafts (
            enrollment_id uuid PRIMARY KEY,
            saved_at timestamptz NOT NULL,
            data json NOT NULL
        );
    """)


def downgrade() -> None:
    op.execute("""
        DROP TABLE outcomes, reviews, cohorts, agreements, drawings, bases, drafts;
        ALTER TABLE windows DROP COLUMN pooled_at, DROP COLUMN stand_in_at;
        ALTER TABLE scores DROP COLUMN withdrawn, DROP COLUMN released;
    """)
