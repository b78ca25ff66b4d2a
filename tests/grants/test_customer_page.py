"""The page behind a customer's signed link: one thing, for a while, for whoever holds it, and nothing by opening it."""

import io
import json
import re
import subprocess
import sys
import zipfile

import pytest
from django.test import Client

from grants.consent.actions import counting
from grants.consent.tokens import LONGEST, NOBODY, digest_of_token, link_named, token_of
from grants.models import CustomerLink, Grant, LinkTry
from tests.grants import customer, desk


@pytest.fixture
def waiting(db, browse_as, tenant, people):
    customer.must_agree(tenant, people)
    return desk.asked(browse_as("agent"), tenant)


@pytest.fixture
def path(waiting):
    return customer.path_of(waiting)


def words(answer):
    text = answer.content.decode()
    return re.sub(r'data-now="[^"]*"|value="[A-Za-z0-9]{64}"', "", text)


def move(as_owner, link, column="expires_at", minutes=-1):
    as_owner(
        f"""ALTER TABLE grants_customerlink DISABLE TRIGGER USER;
            UPDATE grants_customerlink SET made_at = now() - interval '2 days', {column} = now() + make_interval(mins => {minutes})
            WHERE id = '{link.pk}';
            ALTER TABLE grants_customerlink ENABLE ALWAYS TRIGGER grants_guard;
            ALTER TABLE grants_customerlink ENABLE ALWAYS TRIGGER audit_no_truncate;
            ALTER TABLE grants_customerlink ENABLE ALWAYS TRIGGER audit_guard"""
    )


def test_the_page_shows_exactly_what_is_asked_and_no_name_of_staff(waiting, path, tenant):
    answer = Client().get(path)
    text = answer.content.decode()
    assert answer.status_code == 200
    for shown in (
        tenant.name,
        "See which value of a file stopped an import",
        "30 minutes",
        "HD-48192",
        desk.REASON,
        "Support agent",
    ):
        assert shown in text
    assert waiting.digest in text
    assert waiting.person.display_name not in text.replace("Support agent", "")
    assert "<script" not in text
    assert 'class="rail"' not in text
    assert answer["Referrer-Policy"] == "no-referrer"
    assert "no-store" in answer["Cache-Control"]


def test_mail_scanners_change_nothing(waiting, path, events):
    for _ in range(3):
        assert Client().head(path).status_code == 200
    assert events("customer_link.opened") == []
    Client().get(path)
    opened = events("customer_link.opened")[0]
    assert (opened.actor_kind, opened.object_id) == ("product", str(CustomerLink.objects.get().pk))
    link = CustomerLink.objects.get()
    assert (link.used_at, waiting.consent_answers.count()) == (None, 0)
    assert Client().put(path).status_code == 405


def test_forged_expired_and_revoked_links_all_look_the_same(committed, browse_as, tenant, people, as_owner):
    customer.must_agree(tenant, people)
    first, second = (
        desk.asked(browse_as("agent"), tenant, ticket, scopes=[scope])
        for ticket, scope in (("HD-1", "people.read"), ("HD-2", "imports.read"))
    )
    expired, revoked = (CustomerLink.objects.get(request=one) for one in (first, second))
    paths = [customer.path_of(first), customer.path_of(second)]
    move(as_owner, expired)
    admin = browse_as("admin")
    end = f"/consent/{tenant.slug}/links/{revoked.pk}/revoke/"
    assert (desk.post(admin, end).status_code, desk.post(admin, end).status_code) == (302, 409)
    unsigned = token_of(revoked.pk)[:-3] + "AAA"
    for made_up in (unsigned, token_of(NOBODY), "x", "%00", "ä" * 40, "A" * 5000, f"{revoked.pk}"):
        paths.append(f"/c/{made_up}/")
    answers = [Client().get(one) for one in paths]
    assert {answer.status_code for answer in answers} == {404}
    assert len({words(answer) for answer in answers}) == 1
    posts = [customer.answer(one, "approve", client=Client(REMOTE_ADDR="127.0.0.9")) for one in paths]
    assert {answer.status_code for answer in posts} == {404}
    assert not Grant.objects.exists()


def test_a_link_is_kept_as_a_digest_and_opens_its_own_request_only(
    waiting, path, browse_as, other_tenant, people
):
    customer.must_agree(other_tenant, people)
    theirs = desk.asked(browse_as("agent"), other_tenant, "HD-9")
    link = CustomerLink.objects.get(request=waiting)
    token = path.split("/")[2]
    assert link.digest == digest_of_token(token)
    assert token not in str(list(CustomerLink.objects.values()))
    assert len(token) < LONGEST
    assert link_named(token) == link.pk
    text = Client().get(path).content.decode()
    assert other_tenant.name not in text
    assert customer.answer(path, "approve", digest=theirs.digest).status_code == 409
    theirs.refresh_from_db()
    assert theirs.consent_answers.count() == 0


def test_a_used_link_answers_once_and_tells_how_it_stands(waiting, path):
    assert customer.answer(path, "maybe").status_code == 422
    assert customer.answer(path, "approve").status_code == 302
    again = customer.answer(path, "approve")
    assert again.status_code == 409
    assert "has changed since you opened the page" in again.content.decode()
    assert "You agreed" in Client().get(path).content.decode()
    assert customer.answer(path, "deny", "Please do not.").status_code == 302
    assert customer.answer(path, "deny", "Please do not.").status_code == 409


def test_forms_need_their_token_and_the_missing_referrer_is_no_obstacle(waiting, path):
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(path, {"decision": "approve"}).status_code == 403
    page = strict.get(path).content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert token
    typed = {"decision": "approve", "digest": waiting.digest, "csrfmiddlewaretoken": token.group(1)}
    assert strict.post(path, typed, headers={"Origin": "https://elsewhere.example"}).status_code == 403
    assert strict.post(path, typed, headers={"Origin": "null"}).status_code == 302
    assert strict.post("/sign-in/", typed, headers={"Origin": "null"}).status_code == 403


