"""The demo's people: one for each kind of work. Password `opsconsole-demo` for all."""

from dataclasses import dataclass

PASSWORD = "opsconsole-demo"  # noqa: S105 - the demo's one password stands in the README


@dataclass(frozen=True)
class DemoPerson:
    """One person to be: sign-in name, name on pages, role of the demo policy."""

    username: str
    display_name: str
    roles: tuple[str, ...]
    is_staff: bool = False

    @property
    def email(self) -> str:
        """Where their mail goes; `.example` reaches nobody."""
        return f"{self.username}@opsdesk.example"


PEOPLE = (
    DemoPerson("agent", "Agent", ("support",)),
    DemoPerson("agent2", "Second agent", ("support",)),
    DemoPerson("agent3", "Leaving agent", ("support",)),
    DemoPerson("agent4", "Former agent", ("support",)),  # off-boarded in the week
    DemoPerson("approver", "Approver", ("support_lead",)),
    DemoPerson("approver2", "Second approver", ("support_lead",)),
    DemoPerson("success", "Success manager", ("success",)),
    DemoPerson("compliance", "Compliance reviewer", ("compliance",)),
    DemoPerson("compliance2", "Second reviewer", ("compliance",)),
    DemoPerson("finance", "Finance operations", ("finance",)),
    DemoPerson("admin", "Administrator", ("admin",), is_staff=True),
    DemoPerson("outsider", "Outsider", ()),
)
