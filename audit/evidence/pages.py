"""What the pages of a pack show beside its progress."""

from audit.evidence.words import period_of
from audit.models import EvidencePack
from audit.pages.facts import Fact, copy, fact, kept
from audit.refs import Staff


def may_decide(actor: Staff, pack: EvidencePack) -> bool:
    """Tell whether the person is somebody else, who may agree to it now. The verb asks again."""
    return pack.state == EvidencePack.State.WAITING and pack.asked_by_id != actor.as_actor().id


def pack_facts(pack: EvidencePack) -> list[Fact]:
    """Return what was asked, who agreed, and what became of it."""
    return kept(
        fact("About", pack.about, hint=pack.get_kind_display()),
        fact("Time", period_of(pack)),
        fact("What for", pack.reason),
        fact("Asked for by", pack.asked_by_label),
        _at("Asked", pack.asked_at),
        fact("Values kept apart", "Included" if pack.with_values else "Left out"),
        fact("Decided by", pack.decided_by_label, hint=pack.comment),
        _at("Decided", pack.decided_at),
        fact("Events", str(pack.events) if pack.events is not None else ""),
        fact("Size", f"{(pack.size or 0) / 1000:,.0f} kB" if pack.size else ""),
        copy("SHA-256 of the file", pack.digest),
        _at("The file is removed", pack.expires_at),
    )


def _at(label: str, moment: object) -> Fact:
    return {"label": label, "at": moment, "text": str(moment or ""), "hint": ""}
