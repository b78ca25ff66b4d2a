"""What the three object pages show besides their forms."""

from typing import Any

from accounts.models import Person
from accounts.queries import powers_of
from grants.models import AccessRequest, Case, Closeout, Grant
from grants.queries.doors import decidable_requests
from grants.queries.facts import shown_facts
from grants.queries.notes import known_of, shown_notes
from grants.queries.pages import bounds_of, grant_line, grants_of, question_of, requests_of, story_of
from grants.queries.people import people_note
from grants.queries.proof import proof_of
from opsconsole.lib.clock import database_now
from opsconsole.lib.registry import grant_sections


def shown_of_case(case: Case, person: Person) -> dict[str, Any]:
    """Return a case's requests, access, closeout and story, and what this person may do with it."""
    held, is_open = powers_of(person).may, case.status == Case.Status.OPEN
    return {
        "case": case,
        "requests": requests_of(case),
        "grants": grants_of(case),
        "story": story_of(case_id=case.pk),
        "closeout": Closeout.objects.filter(case=case).select_related("closed_by").first(),
        **shown_notes(case, person),
        "facts": shown_facts(case, person),
        "may_ask": is_open and "ask" in held and case.owner_id is not None,
        "may_close": is_open and (case.owner_id == person.pk or "decide" in held),
    }


def shown_of_request(asked: AccessRequest, person: Person) -> dict[str, Any]:
    """Return a request as a question, what is known of its case, its story, and what this person has to do with it."""
    return {
        "asked": asked,
        "question": question_of(asked),
        "may_decide": decidable_requests(person).filter(pk=asked.pk).exists(),
        "is_mine": person.pk in (asked.requester_id, asked.person_id),
        "known": known_of(asked.case),
        "people_note": people_note(asked),
        "story": story_of(request_id=asked.pk),
    }


def sections_for(grant: Grant, person: Person) -> list[dict[str, Any]]:
    """Return what the apps above add to a grant's page for this person."""
    found = (section(person=person, grant=grant) for section in grant_sections)
    return [section for section in found if section]


def shown_of_grant(grant: Grant, person: Person) -> dict[str, Any]:
    """Return a grant's state, bounds and story, with the proof of its end where it is over."""
    line = grant_line(grant, database_now())
    return {
        "grant": grant,
        "line": line,
        "bounds": bounds_of({scope.key for scope in line.scopes}, grant.person),
        "people_note": people_note(grant.request, grant),
        "is_mine": grant.person_id == person.pk,
        "proof": proof_of(grant) if line.is_over else None,
        "story": story_of(grant_id=grant.pk),
    }
