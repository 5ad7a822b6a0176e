"""The pages before the two portals, in the order a person meets them."""

from __future__ import annotations

from flask import Blueprint

from portal.shared.web import demo_clock, health, mailbox, statics
from portal.shared.web.claims import filing as claims
from portal.shared.web.claims import objecting as claim_objections
from portal.shared.web.entrance import (
    arriving,
    confirming,
    forgotten,
    organisation_sign_in,
    second_factor,
    sign_in,
)
from portal.shared.web.people import invited
from portal.shared.web.profile import password, second_factors, security, your_data

front = Blueprint("front", __name__)

# Signing in and out
front.add_url_rule("/sign-in", "sign_in", sign_in.sign_in, methods=["GET", "POST"])
_organisation = "/sign-in/organisation"
front.add_url_rule(_organisation, "organisation_sign_in", organisation_sign_in.show)
front.add_url_rule(_organisation, "begin_organisation_sign_in", organisation_sign_in.begin, methods=["POST"])
front.add_url_rule(f"{_organisation}/onward", "organisation_onward", organisation_sign_in.onward)
front.add_url_rule(f"{_organisation}/back", "organisation_back", organisation_sign_in.back)
front.add_url_rule("/sign-in/passkey", "sign_in_with_passkey", sign_in.sign_in_with_passkey, methods=["POST"])
front.add_url_rule(
    "/sign-in/passkey/question", "passkey_question", sign_in.passkey_question, methods=["POST"]
)
front.add_url_rule(
    "/sign-in/second-factor", "second_factor", second_factor.second_factor, methods=["GET", "POST"]
)
front.add_url_rule(
    "/sign-in/second-factor/passkey",
    "second_factor_passkey",
    second_factor.second_factor_passkey,
    methods=["POST"],
)
front.add_url_rule(
    "/sign-in/second-factor/passkey/question",
    "second_factor_question",
    second_factor.second_factor_question,
    methods=["POST"],
)
front.add_url_rule("/sign-out", "sign_out", sign_in.sign_out, methods=["POST"])

# A forgotten password, and the first one
front.add_url_rule(
    "/forgotten-password", "forgotten_password", forgotten.forgotten_password, methods=["GET", "POST"]
)
front.add_url_rule("/forgotten-password/on-its-way", "link_on_its_way", forgotten.link_on_its_way)
front.add_url_rule("/set-password/<token>", "set_password", forgotten.set_password, methods=["GET", "POST"])

# Asked again who one is
front.add_url_rule(
    "/confirm-it-is-you", "confirm_identity", confirming.confirm_identity, methods=["GET", "POST"]
)
front.add_url_rule(
    "/confirm-it-is-you/organisation",
    "confirm_through_organisation",
    confirming.confirm_through_organisation,
    methods=["POST"],
)
front.add_url_rule(
    "/confirm-it-is-you/passkey", "confirm_with_passkey", confirming.confirm_with_passkey, methods=["POST"]
)
front.add_url_rule(
    "/confirm-it-is-you/passkey/question", "confirm_question", confirming.confirm_question, methods=["POST"]
)

# Sign-in and security: the password, second factors, devices
front.add_url_rule("/profile/security", "security", security.security)
front.add_url_rule("/profile/password", "change_password", password.change_password, methods=["GET", "POST"])
front.add_url_rule("/profile/second-factor", "set_up_second_factor", second_factors.set_up_second_factor)
front.add_url_rule(
    "/profile/one-time-codes", "set_up_codes", second_factors.set_up_codes, methods=["GET", "POST"]
)
front.add_url_rule(
    "/profile/one-time-codes/remove", "remove_codes", second_factors.remove_codes, methods=["GET", "POST"]
)
front.add_url_rule(
    "/profile/passkeys/new", "new_passkey", second_factors.new_passkey, methods=["GET", "POST"]
)
front.add_url_rule(
    "/profile/passkeys/new/question",
    "new_passkey_question",
    second_factors.new_passkey_question,
    methods=["POST"],
)
front.add_url_rule(
    "/profile/passkeys/<int:passkey_id>/remove",
    "remove_passkey",
    second_factors.remove_passkey,
    methods=["GET", "POST"],
)
front.add_url_rule(
    "/profile/recovery-codes", "recovery_codes", second_factors.new_recovery_codes, methods=["GET", "POST"]
)
front.add_url_rule(
    "/profile/sessions/<int:session_id>/end", "end_session", security.end_session, methods=["POST"]
)
front.add_url_rule(
    "/profile/sessions/end-others", "end_other_sessions", security.end_other_sessions, methods=["POST"]
)

