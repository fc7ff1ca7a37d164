"""Organizations, members, programs and enrollments."""

from alembic import op

revision = "enrollment_0001"
down_revision = None
branch_labels = ("enrollment",)
depends_on = None


def upgrade() -> None:
    op.execute("""
        CREATE TABLE organizations (
            id uuid PRIMARY KEY,
            code text NOT NULL,
            name text NOT NULL,
            kind text NOT NULL,
            path text NOT NULL
        );
        CREATE TABLE members (
            id uuid PRIMARY KEY,
            number text NOT NULL,
            name text NOT NULL,
            path text NOT NULL,
            categories json NOT NULL,
            accounts json NOT NULL
        );
        CREATE UNIQUE INDEX members_number ON members (number);
        CREATE TABLE programs (
            id uuid PRIMARY KEY,
            code text NOT NULL,
            version integer NOT NULL,
            data json NOT NULL
        );
        CREATE TABLE enrollments (
            id uuid PRIMARY KEY,
            member_id uuid NOT NULL,
            program_id uuid NOT NULL,
            category text NOT NULL,
            path text NOT NULL
        );
        CREATE INDEX enrollments_program ON enrollments (program_id, id);
        CREATE INDEX enrollments_member ON enrollments (member_id);
    """)


def downgrade() -> None:
    op.execute("DROP TABLE organizations, members, programs, enrollments")
