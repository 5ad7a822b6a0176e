"""What is done with invoices in the same way in both portals."""

from __future__ import annotations

from flask_babel import lazy_gettext

from portal.shared.web.help.telling import Note, Step

FIND_AND_READ = (
    Step(lazy_gettext("For older ones fill in what you know of them, and choose %(search)s.")),
    Step(
        lazy_gettext("Choose the number of an invoice to read it, then %(download_pdf)s or %(print)s."),
        (
            Note(
                lazy_gettext(
                    "Is something wrong with an invoice? You can dispute it on its page for %(dispute_days)s "
                    "days."
                )
            ),
        ),
    ),
)

PAY_ALL_OR_A_PART = Step(
    lazy_gettext("Choose %(pay)s. Under %(amount)s stands all that is open; you can pay a part of it.")
)
