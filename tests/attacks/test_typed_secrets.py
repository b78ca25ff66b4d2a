"""A secret that somebody types goes neither into a case nor, for ever, into the log."""

import pytest

from audit.actions import record
from audit.models import Event
from audit.refs import SYSTEM, Ref

pytestmark = pytest.mark.django_db
CARD = "4242424242424242"


@pytest.mark.parametrize("field", ["issue", "notes"])
def test_a_card_number_in_a_case_is_sent_back_at_its_field(browse_as, tenant, field):
    typed = {"ticket": "HD-4711", "tenant": tenant.slug, "issue": "The import stopped.", "notes": ""}
    answer = browse_as("agent").post("/cases/new/", {**typed, field: f"Their card is {CARD}."})
    assert answer.status_code == 422
    assert "card number or a secret" in answer.content.decode()


def test_an_ordinary_case_is_opened(browse_as, tenant):
    typed = {
        "ticket": "HD-4711",
        "tenant": tenant.slug,
        "issue": "Import 8812 stopped at row 431 of order 20261121.",
        "notes": "",
    }
    assert browse_as("agent").post("/cases/new/", typed).status_code == 302


def test_what_slips_into_an_event_is_blanked_in_sentence_fields_and_labels():
    secret = f"card {CARD} token=abcdef123456"
    record("policy.proposed", actor=SYSTEM, obj=Ref("policy", "1", secret))
    event = Event.objects.latest("seq")
    assert CARD not in event.sentence + event.object_label
    assert "abcdef123456" not in event.sentence + event.object_label


def test_digests_and_ids_stay_whole():
    digest = "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"
    record("policy.proposed", actor=SYSTEM, obj=Ref("policy", digest, digest[:12]))
    assert Event.objects.latest("seq").object_id == digest
