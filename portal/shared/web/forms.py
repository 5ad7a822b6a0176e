"""The ground of every form."""

from __future__ import annotations

from typing import Any

from flask_wtf import FlaskForm
from wtforms import Field


class Form(FlaskForm):  # type: ignore[misc]  # the package carries no types
    """A form with the token of the session; its own messages only, in the language of the page."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        """WTForms brings no Brazilian Portuguese: every validator says its message itself."""

        locales = False

        def get_translations(self, form: Any) -> None:
            """None: WTForms's own messages stay unused."""

    @property
    def problems(self) -> list[dict[str, str]]:
        """Every error as its field's id and a sentence, in the order of the page, for the summary on top."""
        return [{"field": str(field.id), "text": str(error)} for field in self for error in field.errors]


def typed(field: Field) -> str:
    """What was typed in a field, or nothing, without the spaces around it."""
    return str(field.data or "").strip()
