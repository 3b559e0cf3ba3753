"""A production without its own secrets does not start (quality S10)."""

import base64

import pytest

from app.settings import Misconfigured, read_settings

SAFE = {
    "APLUS_ENV": "production",
    "SECRET_KEY": "s" * 40,
    "DATA_KEYS": "k1:" + base64.b64encode(b"k" * 32).decode(),
    "BASE_URL": "https://aplus.exemple.fr",
    "DATABASE_URL": "postgresql://base",
    "SMTP_URL": "smtp://courriel",
}


def test_a_complete_production_starts() -> None:
    assert read_settings(SAFE).is_production


@pytest.mark.parametrize(
    "change",
    [
        {"SECRET_KEY": ""},
        {"SECRET_KEY": "court"},
        {"DATA_KEYS": ""},
        {"BASE_URL": "http://aplus.exemple.fr"},
        {"DATABASE_URL": ""},
        {"SMTP_URL": ""},
        {"SMS_URL": "https://sms"},
        {"SMS_URL": "https://sms", "SMS_WEBHOOK_SECRET": ""},
        {"LITESTAR_DEBUG": "1"},
        {"LITESTAR_PDB": "1"},
        {"APLUS_ENV": "prod"},
        {"PORT": "huit mille"},
        {"DATA_KEYS": "k1:court"},
        {"DATA_KEYS": "k1:" + base64.b64encode(b"court").decode()},
    ],
)
def test_an_unsafe_production_is_refused(change: dict[str, str]) -> None:
    with pytest.raises(Misconfigured):
        read_settings({**SAFE, **change})


def test_a_demo_needs_nothing() -> None:
    settings = read_settings({})
    assert settings.is_demo
    assert settings.base_url == "http://127.0.0.1:8000"
    assert settings.link_minutes == 30


def test_the_first_data_key_encrypts_and_the_others_still_open() -> None:
    keys = ",".join(f"k{n}:" + base64.b64encode(bytes([n]) * 32).decode() for n in (2, 1))
    assert list(read_settings({"DATA_KEYS": keys}).data_keys) == ["k2", "k1"]


def test_proxies_may_be_written_with_spaces() -> None:
    """One left out would make every visitor the proxy, and share its limits."""
    proxies = read_settings({"TRUSTED_PROXIES": "10.0.0.1, 10.0.0.2"}).trusted_proxies
    assert proxies == {"10.0.0.1", "10.0.0.2"}
