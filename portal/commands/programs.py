"""The command `programs`: the seller's own token and address for a product, which work across all accounts."""

from __future__ import annotations

import argparse

from portal.commands.ground import CANNOT, WENT_WELL, house, say
from portal.shared.services.integrations import tokens
from portal.shared.services.webhooks import managing

LONGEST_DAYS = 730


def add_arguments(command: argparse.ArgumentParser) -> None:
    """What can be said behind `programs`."""
    ways = command.add_subparsers(dest="what", required=True)
    token = ways.add_parser("token", help="make a token that reads the entitlements of a product")
    token.add_argument("product", help="its code, as in the catalogue")
    token.add_argument(
        "--name", default="the product itself", help="by which it is known again (%(default)s)"
    )
    token.add_argument("--days", type=_days, default=365, help="how long it is good (%(default)s)")
    webhook = ways.add_parser("webhook", help="let an address hear of the seats of a product")
    webhook.add_argument("product", help="its code, as in the catalogue")
    webhook.add_argument("url", help="where it is told, as in https://example.com/hooks")


def programs_command(asked: argparse.Namespace) -> int:
    """Make what was asked for, and print its secret this one time."""
    try:
        with house() as ours, ours.database.write() as session:
            if asked.what == "token":
                secret = tokens.create_for_product(
                    session, asked.product, asked.name, asked.days, ours.machine_clock.now()
                )
            else:
                private = ours.settings.webhooks_private
                now = ours.clock.now()
                secret = managing.add_for_product(
                    session, asked.product, asked.url, ours.webhook_key, now, private=private
                )
    except LookupError:
        return say(f"There is no product {asked.product}.", CANNOT)
    except managing.BadTargetError as error:
        return say(f"Nothing can be sent to {asked.url}: {error}.", CANNOT)
    print(secret)
    return WENT_WELL


def _days(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= LONGEST_DAYS):
        raise argparse.ArgumentTypeError(f"a number of days is from 1 to {LONGEST_DAYS}")
    return int(text)
