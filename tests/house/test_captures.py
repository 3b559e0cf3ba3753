"""The pictures of the guides: all there, none left over, as large as their page believes, told in words, and light."""

from PIL import Image

from app.referentiel import aide
from app.templating import STATIC
from tests.house.sources import ROOT
from tests.typographie import fautes

IMAGES = [etape.image for guide in aide.guides() for etape in guide.etapes if etape.image]
#: As wide as the text beside them (44 rem).
WIDEST = 704
#: Those of one guide, two seconds of a slow line (quality A5), and all of them in the image.
HEAVIEST, ALTOGETHER = 100_000, 600_000


def test_every_picture_is_there_and_none_is_left_over() -> None:
    assert IMAGES
    named = [f"static/{image.fichier}" for image in IMAGES]
    kept = [path.relative_to(ROOT).as_posix() for path in (STATIC / "captures").iterdir()]
    assert sorted(named) == sorted(kept), "python -m bench.captures takes them again"


def test_the_sizes_that_pages_are_told_are_theirs() -> None:
    for one in IMAGES:
        with Image.open(STATIC / one.fichier) as image:
            assert image.size == (one.largeur * aide.FINESSE, one.hauteur * aide.FINESSE), one.nom
        assert one.largeur <= WIDEST, one.nom


def test_who_does_not_see_them_is_told_what_they_show() -> None:
    said = [one.alt for one in IMAGES]
    assert all(20 <= len(alt) <= 250 for alt in said), [alt for alt in said if not 20 <= len(alt) <= 250]
    assert len(set(said)) == len(said)
    assert not [faute for alt in said for faute in fautes(alt)]


def test_they_are_light() -> None:
    weights = {
        guide.code: sum((STATIC / e.image.fichier).stat().st_size for e in guide.etapes if e.image)
        for guide in aide.guides()
    }
    assert max(weights.values()) <= HEAVIEST, weights
    assert sum(weights.values()) <= ALTOGETHER


def test_the_readme_shows_two_of_them() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert sum(f"(static/{one.fichier})" in readme for one in IMAGES) == 2
