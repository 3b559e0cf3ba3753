"""What nobody honest sends: values, headers, bodies and methods, the same at every run (quality S3)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from app.domain.mots.identifiants import NatureIdentifiant
from app.settings import ROOT
from tests.gardes.porte import FORMULAIRE, Entetes

#: Must never come back as it went: it would run in somebody's page.
BALISE = "<zorbe onclick=alert(1)>"
FORME = (b"content-type", FORMULAIRE.encode())
MULTIPART = (b"content-type", b"multipart/form-data; boundary=limite")

# As they stand in an address or a form already encoded: some are no text at all.
VALEURS: dict[str, str] = {
    "empty": "",
    "nul": "%00",
    "nul inside": "a%00b",
    "lone surrogate": "%ED%A0%80",
    "not utf-8": "%FF%FE%80",
    "broken percent": "%",
    "zero": "0",
    "negative": "-1",
    "int32": "2147483648",
    "int64": "9223372036854775808",
    "beyond": "9" * 400,
    "exponent": "1e309",
    "not a number": "NaN",
    "arabic digits": "%D9%A1%D9%A2%D9%A3",
    "superscript": "%C2%B2",
    "no day": "31%2F02%2F2026",
    "first day": "0001-01-01",
    "last day": "9999-12-31",
    "year zero": "0000-00-00",
    "week": "2026-W10-5",
    "no uuid": "00000000-0000-0000-0000-00000000000g",
    "nobody": "00000000-0000-0000-0000-000000000000",
    "braced uuid": "%7B00000000-0000-0000-0000-000000000000%7D",
    "markup": "%3Czorbe%20onclick%3Dalert(1)%3E",
    "template": "%7B%7B7*7%7D%7D%7B%25if%25%7D%25s%25n",
    "quotes": "%27%22%3B--%5C",
    "like": "%25_%5C",
    "header": "%0D%0ASet-Cookie%3A%20a%3Db",
    "climbing": "..%2F..%2Fetc%2Fpasswd",
    "right to left": "%E2%80%AE%E2%81%A6%EF%BF%BF",
    "combining": "e" + "%CC%81" * 500,
    "long": "A" * 30_000,
    "spaces": "%20" * 10_000,
    "long emoji": "%F0%9F%98%80" * 3_000,
    "digits": "1%20" * 10_000,
}
# A few of them are enough where the same value goes through the same reading.
DANS_LE_CHEMIN = (
    *("empty", "nul", "lone surrogate", "not utf-8", "broken percent", "negative", "zero", "int32", "int64"),
    *("beyond", "arabic digits", "superscript", "nobody", "braced uuid", "markup", "header", "climbing"),
    *("right to left", "long"),
)

ENTETES: dict[str, Entetes] = {
    "hx forged": [
        (b"hx-request", b"true"),
        (b"hx-target", b"\xff<zorbe onclick=alert(1)>"),
        (b"hx-current-url", b"javascript:alert(1)"),
        (b"hx-trigger-name", b"x" * 9_000),
        (b"hx-prompt", b"\x80"),
    ],
    "hx nonsense": [
        (b"hx-request", b"\xfe"),
        (b"hx-boosted", b"perhaps"),
        (b"hx-history-restore-request", b"1"),
    ],
    "hx boosted": [(b"hx-request", b"true"), (b"hx-boosted", b"true")],
    "hx twice": [(b"hx-request", b"true"), (b"hx-request", b"false")],
    "range": [(b"range", b"bytes=99999999999999999999-1")],
    "ranges": [(b"range", b"bytes=" + b"0-0," * 2_000)],
    "no range": [(b"range", b"\xff=zz")],
    "stale": [(b"if-modified-since", b"hier"), (b"if-none-match", b'"\xff"'), (b"if-range", b"9")],
    "accept": [
        (b"accept", b"\xff/;q=zz,,"),
        (b"accept-language", b"\xf0\x9f"),
        (b"accept-charset", b"utf-99"),
    ],
    "encoding": [(b"accept-encoding", b"gzip;q=NaN, br;q=-1, \xff")],
    "origin": [(b"origin", b"http://[")],
    "origins": [(b"origin", b"null"), (b"origin", b"http://\xff"), (b"referer", b"http://[::1")],
    "site": [(b"sec-fetch-site", b"cross-site")],
    "host": [(b"host", b"[::1")],
    "hosts": [
        (b"host", b"a b\xff"),
        (b"x-forwarded-host", b"zorbe.example"),
        (b"x-forwarded-proto", b"gopher"),
    ],
    "forwarded": [(b"x-forwarded-for", b"1.2.3.4, \xff, ::ffff:999"), (b"forwarded", b"for=;;")],
    "agent": [(b"user-agent", b"\xff" * 20_000)],
    "no agent": [(b"user-agent", b"")],
    "authorization": [(b"authorization", b"Bearer \xff"), (b"proxy-authorization", b"Basic %")],
    "length": [(b"content-length", b"-1")],
    "no length": [(b"content-length", b"beaucoup")],
    "long length": [(b"content-length", b"9" * 40)],
    "type": [(b"content-type", b"multipart/form-data; boundary")],
    "method": [(b"x-http-method-override", b"DELETE")],
    "upgrade": [(b"connection", b"upgrade"), (b"upgrade", b"h2c"), (b"expect", b"100-continue")],
    "many": [(f"x-{n}".encode(), b"y") for n in range(500)],
}

#: Added to the cookies of the visitor (`+`), or instead of them.
COOKIES: dict[str, bytes] = {
    "no session": b"session=zorbe",
    "dots": b"session=" + b"." * 300,
    "parts": b"session=99999999999999999999." + b"a" * 43 + b".deadbeef",
    "bytes": b"session=\xff\xfe\x00; navigateur=\x80",
    "quotes": b'session="\\377\\000"; annonce="\\"; attente="',
    "names": b"=; ;;; =a; $Version=1; session; path=/; expires=hier",
    "huge": b"session=" + b"a" * 60_000,
    "many": b"; ".join(f"c{n}=v".encode() for n in range(3_000)),
    "+twice": b"session=other; session=another",
    "+annonce": b"annonce=" + b"%3Czorbe%20onclick%3Dalert(1)%3E",
    "+attente": b"attente=zz; navigateur=" + b"n" * 5_000,
    "+sealed": b"attente=" + b"00" * 400,
    "+emoji": "annonce=\U0001f600; navigateur=é".encode(),
    "+host": b"__Host-session=1.2.3; __Secure-session=1",
}

METHODES = ("HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "FOO", "get", "PROPFIND")

QUERIES: dict[str, str] = {
    "many": "&".join(f"c{n}=v" for n in range(10_000)),
    "twice": "&".join(["page=2", "q=a", "onglet=x"] * 1_000),
    "deep": "a" + "%5Bb%5D" * 2_000 + "=1",
    "separators": "&;&=&==&&;q;=;" * 200,
    "raw": "q=\u00e9\u20ac",
    "mark": "?" * 500,
    "plus": "q=" + "+" * 5_000,
    "words": "q=" + "zorbe+" * 3_000,
}


@dataclass(frozen=True)
class Corps:
    """A body and what it pretends to be."""

    contenu: bytes | list[bytes]
    entetes: Entetes


def list_corps(valid: bytes) -> Iterator[tuple[str, Corps]]:
    """(name, body) of every malformed post; `valid` is the form that would act, csrf included."""
    part = (
        b'--limite\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n'
        + valid.split(b"&")[0][5:]
        + b"\r\n"
    )
    multipart = part + b"--limite--\r\n"

    def typed(kind: bytes, contenu: bytes | list[bytes] = valid) -> Corps:
        return Corps(contenu, [(b"content-type", kind)])

    yield "no type", Corps(valid, [])
    yield "empty", Corps(b"", [FORME])
    for name, kind in TYPES.items():
        yield f"type {name}", typed(kind)
    yield "fields", typed(FORME[1], valid + b"&c=v" * 10_000)
    yield "twice", typed(FORME[1], valid + (b"&" + valid) * 200)
    yield "deep", typed(FORME[1], valid + b"&a" + b"[b]" * 3_000 + b"=1")
    yield "nul", typed(FORME[1], valid + b"&\x00=\x00&%00=%00")
    yield "not utf-8", typed(FORME[1], valid + b"&\xff\xfe=\x80&texte=\xed\xa0\x80")
    yield "heavy", typed(FORME[1], [valid + b"&texte=", *([b"A" * 65_536] * 24)])
    yield "crumbs", typed(FORME[1], [valid[n : n + 1] for n in range(len(valid))])
    yield "length short", Corps(valid, [FORME, (b"content-length", b"3")])
    yield "length wrong", Corps(valid, [FORME, (b"content-length", b"trois")])
    yield "multipart", typed(MULTIPART[1], multipart)
    yield "truncated", typed(MULTIPART[1], part[:-9])
    yield "no end", typed(MULTIPART[1], part)
    yield "after the end", typed(MULTIPART[1], multipart + b"zorbe" * 1_000)
    yield "nothing", typed(MULTIPART[1], b"--limite--\r\n")
    yield "urlencoded inside", typed(MULTIPART[1], valid)
    yield "parts", typed(MULTIPART[1], part * 3_000 + b"--limite--\r\n")
    yield "crumbs of parts", typed(MULTIPART[1], [multipart[n : n + 1] for n in range(len(multipart))])
    for name, head in PARTS.items():
        yield (
            f"part {name}",
            typed(MULTIPART[1], part + b"--limite\r\n" + head + b"\r\n\r\nx\r\n--limite--\r\n"),
        )


TYPES: dict[str, bytes] = {
    "json": b"application/json",
    "text": b"text/plain",
    "xml": b"text/xml; charset=utf-16",
    "nonsense": b"\xff/\xfe; ==",
    "slashes": b"////;;;;",
    "utf-16": b"application/x-www-form-urlencoded; charset=utf-16",
    "no charset": b"application/x-www-form-urlencoded; charset=zorbe-8",
    "utf-7": b"application/x-www-form-urlencoded; charset=utf-7",
    "no boundary": b"multipart/form-data",
    "empty boundary": b"multipart/form-data; boundary=",
    "long boundary": b"multipart/form-data; boundary=" + b"x" * 9_000,
    "odd boundary": b'multipart/form-data; boundary="\xff\x00 \\""',
    "two boundaries": b"multipart/form-data; boundary=a; boundary=limite",
    "other charset": b"multipart/form-data; boundary=limite; charset=zorbe-8",
    "mixed": b"multipart/mixed; boundary=limite",
}
PARTS: dict[str, bytes] = {
    "without name": b"Content-Disposition: form-data",
    "without disposition": b"Content-Type: text/plain",
    "without colon": b"Content-Disposition",
    "odd name": b'Content-Disposition: form-data; name="\xff\x00"',
    "long name": b'Content-Disposition: form-data; name="' + b"n" * 9_000 + b'"',
    "star": b"Content-Disposition: form-data; name*=utf-99''%ff%fe",
    "file for a text": b'Content-Disposition: form-data; name="texte"; filename="a.txt"',
    "climbing file": b'Content-Disposition: form-data; name="fichiers"; filename="../../\x00\xff<zorbe>"',
    "long file": b'Content-Disposition: form-data; name="fichiers"; filename="' + b"n" * 9_000 + b'"',
    "base64": b'Content-Disposition: form-data; name="texte"\r\nContent-Transfer-Encoding: base64',
    "charset": b'Content-Disposition: form-data; name="texte"\r\nContent-Type: text/plain; charset=zorbe-8',
    "headers": b'Content-Disposition: form-data; name="texte"\r\n' + b"X-A: b\r\n" * 200 + b"X-Z: z",
    "nested": b'Content-Disposition: form-data; name="a"\r\nContent-Type: multipart/mixed; boundary=b',
}


def list_champs() -> list[str]:
    """The name of every field the site reads, wherever it stands."""
    names = {f"{start}_{nature}" for start in ("absent", "identifiant") for nature in NatureIdentifiant}
    for path in sorted((ROOT / "app").rglob("*.*")):
        if path.suffix == ".html":
            found = re.findall(r'\b(?:name=|[a-z]+\()"([a-z][a-z_0-9]+)"', path.read_text(encoding="utf-8"))
        elif path.suffix == ".py":
            reads = r'\.(?:textes?|identifiants?|is_checked|cle|jour|get)\(\s*"([a-z][a-z_0-9]+)"'
            found = re.findall(reads, path.read_text(encoding="utf-8"))
        else:
            continue
        names |= set(found)
    assert {"texte", "titre", "cle", "departement", "mandat_le", "email", "note", "page", "depuis"} <= names
    return sorted(names - {"csrf"})
