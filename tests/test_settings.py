"""A production without its own secrets does not start (quality S10)."""

import base64
from typing import ClassVar

import pytest

from app.reglages import BY_NAME, write_reglages
from app.settings import ROOT, Misconfigured, read_settings

STRONG = "Zq3v8Lx0Tn5Rb7Wy2Kd9Hs4Gf6Jm1Pc8D"
OTHER = base64.b64encode(bytes(range(32, 64))).decode()
SAFE = {
    "APLUS_ENV": "production",
    "SECRET_KEY": STRONG,
    "DATA_KEYS": f"k1:{base64.b64encode(bytes(range(32))).decode()}",
    "BASE_URL": "https://aplus.exemple.fr",
    "DATABASE_URL": "postgresql://base",
    "SMTP_URL": "smtp://courriel",
    "TRUSTED_PROXIES": "10.0.0.1",
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
        {"SECRET_KEY": "a" * 40},
        {"SECRET_KEY": "abcabcabcabcabcabcabcabcabcabcabcabc"},
        {"DATA_KEYS": "k1:" + base64.b64encode(bytes(32)).decode()},
        {"DATA_KEYS": f"k1:{OTHER},k1:{OTHER}"},
        {"DATA_KEYS": f"k2:{OTHER},k1:{OTHER}"},
        {"DATA_KEYS": f"k2:{OTHER},"},
        {"BASE_URL": "https://moi@aplus.exemple.fr"},
        {"BASE_URL": "https://aplus.exemple.fr/aplus"},
        {"BASE_URL": "https://aplus.exemple.fr?a=b"},
        {"BASE_URL": "https://"},
        {"BASE_URL": "ftp://aplus.exemple.fr"},
        {"SMTP_URL": "courriel"},
        {"SMTP_URL": "smtp://"},
        {"SMTP_URL": "http://courriel"},
        {"SMS_URL": "http://sms", "SMS_WEBHOOK_SECRET": STRONG},
        {"SMS_URL": "https://sms", "SMS_WEBHOOK_SECRET": "b" * 40},
        {"MAIL_WEBHOOK_SECRET": "c" * 40},
        {"METRICS_TOKEN": "court"},
        {"TRUSTED_PROXIES": ""},
        {"TRUSTED_PROXIES": "*"},
        {"TRUSTED_PROXIES": "0.0.0.0/0"},
        {"TRUSTED_PROXIES": "mandataire"},
        {"CLAMD_URL": "http://clamd"},
        {"STORE_URL": "ftp://pieces"},
        {"DATABASE_URL": "mysql://base"},
        {"LINK_MINUTES": "0"},
        {"LINK_MINUTES": "100000"},
        {"WELCOME_DAYS": "0"},
        {"RETENTION_DAYS": "0"},
        {"RETENTION_DAYS": "99999"},
        {"POOL_SIZE": "0"},
        {"PORT": "70000"},
        {"PORT": "٨٠٠٠"},
        {"THEME": "autre"},
        {"MAIL_FROM": "personne"},
        {"SUPPORT_EMAIL": "personne"},
    ],
    ids=str,
)
def test_an_unsafe_production_is_refused(change: dict[str, str]) -> None:
    with pytest.raises(Misconfigured):
        read_settings({**SAFE, **change})


@pytest.mark.parametrize(
    "forgotten", [{"BASE_URL": "https://aplus.exemple.fr"}, {"SMTP_URL": "smtp://courriel"}]
)
def test_a_production_that_forgot_to_say_so_is_no_demonstration(forgotten: dict[str, str]) -> None:
    with pytest.raises(Misconfigured, match="APLUS_ENV"):
        read_settings(forgotten)


def test_every_reason_is_said_at_once() -> None:
    with pytest.raises(Misconfigured, match=r"SECRET_KEY.*METRICS_TOKEN"):
        read_settings({**SAFE, "SECRET_KEY": "court", "METRICS_TOKEN": "court"})


def test_the_page_of_settings_says_each_one_that_is_read() -> None:
    class Asked(dict[str, str]):
        names: ClassVar[set[str]] = set()

        def get(self, name: str, default: str = "") -> str:  # type: ignore[override]
            self.names.add(name)
            return super().get(name, default)

    read_settings(Asked(SAFE))
    assert Asked.names - {"LITESTAR_DEBUG", "LITESTAR_PDB"} == set(BY_NAME)
    said = (ROOT / "docs" / "reglages.md").read_text(encoding="utf-8")
    assert said == write_reglages(), "run: python -m app reglages > docs/reglages.md"


def test_what_is_required_is_what_a_production_cannot_start_without() -> None:
    for reglage in BY_NAME.values():
        environ = {name: value for name, value in SAFE.items() if name != reglage.nom}
        if reglage.is_required:
            with pytest.raises(Misconfigured):
                read_settings(environ)
        elif reglage.nom != "APLUS_ENV":
            assert read_settings(environ).is_production


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
    settings = read_settings({"TRUSTED_PROXIES": "10.0.0.1, 10.0.1.0/24 fd00::1"})
    asked = ("10.0.0.1", "10.0.1.77", "fd00::1", "10.0.0.2", "", "mandataire")
    assert [settings.is_proxy(address) for address in asked] == [True, True, True, False, False, False]
