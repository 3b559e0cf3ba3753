"""Which characters the fonts of this machine can draw, asked of fontconfig, which WeasyPrint’s own choice comes from.

A mandat whose name is a row of boxes would be signed by nobody: what cannot be drawn is said instead.
"""

import ctypes
import threading
from functools import cache

_LATIN = 0x250  # what every font draws is not asked
_verrou = threading.Lock()


def list_undrawable(texte: str) -> list[str]:
    """The characters of this text that no font draws, each once, in their order; none when nobody can tell."""
    return [char for char in dict.fromkeys(texte) if ord(char) >= _LATIN and not _is_drawable(char)]


@cache
def _is_drawable(char: str) -> bool:
    library = _library()
    if library is None:
        return True
    with _verrou:
        charset = library.FcCharSetCreate()
        library.FcCharSetAddChar(charset, ord(char))
        pattern = library.FcPatternCreate()
        library.FcPatternAddCharSet(pattern, b"charset", charset)
        found = library.FcFontList(None, pattern, None)
        try:
            # A set of fonts starts with their number.
            return bool(found) and ctypes.cast(found, ctypes.POINTER(ctypes.c_int))[0] > 0
        finally:
            if found:
                library.FcFontSetDestroy(found)
            library.FcPatternDestroy(pattern)
            library.FcCharSetDestroy(charset)


@cache
def _library() -> ctypes.CDLL | None:
    try:
        library = ctypes.CDLL("libfontconfig.so.1")
    except OSError:
        return None
    pointer = ctypes.c_void_p
    for name in ("FcCharSetCreate", "FcPatternCreate", "FcFontList"):
        getattr(library, name).restype = pointer
    library.FcCharSetAddChar.argtypes = (pointer, ctypes.c_uint32)
    library.FcPatternAddCharSet.argtypes = (pointer, ctypes.c_char_p, pointer)
    library.FcFontList.argtypes = (pointer, pointer, pointer)
    for name in ("FcFontSetDestroy", "FcPatternDestroy", "FcCharSetDestroy"):
        getattr(library, name).argtypes = (pointer,)
    return library
