"""Records, certificates, and the names printed on them."""

from alembic import op

revision = "archive_0001"
down_revision = None
branch_labels = ("archive",)
depends_on = None


def upgrade() -> None:
    op.execute("""
        CREATE TABLE records (
            enrollment_id uuid PRIMARY KEY,
            program_id uuid NOT NULL,
            member_id uuid NOT NULL,
            path text NOT NULL,
            completed integer NOT NULL,
            modules integer NOT NULL,
            passed boolean,
            data json NOT NULL
        );
        CREATE INDEX records_program ON records (program_id, enrollment_id);
        CREATE INDEX records_member ON records (member_id);
        CREATE TABLE certificates (
            serial text PRIMARY KEY,
            enrollment_id uuid NOT NULL,
            issued_on date NOT NULL,
            status text NOT NULL,
            data json NOT NULL
        );
        CREATE INDEX certificates_enrollment ON certificates (enrollment_id);
        CREATE TABLE programs (
            id uuid PRIMARY KEY,
            code text NOT NULL,
            version integer NOT NULL,
            title text NOT NULL,
            data json NOT NULL
        );
        CREATE TABLE people (
            member_id uuid PRIMARY KEY,
            number text NOT NULL,
            name text NOT NULL
        );
        CREATE TABLE organizations (
            path text PRIMARY KEY,
            name text NOT NULL
        );
    """)


def downgrade() -> None:
    op.execute("DROP TABLE records, certificates, programs, people, organizations")