def test_staff_do_not_answer_for_the_customer(waiting, path, browse_as, events):
    for who in ("agent", "approver", "admin"):
        person = browse_as(who)
        assert "You are signed in as staff" in person.get(path).content.decode()
        assert customer.answer(path, "approve", client=person).status_code == 403
    assert waiting.consent_answers.count() == 0
    opened = events("customer_link.opened")[0]
    assert (opened.actor_kind, opened.actor_label) == ("person", "Agent")


def test_guessing_is_held_back_by_place_and_a_link_by_itself(waiting, path, events, monkeypatch):
    monkeypatch.setattr(counting, "MOST_MISSES", 3)
    monkeypatch.setattr(counting, "MINUTES", 10**7)  # no window ends while this runs
    guesser = Client(REMOTE_ADDR="192.0.2.7")
    codes = [guesser.get(f"/c/{token_of(NOBODY)}{number}/").status_code for number in range(5)]
    assert codes == [404, 404, 404, 429, 429]
    assert guesser.get(path).status_code == 429
    assert Client().get(path).status_code == 200
    assert len(events("customer_link.held_back")) == 1
    assert "192.0.2.7" not in str(list(LinkTry.objects.values()))
    monkeypatch.setattr(counting, "MOST_OF_A_LINK", 4)
    assert [Client().get(path).status_code for _ in range(4)][-1] == 429


def test_an_administrator_makes_a_ledger_link_and_the_ledger_tells_each_access(db, browse_as, tenant, events):
    agent = browse_as("agent")
    agent.get(f"/tenants/{tenant.slug}/panels/billing/?ticket=HD-3")
    grant = desk.granted(agent, browse_as("approver"), tenant)
    agent.get(f"/tenants/{tenant.slug}/panels/import_detail/")
    admin = browse_as("admin")
    make = f"/consent/{tenant.slug}/ledger/"
    assert desk.post(admin, make, reason=" ").status_code == 422
    page = desk.post(admin, make, reason="Their security officer asked for it in HD-77.").content.decode()
    path = re.search(r"http://127\.0\.0\.1:8000(/c/[^/]+/)", page)
    assert path
    assert path.group(1) not in admin.get(f"/consent/{tenant.slug}/").content.decode()
    text = Client().get(path.group(1)).content.decode()
    for told in (
        "Support agent",
        "HD-3",
        "HD-48192",
        "What support always sees",
        "A closer look, asked for and approved",
        "Billing",
        "waits for its seal",
    ):
        assert told in text, told
    for event in events("panel.opened"):
        assert str(event.id) in text
    assert grant.person.display_name not in text.replace("Support agent", "")
    assert customer.answer(path.group(1), "deny", "No.").status_code == 409
    assert [event.fields["what"] for event in events("customer_link.opened")] == [
        "the ledger of past accesses"
    ]


def test_the_ledger_names_the_place_in_the_sealed_log_and_another_tenant_never(
    committed, browse_as, tenant, other_tenant, people
):
    from audit.actions import seal_all
    from audit.models import Event

    agent = browse_as("agent")
    agent.get(f"/tenants/{tenant.slug}/panels/billing/")
    agent.get(f"/tenants/{other_tenant.slug}/panels/billing/")
    seal_all()
    customer.must_agree(tenant, people)
    path = customer.path_of(desk.asked(agent, tenant))
    text = Client().get(f"{path}?show=ledger").content.decode()
    own, foreign = (
        Event.objects.get(type="panel.opened", tenant_id=str(one.pk)) for one in (tenant, other_tenant)
    )
    assert re.search(rf"{own.id}</code><span[^>]*>[^<]*entry \d+", text)
    assert str(foreign.id) not in text
    assert "newest signed head" in text


def test_a_customer_checks_the_ledger_without_us(committed, browse_as, tenant, people, tmp_path):
    from audit.actions import seal_all
    from audit.seal.keys import signers

    agent = browse_as("agent")
    agent.get(f"/tenants/{tenant.slug}/panels/billing/")
    seal_all()
    agent.get(f"/tenants/{tenant.slug}/panels/account/")
    customer.must_agree(tenant, people)
    path = customer.path_of(desk.asked(agent, tenant))
    file = Client().get(f"{path}?show=ledger&as=file")
    assert file["Content-Disposition"] == f'attachment; filename="ledger-{tenant.slug}.zip"'
    zipfile.ZipFile(io.BytesIO(file.content)).extractall(tmp_path)
    ledger = tmp_path / "ledger.json"
    told = json.loads(ledger.read_text())
    assert told["accesses"] == Client().get(f"{path}?show=ledger&as=json").json()["accesses"]
    assert Client().get(f"{path}?show=ledger", headers={"accept": "application/json"}).json()["whole"] is True
    assert people("agent").display_name not in ledger.read_text().replace("Support agent", "")

    def check(text):
        ledger.write_text(text)
        command = [sys.executable, "-I", str(tmp_path / "verify_ledger.py"), str(ledger)]
        done = subprocess.run(
            [*command, "--key", str(signers()[0].verifier)], capture_output=True, text=True, check=False
        )
        return done.returncode, done.stdout + done.stderr

    text = ledger.read_text()
    status, said = check(text)
    assert (status, "Holds: 1 accesses" in said, "1 wait for their seal" in said) == (0, True, True), said
    assert "signature of the ledger is wrong" in check(text.replace('"Support agent"', '"Somebody"'))[1]
    assert check(text.replace(told["heads"][0].split()[2], told["heads"][0].split()[2][::-1]))[0] == 1
