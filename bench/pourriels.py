"""What SpamAssassin thinks of each mail we send: 0.0 for all is the goal.

    apt-get install spamassassin
    python -m bench.pourriels

Each kind of mail is written as the worker writes it, then scored with local rules only (no network). Exit 1 above 0.0.
"""

import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime

from app.poste import write_courriel
from app.settings import get_settings
from tests.courrier import make_envoi
from tests.domain.faits.test_registre import CONTEXTE, mails

GOAL = 0.0
# What the server that takes it writes above.
RECEIVED = (
    "Received: from envoi.aplus.fr (envoi.aplus.fr [185.41.28.25]) by mx.exemple.fr (Postfix)"
    " with ESMTPS id 4F2A1C0D\n\tfor <aida@exemple.fr>; {date}\n"
)


def score(courriel: bytes) -> tuple[float, str]:
    """The score, and the names of the rules that gave or took points."""
    said = subprocess.run(
        ["spamassassin", "--local", "--test-mode", "-D", "none"],
        input=courriel,
        capture_output=True,
        check=True,
    ).stdout.decode("utf-8", "replace")
    head = said.partition("X-Spam-Status:")[2].partition("\nX-")[0]
    status = " ".join(head.split())
    return float(status.partition("score=")[2].split()[0]), status.partition("tests=")[2].partition(
        " autolearn"
    )[0]


def main() -> None:
    """One line per kind, the worst last."""
    if shutil.which("spamassassin") is None:
        sys.exit("SpamAssassin is not there: apt-get install spamassassin")
    production = replace(
        get_settings(),
        base_url="https://plateforme.aplus.fr",
        mail_from="Administration+ <ne-pas-repondre@aplus.fr>",
        support_email="support@aplus.fr",
    )
    now, found = datetime.now(UTC), []
    for nom in sorted(mails()):
        courriel = write_courriel(make_envoi(nom, "aida@exemple.fr", CONTEXTE, now), production)
        points, rules = score(RECEIVED.format(date=courriel["Date"]).encode() + courriel.as_bytes())
        found.append((points, nom, rules))
    for points, nom, rules in sorted(found):
        print(f"{points:5.1f}  {nom:<28} {rules}")
    sys.exit(1 if max(found)[0] > GOAL else 0)


if __name__ == "__main__":
    main()
