"""Names that say something, files one can read in a sitting, one name in five places (house.md §3.5, §4)."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.house.sources import OURS, ROOT, dotted, files, short, strings, tree

BANNED = {"utils", "util", "helpers", "helper", "common", "manager", "service", "handler", "data", "info"}
# Imposed by the standard library on whoever reads HTML or bytes from a transport.
IMPOSED = {"handle_data", "data_received"}
Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def words(name: str) -> set[str]:
    """{"user", "manager"} of UserManager, user_manager and user-manager.py."""
    apart = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name).lower()
    return set(re.split(r"[-_.]", apart))


def vague_definitions(module: ast.Module) -> Iterator[tuple[int, str]]:
    """The name of a test is a sentence, and may say anything."""
    for node in ast.walk(module):
        if not isinstance(node, Definition) or node.name in IMPOSED or node.name.startswith("test_"):
            continue
        if words(node.name) & BANNED:
            yield node.lineno, node.name


def silent_functions(module: ast.Module) -> Iterator[tuple[int, str]]:
    """Public functions, and public methods of public classes, that do not say what they mean."""
    classes = [
        node for node in module.body if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    ]
    for body in [module.body, *(node.body for node in classes)]:
        for node in body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("_"):
                is_property_of_a_fact = any(dotted(d) == "property" for d in node.decorator_list)
                if not ast.get_docstring(node) and not is_property_of_a_fact:
                    yield node.lineno, node.name


def shows_something(module: ast.Module) -> bool:
    calls = (node for node in ast.walk(module) if isinstance(node, ast.Call))
    return any(dotted(node.func).split(".")[-1] == "show" for node in calls)


def longest(path: Path) -> int | None:
    """Lines allowed; None for what a tool or somebody else wrote."""
    if path.suffix not in {".py", ".html", ".js"} or ".min." in path.name or path.name.startswith("htmx"):
        return None
    return 250 if short(path).startswith("app/routes/") else 400


def test_names_say_something() -> None:
    faults = [
        f"{short(path)}: « {path.name} » says nothing. Name the noun it holds."
        for path in files(
            *OURS, suffixes=(".py", ".html", ".txt", ".css", ".js", ".toml", ".json", ".csv", "")
        )
        if any(words(part) & BANNED for part in path.relative_to(ROOT).parts)
    ]
    faults += [
        f"{short(path)}:{line} « {name} » says nothing. Name the noun, or the verb, of the métier."
        for path in files(*OURS)
        for line, name in vague_definitions(tree(path))
    ]
    assert not faults, "\n" + "\n".join(faults)


def test_files_can_be_read_in_a_sitting() -> None:
    faults = []
    for path in files(*OURS, suffixes=(".py", ".html", ".js")):
        limit, lines = longest(path), path.read_text(encoding="utf-8").count("\n")
        if limit and lines > limit:
            faults.append(
                f"{short(path)} has {lines} lines (limit {limit}). Make it a package split by noun."
            )
    assert not faults, "\n" + "\n".join(faults)


def test_the_domain_says_what_it_means() -> None:
    faults = [
        f"{short(path)}:{line} {name}() has no docstring: meaning, units, errors, source of the rule."
        for path in files("app/domain")
        for line, name in silent_functions(tree(path))
    ]
    assert not faults, "\n" + "\n".join(faults)


def test_one_name_five_places() -> None:
    faults = []
    for path in sorted((ROOT / "app/routes").iterdir()):
        name = path.stem
        if name in {"__init__", "__pycache__", "params"} or (path.is_file() and path.suffix != ".py"):
            continue
        modules = [path] if path.is_file() else list(files(f"app/routes/{name}"))
        if not any(shows_something(tree(module)) for module in modules):
            continue
        page, test = f"app/partials/{name}/page.html", f"tests/routes/test_{name}.py"
        faults += [
            f"app/routes/{name} shows something: {place} must exist."
            for place in (page, test)
            if not (ROOT / place).exists()
        ]
    shown = {str(node.value) for path in files("app/routes") for node in strings(tree(path))}
    faults += [
        f"{short(page)} is shown by no route: write app/routes/{page.parent.name}.py, or remove it."
        for page in (ROOT / "app/partials").glob("*/page.html")
        if f"{page.parent.name}/page.html" not in shown
    ]
    assert not faults, "\n" + "\n".join(faults)


def test_the_rules_see_the_faults_and_only_them() -> None:
    assert list(vague_definitions(ast.parse("class MailManager: pass")))
    assert list(vague_definitions(ast.parse("async def load_data(): pass")))
    assert not list(vague_definitions(ast.parse("def list_services_of(database): pass")))
    assert list(silent_functions(ast.parse("async def close_demande(): pass")))
    assert list(silent_functions(ast.parse("class Droits:\n    def may(self): pass")))
    assert not list(
        silent_functions(ast.parse("def _inner(): pass\ndef outer():\n    'Say.'\n    def deep(): pass"))
    )
    assert shows_something(ast.parse("def get():\n    return pages.show(request, 'demande/page.html')"))
    assert not shows_something(ast.parse("def get():\n    return Redirect('/')"))
    assert longest(ROOT / "app/routes/demande.py") == 250
    assert longest(ROOT / "app/domain/demandes/demande.py") == 400
    assert longest(ROOT / "static/htmx-2.0.4.min.js") is None
