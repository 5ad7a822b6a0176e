"""Help pages speak the words of the screens, tell the policy that the screens obey, and know every way of the table."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask_babel import force_locale

from portal.shared.domain.online_policy import OnlinePolicy, online_policy
from portal.shared.domain.routing.reasons import Reason
from portal.shared.domain.routing.tasks import Task
from portal.shared.domain.routing.visitor import AccountType
from portal.shared.web.entrance.languages import LANGUAGES
from portal.shared.web.help import for_you, general, questions
from portal.shared.web.help.articles import ARTICLES
from portal.shared.web.help.labels import CONTROLS, NAMES
from portal.shared.web.help.reading import Product, door, ink
from portal.shared.web.help.telling import told
from portal.shared.web.help.ways import Who, way
from portal.shared.web.translations import catalogues
from tests.support.demo_house import DemoHouse

HERE = "portal/shared/web/help/"
V5 = Product("gotoassist-remote-support-v5", "GoToAssist Remote Support v5")
# The word explained at its first use; screens say it without the explanation.
ONLY_EXPLAINED = {"seats_explained"}
TODAY = online_policy()
LENIENT = OnlinePolicy(
    higher_plan=True,
    lower_plan=True,
    more_seats=True,
    fewer_seats=True,
    other_frequency=True,
    asks_only_when_dearer=True,
)

every_language = pytest.mark.parametrize("language", LANGUAGES)


@pytest.fixture
def speaking(shared_house: DemoHouse) -> Iterator[None]:
    """Inside a request, where pages are made."""
    with shared_house.app.test_request_context("/help/"):
        yield


def test_every_word_that_stands_out_is_said_by_a_screen() -> None:
    screens = {
        message.id
        for message in catalogues.extract()
        if any(not place.startswith(HERE) for place, _ in message.locations)
    }
    own = {name for name, label in {**CONTROLS, **NAMES}.items() if label._args[0] not in screens}
    assert own == ONLY_EXPLAINED


def test_every_task_has_an_article_and_stands_in_the_index_of_each_portal_that_knows_it() -> None:
    assert set(ARTICLES) == set(Task)
    listed = {
        kind: {one for group in groups for one in group.asks} for kind, groups in questions.GROUPS.items()
    }
    assert listed[AccountType.CORPORATE] >= set(Task)
    assert listed[AccountType.ONLINE] | {Task.QUOTES, Task.PURCHASE_ORDERS} >= set(Task)


@pytest.mark.parametrize("account_type", AccountType)
@pytest.mark.parametrize("task", Task)
def test_every_way_of_the_table_has_its_steps(task: Task, account_type: AccountType) -> None:
    found = way(task, account_type, TODAY)
    assert bool(found.steps) == (found.who is not Who.NOBODY)


@every_language
@pytest.mark.usefixtures("speaking")
def test_every_sentence_can_be_told_in_every_language(language: str) -> None:
    with force_locale(language):
        for product in (Product(), V5):
            words = ink(product, "/")
            for task, article in ARTICLES.items():
                assert told(article.lead, words)
                for account_type in AccountType:
                    for step in door(task, account_type, product, led=True).steps:
                        assert "%(" not in step["says"]
        for says in (*general.policy_sentences(TODAY), *general.policy_sentences(LENIENT)):
            assert told(says, ink(V5, "/"))


@every_language
@pytest.mark.usefixtures("speaking")
def test_the_seven_steps_name_what_one_presses(language: str) -> None:
    with force_locale(language):
        steps = door(Task.CHANGE_PLAN, AccountType.ONLINE, V5, led=False).steps
        order = [
            ["subscriptions"],
            ["options", "edit_subscription"],
            ["plan", "seat_count", "billing_frequency", "monthly", "annual"],
            ["order_summary", "proceed_to_checkout"],
            ["checkout", "billing_period", "seat_count", "plan_price", "total_due", "edit_order"],
            ["payment_details", "vat_number"],
            ["place_order"],
        ]
        assert len(steps) == len(order)
        for step, names in zip(steps, order, strict=True):
            assert {f"<b>{CONTROLS[name]}</b>" for name in names} == _standing_out(step["says"])
        assert f"<b>{CONTROLS['subscribe_now']}</b>" in steps[1]["notes"][0]
        assert V5.name in steps[1]["notes"][0]
        assert f"<b>{CONTROLS['add_to_cart']}</b>" in steps[3]["notes"][0]


@every_language
@pytest.mark.usefixtures("speaking")
def test_when_a_lower_plan_is_allowed_online_the_page_says_so(language: str) -> None:
    def page(policy: OnlinePolicy) -> str:
        steps = door(Task.CHANGE_PLAN, AccountType.ONLINE, V5, led=False, policy=policy).steps
        said = [told(one, ink(V5, "/")) for one in general.policy_sentences(policy)]
        return " ".join([*said, *(part for step in steps for part in (step["says"], *step["notes"]))])

    with force_locale(language):
        care, ask = str(NAMES["customer_care"]), str(CONTROLS["ask_for_this_plan"])
        assert care in page(TODAY)
        assert ask in page(TODAY)
        assert care not in page(LENIENT)
        assert ask not in page(LENIENT)


def test_when_seats_are_kept_customer_care_removes_them() -> None:
    strict = OnlinePolicy(
        higher_plan=True,
        lower_plan=False,
        more_seats=True,
        fewer_seats=False,
        other_frequency=True,
        asks_only_when_dearer=True,
    )
    assert way(Task.REMOVE_SEATS, AccountType.ONLINE, TODAY).who is Who.CONTACT
    assert way(Task.REMOVE_SEATS, AccountType.ONLINE, strict).who is Who.CARE


@pytest.mark.usefixtures("speaking")
@pytest.mark.parametrize("reason", [one for one in Reason if one is not Reason.SIGN_IN_FIRST])
def test_every_reason_of_the_router_is_a_sentence_for_the_reader(reason: Reason) -> None:
    assert for_you.sentence(reason, "Padaria Aurora Ltda.").endswith(".")


@pytest.mark.usefixtures("speaking")
def test_names_of_products_are_never_taken_for_html() -> None:
    product = Product("any", "<i>Any</i> & more")
    assert "&lt;i&gt;Any&lt;/i&gt; &amp; more" in told(general.ASSIGN_AFTERWARDS_FOR, ink(product, "/"))


def _standing_out(html: str) -> set[str]:
    return {f"<b>{part.partition('</b>')[0]}</b>" for part in html.split("<b>")[1:]}
