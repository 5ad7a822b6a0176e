"""Settings from the environment."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from portal.config import (
    DEMO_SELLER,
    MailServer,
    Seller,
    Settings,
    SettingsError,
    StripeSettings,
    read_seller,
)


def settings(folder: Path, **environ: str) -> Settings:
    return Settings.from_environment({"DATA_DIR": str(folder / "data"), **environ})


def test_nothing_given_is_an_sqlite_file_a_kept_key_and_the_demo_seller(tmp_path: Path) -> None:
    found = settings(tmp_path)
    assert found.database_url == f"sqlite:///{tmp_path}/data/twodoor.sqlite3"
    assert found.seller.name == "Exemplo Software"
    assert (found.demo, found.https, found.trusted_hosts, found.proxies) == (False, False, (), 0)
    assert len(found.secret_key) >= 64
    assert settings(tmp_path).secret_key == found.secret_key
    assert stat.S_IMODE((tmp_path / "data" / "secret-key").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700


def test_workers_that_start_together_share_one_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(16) as pool:
        keys = set(pool.map(lambda _: settings(tmp_path).secret_key, range(16)))
    assert len(keys) == 1
    assert [file.name for file in (tmp_path / "data").iterdir()] == ["secret-key"]


def test_what_is_given_counts(tmp_path: Path) -> None:
    found = settings(
        tmp_path,
        DATABASE_URL="postgresql://app:top secret@localhost/twodoor",
        SECRET_KEY="top secret",
        DEMO="1",
        HTTPS="yes",
        TRUSTED_HOSTS="portal.example, billing.example",
        PROXIES="2",
    )
    assert found.database_url == "postgresql://app:top secret@localhost/twodoor"
    assert (found.demo, found.https, found.proxies) == (True, True, 2)
    assert found.trusted_hosts == ("portal.example", "billing.example")
    assert "top secret" not in repr(found)


@pytest.mark.parametrize(
    ("name", "value"), [("DEMO", "maybe"), ("HTTPS", "2"), ("PROXIES", "-1"), ("PROXIES", "one")]
)
def test_a_value_that_cannot_be_meant_is_refused_by_name(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        settings(tmp_path, **{name: value})


GOOD = 'name = "A"\nlegal_name = "A"\ncountry = "PT"\nemail = "a@b.c"\nphone = "1"\n'


def test_a_seller_of_ones_own(tmp_path: Path) -> None:
    file = tmp_path / "seller.toml"
    file.write_text(GOOD + 'address = ["Street 1", "Town"]\n')
    assert settings(tmp_path, SELLER_FILE=str(file)).seller == Seller(
        "A", "A", "PT", "a@b.c", "1", address=("Street 1", "Town")
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name = ", "cannot be read"),
        ('name = "A"\n', "legal_name"),
        (GOOD + 'shoe_size = "44"\n', "shoe_size"),
        (GOOD + 'brand_colour = "red; }"\n', "brand_colour"),
        (GOOD.replace("PT", "Portugal"), "country"),
    ],
    ids=["no TOML", "too little", "too much", "no colour", "no country"],
)
def test_a_seller_that_cannot_be_used_is_refused_with_the_reason(
    tmp_path: Path, text: str, said: str
) -> None:
    file = tmp_path / "seller.toml"
    file.write_text(text)
    with pytest.raises(SettingsError, match=said):
        read_seller(file)


def test_a_seller_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        read_seller(tmp_path / "nothing.toml")


IBAN = '[remittance.EUR]\nbeneficiary = "A"\nbank = "B"\niban = "PT50 0002 0123 1234 5678 9015 4"\n'


def test_remittance_is_told_by_currency(tmp_path: Path) -> None:
    file = tmp_path / "seller.toml"
    file.write_text(GOOD + IBAN)
    assert read_seller(file).remittance["EUR"].bank == "B"
    assert set(read_seller(DEMO_SELLER).remittance) >= {"BRL", "EUR", "GBP", "USD"}


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param(IBAN.replace("9015 4", "9015 5"), id="a wrong check digit"),
        pytest.param(IBAN.replace("iban", "bic"), id="no account"),
        pytest.param(IBAN.replace('"A"', '""'), id="no beneficiary"),
        pytest.param(IBAN.replace("EUR", "euro"), id="no currency"),
        pytest.param(IBAN + 'colour = "red"\n', id="too much"),
        pytest.param(IBAN + 'bic = "BANK"\n', id="no bic"),
        pytest.param('[remittance]\nEUR = "PT50"\n', id="no table"),
    ],
)
def test_remittance_that_cannot_be_used_is_refused(tmp_path: Path, wrong: str) -> None:
    file = tmp_path / "seller.toml"
    file.write_text(GOOD + wrong)
    with pytest.raises(SettingsError, match="remittance"):
        read_seller(file)


LIVE, TEST = "sk_live_only_for_tests", "sk_test_only_for_tests"
STRIPE = {
    "STRIPE_SECRET_KEY": TEST,
    "STRIPE_WEBHOOK_SECRET": "whsec_x",
    "BASE_URL": "https://billing.example",
}


@pytest.mark.parametrize(
    ("given", "rehearses"),
    [
        pytest.param({}, False, id="production"),
        pytest.param({"DEMO": "1"}, True, id="demo"),
        pytest.param({"STAGING": "1"}, True, id="staging"),
    ],
)
def test_only_a_demo_and_staging_rehearse(tmp_path: Path, given: dict[str, str], *, rehearses: bool) -> None:
    assert settings(tmp_path, **given).rehearses is rehearses


def test_a_key_in_the_settings_is_all_that_stripe_needs(tmp_path: Path) -> None:
    assert settings(tmp_path).stripe is None
    found = settings(tmp_path, STRIPE_SECRET_KEY=LIVE, BASE_URL="https://billing.example").stripe
    assert found == StripeSettings(LIVE)
    local = settings(tmp_path, **STRIPE, STRIPE_API_BASE="http://127.0.0.1:8420/")
    assert local.stripe == StripeSettings(TEST, "whsec_x", "http://127.0.0.1:8420")
    for secret in (TEST, "whsec_x"):
        assert secret not in repr(local)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"STRIPE_SECRET_KEY": "pk_test_1"}, "STRIPE_SECRET_KEY must be"),
        ({"BASE_URL": ""}, "needs BASE_URL"),
        ({"STRIPE_SECRET_KEY": LIVE, "DEMO": "1"}, "a demo must charge nobody"),
        ({"STRIPE_SECRET_KEY": LIVE, "STAGING": "1"}, "STAGING is for trying things out"),
        ({"STRIPE_WEBHOOK_SECRET": "secret"}, "STRIPE_WEBHOOK_SECRET must be"),
    ],
    ids=[
        "a publishable key",
        "no address",
        "a live key in a demo",
        "a live key in staging",
        "no signing secret",
    ],
)
def test_settings_that_stripe_cannot_work_with_are_refused(
    tmp_path: Path, changed: dict[str, str], said: str
) -> None:
    with pytest.raises(SettingsError, match=said) as refused:
        settings(tmp_path, **STRIPE | changed)
    assert TEST not in str(refused.value)
    assert LIVE not in str(refused.value)


@pytest.mark.parametrize(
    ("address", "server"),
    [
        (
            "smtp+starttls://ana:s3cr%40t@mail.example.com",
            MailServer("mail.example.com", 587, "starttls", "ana", "s3cr@t"),
        ),
        (
            "smtps://ana:s3cr%40t@mail.example.com:4650/",
            MailServer("mail.example.com", 4650, "tls", "ana", "s3cr@t"),
        ),
        ("smtp://127.0.0.1:2525", MailServer("127.0.0.1", 2525, "none")),
    ],
    ids=["starttls", "tls", "none"],
)
def test_an_address_is_all_that_a_mail_server_needs(tmp_path: Path, address: str, server: MailServer) -> None:
    assert settings(tmp_path).mail_server is None
    found = settings(tmp_path, SMTP_URL=address)
    assert found.mail_server == server
    assert "s3cr" not in repr(found)


@pytest.mark.parametrize(
    "address",
    [
        "mail.example.com",
        "http://mail.example.com",
        "smtp://",
        "smtps://mail:port",
        "smtp://ana:secret@mail.example.com",
    ],
)
def test_a_mail_server_that_cannot_be_meant_is_refused(tmp_path: Path, address: str) -> None:
    with pytest.raises(SettingsError, match="SMTP_URL") as refused:
        settings(tmp_path, SMTP_URL=address)
    assert "secret" not in str(refused.value)


def test_the_registry_of_the_european_union_is_asked_when_the_settings_say_so(tmp_path: Path) -> None:
    assert not settings(tmp_path).vies
    assert settings(tmp_path, VIES="1").vies


@pytest.mark.parametrize(("given", "kept"), [("30", 30), ("", 90), ("0", 90)])
def test_how_long_it_is_kept_who_was_led_where(tmp_path: Path, given: str, kept: int) -> None:
    settings = Settings.from_environment({"DATA_DIR": str(tmp_path), "ARRIVALS_DAYS": given})
    assert settings.arrivals_days == kept


@pytest.mark.parametrize(("given", "kept"), [("30", 30), ("", 400), ("0", 400)])
def test_how_long_it_is_kept_what_mails_said(tmp_path: Path, given: str, kept: int) -> None:
    settings = Settings.from_environment({"DATA_DIR": str(tmp_path), "MAILS_DAYS": given})
    assert settings.mails_days == kept
