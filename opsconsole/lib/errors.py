"""What a verb raises when it will not do what was asked. One middleware turns these into pages, JSON and events."""

from collections.abc import Mapping


class ConsoleError(Exception):
    """Base of the three answers below. `sentence` is shown to the person as it is."""

    code = "error"
    status = 500

    def __init__(self, sentence: str, *, code: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        if code:
            self.code = code


class Refused(ConsoleError):
    """The person may not do this (403). `scope` is what is missing, `ask_url` where it can be asked for."""

    code = "refused"
    status = 403

    def __init__(self, sentence: str, *, code: str = "", scope: str = "", ask_url: str = "") -> None:
        super().__init__(sentence, code=code)
        self.scope = scope
        self.ask_url = ask_url


class Conflict(ConsoleError):
    """Somebody else was first (409). `state` says in one word how the object stands now."""

    code = "conflict"
    status = 409

    def __init__(self, sentence: str, *, code: str = "", state: str = "") -> None:
        super().__init__(sentence, code=code)
        self.state = state


class Invalid(ConsoleError):
    """What was typed cannot be used (422). `errors` maps a field to one helpful sentence."""

    code = "invalid"
    status = 422

    def __init__(self, errors: Mapping[str, str], *, code: str = "") -> None:
        super().__init__(" ".join(errors.values()), code=code)
        self.errors = dict(errors)
