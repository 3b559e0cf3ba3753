"""Nothing half-done, nothing of anybody's own machine, nothing said with a straight apostrophe."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.house.sources import ROOT, dotted, files, short, strings, texts, tree

HALF_DONE = re.compile(r"\b(TODO|FIXME|XXX|raise NotImplementedError)\b")
SET_ASIDE = re.compile(r"\b(pytest|mark|unittest)\.(importor)?(skip|xfail)")
SOMEBODYS_PATH = re.compile(r"(?<![\w.:/$}])/(home|root|Users|work|mnt)/[\w.]|\b[A-Z]:\\Users\b")
STRAIGHT_ELISION = re.compile(r"\b([cdjlmnst]|(jus|lors|puis|quel)?qu|aujourd)'[a-zà-ÿœ]", re.I)
PATTERN = re.compile(r"\(\?|\\[bsdw]")


def lines_with(pattern: re.Pattern[str], texte: str) -> Iterator[int]:
    yield from (number for number, line in enumerate(texte.splitlines(), 1) if pattern.search(line))


def straight_elisions(module: ast.Module) -> Iterator[int]:
    """Sentences of the code an agent may read; patterns, which read what people type, are not."""
    for node in strings(module):
        texte = str(node.value)
        if STRAIGHT_ELISION.search(texte) and not PATTERN.search(texte):
            yield node.lineno


def html_built_in_python(module: ast.Module) -> Iterator[int]:
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and dotted(node.func).split(".")[-1] == "Markup":
            yield node.lineno


def faults_in_texts(pattern: re.Pattern[str], sentence: str) -> list[str]:
    return [
        f"{short(path)}:{line} {sentence}"
        for path in texts()
        if path != Path(__file__)  # which names what it looks for
        for line in lines_with(pattern, path.read_text(encoding="utf-8"))
    ]


def test_nothing_is_half_done() -> None:
    faults = faults_in_texts(HALF_DONE, "leaves something for later. Finish it or open an issue.")
    assert not faults, "\n" + "\n".join(faults)


def test_no_test_is_set_aside() -> None:
    faults = faults_in_texts(SET_ASIDE, "sets a test aside. Make it pass everywhere, or delete it.")
    assert not faults, "\n" + "\n".join(faults)


def test_nothing_knows_somebodys_machine() -> None:
    faults = faults_in_texts(SOMEBODYS_PATH, "knows a path of one machine. Start from the project's folder.")
    assert not faults, "\n" + "\n".join(faults)


def test_sentences_of_the_code_use_the_real_apostrophe() -> None:
    faults = [
        f"{short(path)}:{line} says something with ' instead of ’ (U+2019)."
        for path in files("app")
        for line in straight_elisions(tree(path))
    ]
    assert not faults, "\n" + "\n".join(faults)


def test_html_is_written_in_templates() -> None:
    faults = [
        f"{short(path)}:{line} builds HTML in Python. Write a partial or a macro of _composants.html."
        for path in files("app")
        if short(path) != "app/templating.py"
        for line in html_built_in_python(tree(path))
    ]
    assert not faults, "\n" + "\n".join(faults)


def test_the_image_runs_without_rights_and_without_secrets() -> None:
    containerfile = (ROOT / "Containerfile").read_text(encoding="utf-8")
    users = re.findall(r"^USER (\S+)", containerfile, re.M)
    assert users and users[-1] not in {"root", "0"}, "Containerfile: the last USER must not be root"
    secret = r"^(?:ENV|ARG)\b.*(?:SECRET|DATA_KEYS|PASSWORD|TOKEN|DATABASE_URL).*$"
    written = re.findall(secret, containerfile, re.M)
    assert not written, f"Containerfile: secrets come when the image runs, not when it is made: {written}"


def test_the_rules_see_the_faults_and_only_them() -> None:
    for pattern, bad, good in [
        (HALF_DONE, "# TODO later", "todo est un mot ; 06 XX XX"),
        (SET_ASIDE, "@pytest.mark.skipif(x)", "for update skip locked"),
        (SET_ASIDE, "pytest.importorskip('x')", 'follow_imports = "skip"'),
        (SOMEBODYS_PATH, "open('/home/paul/x')", "https://example.org/home/paul"),
    ]:
        assert list(lines_with(pattern, bad)), bad
        assert not list(lines_with(pattern, good)), good
    assert list(straight_elisions(ast.parse('raise Refus("Ce n\'est pas possible")')))
    for good in ("'N’est'", "\"it's; select 'x'\"", 'r"(?:n\'est)"'):
        assert not list(straight_elisions(ast.parse(f"x = {good}"))), good
    assert list(html_built_in_python(ast.parse("markupsafe.Markup('<b>')")))
