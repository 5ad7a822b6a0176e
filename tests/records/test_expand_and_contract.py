"""Every migration after the first release only adds, so that the version before runs on its database (docs/running)."""

from __future__ import annotations

import ast

import pytest

from portal.shared.records.schema import migrations_folder

# Older than the rule: whoever comes from them stops everything, migrates, starts.
BEFORE_THE_RULE = "0013"
TAKES_AWAY = {
    "drop_table",
    "drop_column",
    "rename_table",
    "drop_constraint",
    "create_check_constraint",
    "create_unique_constraint",
    "create_foreign_key",
}
# A migration that removes what no release uses any more says which release used it last.
CONTRACTS = "contracts"

STEPS = [
    file for file in sorted(migrations_folder().glob("versions/0*.py")) if file.name[:4] > BEFORE_THE_RULE
]


def offences(source: str) -> list[str]:
    """What in a migration's upgrade the version before could stumble over, by line."""
    tree = ast.parse(source)
    if any(
        isinstance(one, ast.Assign | ast.AnnAssign) and CONTRACTS in ast.unparse(one) for one in tree.body
    ):
        return []
    functions = [one for one in tree.body if isinstance(one, ast.FunctionDef) and one.name != "downgrade"]
    found = []
    for call in (node for one in functions for node in ast.walk(one) if isinstance(node, ast.Call)):
        name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
        if name in TAKES_AWAY or (name == "alter_column" and _tightens(call)):
            found.append(f"line {call.lineno}: {name}")
        if name == "add_column" and not _may_be_left_out(call):
            found.append(f"line {call.lineno}: add_column without a default in the database")
    return found


def _tightens(call: ast.Call) -> bool:
    return any(
        word.arg in ("new_column_name", "type_")
        or (word.arg == "nullable" and ast.unparse(word.value) == "False")
        or (word.arg == "server_default" and ast.unparse(word.value) == "None")
        for word in call.keywords
    )


def _may_be_left_out(call: ast.Call) -> bool:
    column = next((one for one in call.args if isinstance(one, ast.Call)), None)
    if column is None:
        return False
    words = {word.arg: ast.unparse(word.value) for word in column.keywords}
    return words.get("nullable") == "True" or "server_default" in words


def test_every_migration_only_adds() -> None:
    found = {step.name: offences(step.read_text(encoding="utf-8")) for step in STEPS}
    assert {name: lines for name, lines in found.items() if lines} == {}


UPGRADE = "def upgrade():\n    "
EXAMPLES = {
    "a-table-goes": ("op.drop_table('carts')", 1),
    "a-column-goes": ("op.drop_column('carts', 'note')", 1),
    "a-column-is-renamed": ("op.alter_column('carts', 'note', new_column_name='remark')", 1),
    "a-column-must-be-filled": ("op.alter_column('carts', 'note', nullable=False)", 1),
    "a-default-goes": ("op.alter_column('carts', 'note', server_default=None)", 1),
    "a-new-column-must-be-filled": (
        "op.add_column('carts', sa.Column('note', sa.Text(), nullable=False))",
        1,
    ),
    "a-new-column-may-be-empty": ("op.add_column('carts', sa.Column('note', sa.Text(), nullable=True))", 0),
    "a-new-column-has-a-default": ("op.add_column('carts', sa.Column('n', sa.Text(), server_default=''))", 0),
    "a-new-table": ("op.create_table('notes', sa.Column('id', sa.Integer(), nullable=False))", 0),
    "a-column-is-widened": ("op.alter_column('carts', 'note', nullable=True)", 0),
}


@pytest.mark.parametrize(("step", "number"), EXAMPLES.values(), ids=EXAMPLES.keys())
def test_the_rule_finds_what_takes_away(step: str, number: int) -> None:
    assert len(offences(f"{UPGRADE}{step}\n")) == number
    assert offences(f"def downgrade():\n    {step}\n") == []
    assert offences(f'contracts = "0.1.0"\n{UPGRADE}{step}\n') == []