# Your data: a copy of it, and being forgotten
_your_data = "/profile/your-data"
front.add_url_rule(_your_data, "your_data", your_data.your_data)
front.add_url_rule(f"{_your_data}/copies", "ask_for_data", your_data.ask_for_data, methods=["POST"])
front.add_url_rule(f"{_your_data}/copies/<token>", "data_export", your_data.data_export)
front.add_url_rule(
    f"{_your_data}/copies/<token>", "take_data_export", your_data.take_data_export, methods=["POST"]
)
front.add_url_rule(
    f"{_your_data}/forget", "ask_to_be_forgotten", your_data.ask_to_be_forgotten, methods=["POST"]
)
front.add_url_rule(f"{_your_data}/stay", "stay_known", your_data.stay_known, methods=["POST"])

# Where to: the front door, the task links of help articles, and who cannot go on by themselves
front.add_url_rule("/", "home", arriving.home)
front.add_url_rule("/go/<task>", "go_to_task", arriving.go_to_task)
front.add_url_rule("/choose-subscription", "choose_subscription", arriving.choose_subscription)
front.add_url_rule("/not-the-billing-contact", "not_the_contact", arriving.not_the_contact)
front.add_url_rule(
    "/not-the-billing-contact/write", "write_to_contact", arriving.write_to_contact, methods=["POST"]
)

# Asked to work for an account
front.add_url_rule("/invitations/<token>", "invitation", invited.invitation)
front.add_url_rule("/invitations/<token>", "accept_invitation", invited.accept_invitation, methods=["POST"])

# An account whose billing contact has left
_claims = "/claim-an-account"
front.add_url_rule(_claims, "claim", claims.claim)
front.add_url_rule(_claims, "file_claim", claims.file_claim, methods=["POST"])
front.add_url_rule(f"{_claims}/sent", "claim_filed", claims.claim_filed)
front.add_url_rule(f"{_claims}/confirm/<token>", "confirm_claim", claims.confirm_claim)
front.add_url_rule(
    f"{_claims}/confirm/<token>", "send_confirmation", claims.send_confirmation, methods=["POST"]
)
front.add_url_rule("/claims/notices/<token>", "claim_notice", claim_objections.claim_notice)
front.add_url_rule(
    "/claims/notices/<token>", "object_by_link", claim_objections.object_by_link, methods=["POST"]
)
front.add_url_rule("/claims/<claim_number>", "claim_seen", claim_objections.claim_seen)
front.add_url_rule(
    "/claims/<claim_number>/object", "object_to_claim", claim_objections.object_to_claim, methods=["POST"]
)

# Which account, which language
front.add_url_rule("/accounts", "choose_account", sign_in.choose_account)
front.add_url_rule("/accounts/<int:account_id>", "switch_account", sign_in.switch_account, methods=["POST"])
front.add_url_rule("/language", "set_language", sign_in.set_language, methods=["POST"])

# The mails a demo sent (404 elsewhere)
front.add_url_rule("/demo/mail", "demo_mailbox", mailbox.demo_mailbox)
front.add_url_rule("/demo/mail/<mail_id>", "demo_mail", mailbox.demo_mail)

# The demo's clock (404 elsewhere)
front.add_url_rule("/demo/clock", "demo_clock", demo_clock.demo_clock)
front.add_url_rule("/demo/clock", "move_demo_clock", demo_clock.move_demo_clock, methods=["POST"])
front.add_url_rule("/demo/clock/moving", "demo_clock_moving", demo_clock.demo_clock_moving)

# For browsers and watchers
front.add_url_rule("/static/css/all.css", "styles", statics.styles)
front.add_url_rule("/brand.css", "brand_css", statics.brand_css)
front.add_url_rule("/health", "health", health.health)
front.add_url_rule("/ready", "ready", health.ready)
