"""Who works where, who reads what and whose turn it is are said once in SQL: `acces_2026_11_27.sql` (product §3)."""

import ast
import re
from collections.abc import Iterator

import pytest

from tests.house.sources import ROOT, files, short, strings, tree
from tests.steps import last_definitions

# The migrations that say it, the later ones redefining views of the first. The last says besides what was erased, and
# `places` of what moved only; tests/domain/demandes/test_acces_sql.py holds these equal to `places`.
SAYS_ACCESS = {"acces_2026_11_27.sql", "groupes_2026_11_27.sql", "lisibles_2026_11_29.sql"}
READS = re.compile(r"\b(select|update|delete|insert)\b", re.I)

#: What a text would write to say a notion of access again, and what it reads instead.
RESPELT = {
    "who works in a groupe": (
        re.compile(
            r"(?=.*\badhesions\b)(?=.*\b(where|and|on|not) (\w+\.)?deactivated_at is null(?! as))", re.S
        ),
        "adhesions_vivantes or membres_actifs",
    ),
    "who answers for a groupe asked": (
        re.compile(r"\bsollicitations \w+\s+(left )?join (adhesions\w*|membres_actifs)\b"),
        "cote_instructeur",
    ),
    "what an open part is": (
        re.compile(
            r"(traitee_at is null\s+and \w*\.?declinee_at|declinee_at is null\s+and \w*\.?traitee_at) is null"
        ),
        "is_part_ouverte",
    ),
    "whose turn it is": (re.compile(r"\breplied_at [<>]"), "tour_part"),
    "how long a mandat lasts": (re.compile(r"interval '1 year"), "fin_du_mandat"),
    "who reads private messages": (re.compile(r"(\)|end|'\w+') as lit_prives\b"), "places.lit_prives"),
    "who is on the aidant side": (
        re.compile(r"\A(?!.*\b(cote_\w+|positions|places|visible_demandes)\b)(?=.*\bqualite (=|in) )", re.S),
        "cote_aidant, cote_instructeur or cote_expert",
    ),
}
#: Texts that write these words and decide nothing of access, each with its reason.
AT_HOME = {
    ("app/domain/groupes/retraits.py", "TAKE_UP"): "an invitation ends when its holder becomes the author",
}


def respellings(sql: str) -> Iterator[str]:
    """What this text says again of access."""
    plain = re.sub(r"--.*", "", sql)
    if READS.search(plain):
        yield from (
            f"{notion}: read {instead}" for notion, (said, instead) in RESPELT.items() if said.search(plain)
        )


def named_texts(module: ast.Module) -> Iterator[tuple[str, int, str]]:
    """Name of the constant (or nothing), line and text of each literal of a module."""
    names = {
        id(inner): target.id
        for node in module.body
        if isinstance(node, ast.Assign) and isinstance(target := node.targets[0], ast.Name)
        for inner in ast.walk(node.value)
    }
    yield from ((names.get(id(node), ""), node.lineno, str(node.value)) for node in strings(module))


def test_no_text_of_the_code_says_access_again() -> None:
    faults = [
        f"{short(path)}:{line} {name} says again {fault}."
        for path in files("app")
        for name, line, text in named_texts(tree(path))
        if (short(path), name) not in AT_HOME
        for fault in respellings(text)
    ]
    assert not faults, "\n" + "\n".join(faults)


def test_no_view_of_another_migration_says_access_again() -> None:
    faults = [
        f"app/migrations/{definition.file}: {definition.name} says again {fault}."
        for definition in last_definitions()
        if definition.file not in SAYS_ACCESS
        for fault in respellings(definition.sql)
    ]
    assert not faults, "\n" + "\n".join(faults)


def test_each_exception_is_still_needed() -> None:
    for path, name in AT_HOME:
        texts = [text for one, _, text in named_texts(tree(ROOT / path)) if one == name]
        assert any(list(respellings(text)) for text in texts), f"{path}: {name} is no exception any more"


def test_the_last_definition_is_the_one_that_counts() -> None:
    where = {definition.name: definition.file for definition in last_definitions()}
    assert where["cote_aidant"] == "groupes_2026_11_27.sql"
    assert where["places"] == "lisibles_2026_11_29.sql"
    assert {where[name] for name in where if name.startswith("cote_")} <= SAYS_ACCESS


@pytest.mark.parametrize(
    ("bad", "good"),
    [
        (
            "select 1 from adhesions m join agents a on a.deactivated_at is null",
            "select 1 from membres_actifs",
        ),
        ("select s.id from sollicitations s join membres_actifs m on true", "select 1 from cote_instructeur"),
        (
            "select 1 where s.traitee_at is null and s.declinee_at is null",
            "select 1 where s.traitee_at is null",
        ),
        ("select s.replied_at > d.last_aidant_at", "select s.replied_at"),
        ("select now + interval '1 year 1 day'", "select fin_du_mandat(x, y)"),
        ("select not bool_or(x) as lit_prives", "select x.lit_prives"),
        ("select 1 from invitations i where i.qualite = 'collegue'", "select 1 from cote_aidant"),
    ],
)
def test_each_notion_is_seen_and_only_it(bad: str, good: str) -> None:
    assert list(respellings(bad)), bad
    assert not list(respellings(good)), good
