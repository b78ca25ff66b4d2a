"""Texts of the product before they are kept or shown: it is another program, and may send what no text holds."""


def plain(value: object, longest: int) -> str:
    """Return a value as one line of at most so many characters: what cannot be printed, such as NUL or a turn of direction, is a blank."""
    cut = str(value)[:longest]
    return cut if cut.isprintable() else "".join(each if each.isprintable() else " " for each in cut)
