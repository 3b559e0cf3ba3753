"""What people really brought is kept for good: each file of `tests/cas` is read by a test."""

from tests.cas import CAS
from tests.house.sources import files, strings, tree


def test_every_case_is_read_by_a_test() -> None:
    named = {str(node.value) for path in files("tests/domain") for node in strings(tree(path))}
    cases = [path for path in CAS.iterdir() if path.suffix != ".py" and path.is_file()]
    assert cases
    unread = [path.name for path in cases if not {path.name, path.stem} & named]
    assert not unread, (
        f"tests/cas: no test reads {', '.join(unread)}. Say what becomes of it, in the test of its room."
    )
