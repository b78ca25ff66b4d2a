"""What a question to an HTTP API may say beside its path: where the rows are, how they are named, and how the pages go on."""

from tenants.language.reader import Reader
from tenants.language.shapes import Paging, Question


def parse_api(reader: Reader) -> Question:
    """Everything of an API's question but its source, path and tenant."""
    return Question(
        rows=reader.text("rows"),
        columns=_texts(reader, "columns", '{ at = "created", what = "event.type" }'),
        fixed=_texts(reader, "fixed", '{ what = "Payment" }'),
        paging=_paging(reader),
        empty_on_404=reader.flag("empty_on_404", False),
    )


def _texts(reader: Reader, key: str, example: str) -> tuple[tuple[str, str], ...]:
    table = reader.table(key)
    if table is None:
        return ()
    found = tuple((name, table.text(name, needed=f"write {key} = {example}")) for name in table.data)
    return tuple(pair for pair in found if pair[1])


def _paging(reader: Reader) -> Paging:
    following, parameter = reader.text("next"), reader.text("next_parameter")
    last_row, page = reader.text("last_row"), reader.text("page_parameter")
    if page and (parameter or last_row):
        reader.mistake(
            "page_parameter",
            "the pages are counted and have a cursor too",
            "keep page_parameter for an API that counts its pages, else next_parameter",
        )
    if parameter and not (following or last_row):
        reader.mistake(
            "next_parameter",
            "nothing says what goes into next_parameter",
            'add next = "paging.cursor" (where the answer has it) or last_row = "id" (of the last row)',
        )
    if last_row and not parameter:
        reader.mistake(
            "last_row",
            "nothing says which parameter takes the last row's value",
            'add next_parameter = "starting_after"',
        )
    return Paging(following, page or parameter, last_row, counts=bool(page))
