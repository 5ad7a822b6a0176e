"""The pages before the two portals, in the order a person meets them."""

from __future__ import annotations

from flask import Blueprint

from portal.shared.web import demo_clock, health, mailbox, statics
from portal.shared.web.entrance import arriving, sign_in

front = Blueprint("front", __name__)

# Signing in and out
front.add_url_rule("/sign-in", "sign_in", sign_in.sign_in, methods=["GET", "POST"])
front.add_url_rule("/sign-out", "sign_out", sign_in.sign_out, methods=["POST"])

# Where to: the front door, the task links of help articles, and who cannot go on by themselves
front.add_url_rule("/", "home", arriving.home)
front.add_url_rule("/go/<task>", "go_to_task", arriving.go_to_task)
front.add_url_rule("/choose-subscription", "choose_subscription", arriving.choose_subscription)
front.add_url_rule("/not-the-billing-contact", "not_the_contact", arriving.not_the_contact)
front.add_url_rule(
    "/not-the-billing-contact/write", "write_to_contact", arriving.write_to_contact, methods=["POST"]
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
front.add_url_rule("/brand.css", "brand_css", statics.brand_css)
front.add_url_rule("/health", "health", health.health)
front.add_url_rule("/ready", "ready", health.ready)
