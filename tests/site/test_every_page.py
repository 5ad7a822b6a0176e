"""Every page there is, as everybody of the cast reaches it, and once more in every other language."""

from __future__ import annotations

import re
from collections import Counter

from portal.shared.web.entrance.languages import DEFAULT, LANGUAGES
from tests.site.other_languages import english_left, in_other_languages
from tests.site.walking import Visit, walk_everywhere
from tests.support.demo_house import DemoHouse
from tests.support.page_rules import broken_rules

# What answers GET and is no page of words.
NO_PAGES = {
    "static": "a file",
    "sandbox_processor.static": "a file",
    "front.brand_css": "a style sheet",
    "front.styles": "a style sheet",
    "front.health": "for machines",
    "front.ready": "for machines",
    "front.home": "leads on",
    "front.go_to_task": "leads on",
    "front.second_factor": "between the password and the house",  # tests/web/test_second_factor.py stands there
    "front.demo_clock_moving": "leads on while the clock stands",  # tests/web/test_demo_clock.py moves it
    "self_service.order_summary": "a part of the edit page",
    "corporate.desk_quote_summary": "a part of the quote builder",
    "corporate.seats_summary": "a part of the page that adds seats",
    "self_service.after_card": "leads on",
    "corporate.after_card": "leads on",
    "corporate.quote_pdf": "a file",
    "corporate.desk_rehearsal_invoice": "of a clone",  # tests/corporate/test_planning_and_rehearsing.py makes one
    "front.confirm_claim": "behind a link in a mail",  # tests/web/test_claim_pages.py
    "front.claim_filed": "tells what was filed in this browser",  # tests/web/test_claim_pages.py
    "front.data_export": "behind a link in a mail",  # tests/web/test_your_data.py
    "front.organisation_onward": "on the way to a provider that runs",  # tests/web/organisations
    "front.organisation_back": "leads on",
    **{
        f"{place}activity_{kind}": "a file"
        for place in ("self_service.", "corporate.", "corporate.desk_")
        for kind in ("csv", "json")
    },
    "self_service.invoice_pdf": "a file",
    "self_service.invoice_xml": "a file",
    "corporate.invoice_pdf": "a file",
    "corporate.invoice_xml": "a file",
    "corporate.desk_invoice_pdf": "a file",
    **{
        f"{portal}.statement_{kind}": "a file"
        for portal in ("self_service", "corporate")
        for kind in ("csv", "pdf")
    },
}
# Forms around a secret answer where they are shown: what is typed there is never carried through an address.
ASK_FOR_SECRETS = {
    "front.sign_in",
    "front.second_factor",
    "front.forgotten_password",
    "front.set_password",
    "front.confirm_identity",
    "front.change_password",
    "front.set_up_codes",
    "front.remove_codes",
    "front.new_passkey",
    "front.remove_passkey",
    "front.recovery_codes",
}
_WORDS = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*(\.css|\.json)?")


def test_every_page_is_reached_and_keeps_the_rules_in_every_language(furnished: DemoHouse) -> None:
    visits = walk_everywhere(furnished, DEFAULT)
    pages = {rule.endpoint for rule in furnished.app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    pages = {one for one in pages if not one.startswith("api.")}  # for programs: tests/api
    assert pages - {visit.endpoint for visit in visits} == NO_PAGES.keys()

    lost = {(one.asked, one.page.status) for one in visits if one.page.status != 200}
    assert lost == {("/nowhere", 404)}, "every link leads to a page"

    others = list(in_other_languages(furnished, visits))
    assert {one.language for one in others} == LANGUAGES.keys() - {DEFAULT}
    assert Counter(text for one in others for text in english_left(one)) == {}

    seller = furnished.app.extensions["twodoor"].settings.seller.name
    broken = Counter(
        text.split(": ", 1)[1] + f" [{visit.endpoint}]"
        for visit in [*visits, *others]
        for text in broken_rules(visit.page, _language(visit), seller)
    )
    assert broken == {}


def test_addresses_are_words_joined_by_hyphens(furnished: DemoHouse) -> None:
    for rule in furnished.app.url_map.iter_rules():
        words = [word for word in re.sub(r"<[^>]+>", "", rule.rule).split("/") if word]
        assert all(_WORDS.fullmatch(word) for word in words), rule.rule


def test_an_address_either_shows_or_does(furnished: DemoHouse) -> None:
    for rule in furnished.app.url_map.iter_rules():
        methods = (rule.methods or set()) - {"HEAD", "OPTIONS"}
        assert methods in ({"GET"}, {"POST"}, {"PUT"}, {"DELETE"}) or rule.endpoint in ASK_FOR_SECRETS, rule


def _language(visit: Visit) -> str:
    """A card session speaks the language it was opened in."""
    if visit.endpoint == "sandbox_processor.card_page":
        return visit.page.root.all("html")[0].get("lang").replace("-", "_")
    return visit.language
