"""Make the queue of the built-in runner anew, room for errors, and on PostgreSQL the tables of the job engine."""

from __future__ import annotations

import hashlib
from importlib import resources

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

# As in portal/shared/records/base.py: what a migration did must not change with the code.
KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
INSTANT = sa.DateTime(timezone=True)

# The schema that procrastinate 3.10 brings with it; what this migration makes must not change with the engine.
ENGINE_SCHEMA = "c70ec4b400a60ad9592787653aae5ae77ae41bf801d56b5bd2712751a07f2009"
# The engine finds a key among jobs that wait; we also look for it among those that run or failed.
KEY_INDEX = "CREATE INDEX twodoor_jobs_queueing_lock ON procrastinate_jobs (queueing_lock)"

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    """Go forward."""
    op.drop_table("jobs")  # nothing was ever put into it
    op.create_table(
        "jobs",
        sa.Column("id", KEY, nullable=False),
        sa.Column("task", sa.Text(), nullable=False),
        sa.Column("arguments", JSON, nullable=False),
        sa.Column("dedupe_key", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", KEY, nullable=False),
        sa.Column("run_at", INSTANT, nullable=True),
        sa.Column("leased_until", INSTANT, nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.CheckConstraint("state IN ('waiting', 'running', 'failed')", name=op.f("ck_jobs_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
        sa.UniqueConstraint("dedupe_key", name=op.f("uq_jobs_dedupe_key")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_jobs_state_run_at", "jobs", ["state", "run_at"], unique=False)
    op.create_table(
        "job_errors",
        sa.Column("job_id", KEY, autoincrement=False, nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("job_id", name=op.f("pk_job_errors")),
    )
    op.create_table(
        "sweeps",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("began_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column("failures", KEY, nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_sweeps")),
    )
    if op.get_bind().dialect.name == "postgresql":
        # As one text, without parameters: the driver would take its percent signs for them.
        plainly = op.get_bind().execution_options(no_parameters=True)
        plainly.exec_driver_sql(engine_schema())
        op.execute(KEY_INDEX)


def engine_schema() -> str:
    """The engine's own schema, as the installed package has it.

    Raises:
        RuntimeError: it is that of another version, whose tables need a migration of their own.
    """
    text = (resources.files("procrastinate") / "sql" / "schema.sql").read_text(encoding="utf-8")
    if hashlib.sha256(text.encode()).hexdigest() != ENGINE_SCHEMA:
        raise RuntimeError("This migration makes the tables of procrastinate 3.10; another one is installed.")
    return text


def downgrade() -> None:
    """Go back."""
    if op.get_bind().dialect.name == "postgresql":
        for kind, names in ENGINE_PARTS.items():
            for name in names.split():
                op.execute(f"DROP {kind} {name} CASCADE")
    op.drop_table("sweeps")
    op.drop_table("job_errors")
    op.drop_table("jobs")
    op.create_table(
        "jobs",
        sa.Column("id", KEY, nullable=False),
        sa.Column("task", sa.Text(), nullable=False),
        sa.Column("arguments", JSON, nullable=False),
        sa.Column("dedupe_key", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", KEY, nullable=False),
        sa.Column("run_at", INSTANT, nullable=False),
        sa.Column("leased_until", INSTANT, nullable=True),
        sa.Column("last_error", sa.Text(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("finished_at", INSTANT, nullable=True),
        sa.CheckConstraint("state IN ('waiting', 'running', 'done', 'failed')", name=op.f("ck_jobs_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
        sa.UniqueConstraint("dedupe_key", name=op.f("uq_jobs_dedupe_key")),
    )
    op.create_index("ix_jobs_state_run_at", "jobs", ["state", "run_at"], unique=False)


ENGINE_PARTS = {
    "TABLE": "procrastinate_events procrastinate_periodic_defers procrastinate_jobs procrastinate_workers",
    "FUNCTION": """
        procrastinate_defer_jobs_v1 procrastinate_defer_periodic_job_v2
        procrastinate_finish_job_v1 procrastinate_cancel_job_v1 procrastinate_retry_job_v1
        procrastinate_retry_job_v2 procrastinate_notify_queue_job_inserted_v1
        procrastinate_notify_queue_abort_job_v1 procrastinate_trigger_function_status_events_insert_v1
        procrastinate_trigger_function_status_events_update_v1 procrastinate_trigger_function_scheduled_events_v1
        procrastinate_trigger_abort_requested_events_procedure_v1 procrastinate_unlink_periodic_defers_v1
        procrastinate_register_worker_v1 procrastinate_unregister_worker_v1 procrastinate_update_heartbeat_v1
        procrastinate_prune_stalled_workers_v1
    """,
    # The function that fetches returns a row of the table, and went with it.
    "TYPE": "procrastinate_job_to_defer_v1 procrastinate_job_event_type procrastinate_job_status",
}
