"""E-mail and webhooks: at least once, with the same key each time, and nothing lost while a receiver is down."""

import pytest
from django.db.models import F

from accounts.actions import set_active
from grants.delivery import MOST_ATTEMPTS, deliver_outbox, remind, send_waiting
from grants.models import Channel, Delivery, Notice, Outbox
from grants.notify_rules import parse_notify
from opsconsole.lib.bundle import Bundle, Problems
from opsconsole.lib.pauses import JITTER, LONGEST_PAUSE, pause_after
from tests.conftest import run
from tests.grants import desk, receivers
from tests.processes import Console, free_port, wait_until


@pytest.fixture
def chat(monkeypatch):
    with receivers.chat() as receiver:
        monkeypatch.setenv("NOTIFY_DESK_URL", receiver.url)
        yield receiver


@pytest.fixture
def mail(settings):
    with receivers.mail() as receiver:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", receiver.port
        yield receiver


def due_now():
    """Let every pause be over; there is no clock to set in the console."""
    Delivery.objects.update(next_try_at=F("made_at"))
    Channel.objects.update(paused_until=None)


def test_a_request_reaches_the_deciders_mailboxes_and_the_room_once(db, browse_as, tenant, chat, mail):
    asked = desk.asked(browse_as("agent"), tenant)
    deliver_outbox()
    assert send_waiting() == 3
    assert send_waiting() == 0
    sentence = f"A request for access to {tenant.name} waits for your decision (HD-48192)."
    link = f"/requests/{asked.pk}/"
    assert [post["text"] for post in chat.got] == [f"{sentence}\nhttp://127.0.0.1:8000{link}"]
    assert sorted(letter["To"] for letter in mail.got) == sorted(
        Notice.objects.values_list("person__email", flat=True)
    )
    letter = mail.got[0]
    assert " ".join(letter["Subject"].split()) == sentence.rstrip(".")
    parts = [part.get_content_type() for part in letter.walk()]
    assert parts == ["multipart/alternative", "text/plain", "text/html"]
    plain = letter.get_payload()[0].get_payload(decode=True).decode()
    assert link in plain
    whole = letter.as_string() + chat.got[0]["text"]
    for secret in (asked.person.display_name, asked.person.username, desk.REASON, "approve/", "token"):
        assert secret not in whole
    letters = Delivery.objects.filter(channel="email")
    assert set(mail.keys) == {f"<{pk}@127.0.0.1>" for pk in letters.values_list("pk", flat=True)}
    assert chat.keys == [str(Delivery.objects.get(channel="webhook:desk").pk)]


def test_who_asked_hears_the_denial_by_mail_and_the_room_does_not(db, browse_as, tenant, people, chat, mail):
    asked = desk.asked(browse_as("agent"), tenant)
    desk.post(browse_as("approver"), f"/requests/{asked.pk}/deny/", comment="The panel answers this.")
    deliver_outbox()
    send_waiting()
    assert [letter["To"] for letter in mail.got] == [people("agent").email]
    assert chat.got == []


def test_a_receiver_that_is_down_costs_no_try_and_gets_everything_when_it_is_back(
    db, browse_as, tenant, monkeypatch, mail
):
    port = free_port()
    monkeypatch.setenv("NOTIFY_DESK_URL", f"http://127.0.0.1:{port}/services/secret-path")
    for number in (1, 2):
        desk.asked(
            browse_as("agent"),
            tenant,
            f"HD-4810{number}",
            scopes=[("imports.read", "people.read")[number - 1]],
        )
    deliver_outbox()
    send_waiting()
    channel = Channel.objects.get(pk="webhook:desk")
    assert (channel.failures, channel.error) == (1, "The webhook cannot be reached: ConnectError.")
    assert channel.paused_until > channel.down_since
    assert send_waiting() == 0, "a channel that is down is left alone"
    waiting = Delivery.objects.filter(channel="webhook:desk")
    assert set(waiting.values_list("attempts", "sent_at")) == {(0, None)}
    assert "secret-path" not in channel.error
    assert len(mail.got) == 4, "the other channel goes on"
    with receivers.chat(port) as back:
        due_now()
        assert send_waiting() == 2
        assert len(set(back.keys)) == 2
    channel.refresh_from_db()
    assert (channel.failures, channel.down_since, channel.error) == (0, None, "")


@pytest.mark.parametrize("status", [302, 404, 500])
def test_a_refused_message_is_tried_again_and_at_last_put_aside_for_a_person(
    db, browse_as, tenant, chat, status, events
):
    chat.status = status
    desk.asked(browse_as("agent"), tenant)
    deliver_outbox()
    Delivery.objects.filter(channel="email").delete()
    for attempt in range(1, MOST_ATTEMPTS + 1):
        assert send_waiting() == 1
        row = Delivery.objects.get()
        assert (row.attempts, row.error) == (attempt, f"The webhook answered {status}.")
        due_now()
    assert row.dead_at is not None
    assert send_waiting() == 0
    assert len(set(chat.keys)) == 1, "every try carries the same key"
    admin = browse_as("admin")
    page = admin.get("/deliveries/").content.decode()
    assert f"The webhook answered {status}." in page
    assert "opsconsole_outbox_dead 1.0" in admin.get("/metrics").content.decode()
    assert desk.post(browse_as("agent"), f"/deliveries/{row.pk}/retry/").status_code == 403
    assert desk.post(admin, f"/deliveries/{row.pk}/retry/").status_code == 302
    assert desk.post(admin, f"/deliveries/{row.pk}/retry/").status_code == 409
    chat.status = 200
    assert send_waiting() == 1
    row.refresh_from_db()
    assert row.sent_at is not None
    assert [event.actor_id for event in events("message.retried")] == [str(admin.session["_auth_user_id"])]


def test_a_message_nobody_could_put_into_an_inbox_is_on_the_page_too(db, browse_as, tenant):
    desk.asked(browse_as("agent"), tenant)
    Outbox.objects.update(dead_at=F("made_at"), error="KeyError: no_such_word", attempts=MOST_ATTEMPTS)
    admin = browse_as("admin")
    assert "KeyError: no_such_word" in admin.get("/deliveries/").content.decode()
    desk.post(admin, f"/deliveries/{Outbox.objects.get().pk}/retry/")
    assert deliver_outbox() == 1
    assert Notice.objects.count() == 2


def test_a_mail_server_that_refuses_one_person_holds_up_nobody_else(db, browse_as, tenant, mail):
    desk.asked(browse_as("agent"), tenant)
    deliver_outbox()
    mail.smtp_code = 550
    send_waiting()
    assert set(Delivery.objects.values_list("attempts", "error")) == {
        (1, "The mail server refused it: SMTPRecipientsRefused.")
    }
    mail.smtp_code = 250
    due_now()
    send_waiting()
    assert len(mail.got) == 2


def test_who_has_left_gets_no_mail_any_more(db, browse_as, tenant, mail, people):
    desk.asked(browse_as("agent"), tenant)
    deliver_outbox()
    set_active(actor=people("admin"), person=people("approver2"), active=False)
    send_waiting()
    assert [letter["To"] for letter in mail.got] == [people("approver").email]
    assert Delivery.objects.get(person=people("approver2")).dropped_at is not None


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("http://hooks.chat.example/x", "NOTIFY_DESK_URL must be https, except on loopback."),
        ("https://hooks.chat.example/x", "NOTIFY_DESK_URL leads to another host than the policy names."),
        ("https://127.0.0.1@evil.example/x", "NOTIFY_DESK_URL leads to another host than the policy names."),
        ("https://u:p@127.0.0.1/x", "NOTIFY_DESK_URL leads to another host than the policy names."),
        ("file:///etc/passwd", "NOTIFY_DESK_URL must be https, except on loopback."),
        ("http://[", "NOTIFY_DESK_URL is no web address."),
    ],
)
def test_an_address_that_leads_elsewhere_is_never_called(db, browse_as, tenant, monkeypatch, address, says):
    monkeypatch.setenv("NOTIFY_DESK_URL", address)
    desk.asked(browse_as("agent"), tenant)
    deliver_outbox()
    send_waiting()
    assert Channel.objects.get(pk="webhook:desk").error == says


def test_a_name_in_a_message_is_never_a_mention_or_a_header(db, browse_as, tenant, chat, mail):
    from tenants.models import Tenant

    desk.asked(browse_as("agent"), tenant)
    Tenant.objects.filter(pk=tenant.pk).update(name="<!channel> A & B\r\nBcc: everybody@x.example")
    deliver_outbox()
    send_waiting()
    assert "&lt;!channel&gt; A &amp; B Bcc:" in chat.got[0]["text"]
    assert all(letter["Bcc"] is None for letter in mail.got)
    assert len(mail.got) == 2


def test_pauses_grow_with_jitter_and_end_somewhere():
    for attempts, seconds in ((1, 10), (2, 20), (5, 160), (40, LONGEST_PAUSE)):
        found = {pause_after(attempts).total_seconds() for _ in range(20)}
        assert len(found) > 1
        assert seconds * (1 - JITTER) <= min(found) <= max(found) <= seconds * (1 + JITTER)


def test_every_mistake_of_the_policy_is_told_at_once():
    text = """
[webhook.desk]
url_env = "DATABASE_URL"
host = "https://hooks.chat.example/"
[rule.one]
kinds = ["asked", "aproved"]
roles = ["suport_lead"]
webhooks = ["desk", "room"]
[rule.two]
kinds = ["denied"]
[remind]
waiting_minutes = "15"
colour = "red"
"""
    roles = '[role.support_lead]\ntitle = "Support lead"\ntenants = "all"\nmay = ["see"]\n'
    problems = Problems()
    parse_notify(Bundle({"notify.toml": text, "roles.toml": roles}), problems)
    assert [str(problem) for problem in sorted(problems.found)] == [
        "notify.toml:3: webhook.desk.url_env is 'DATABASE_URL'; name a variable of the environment such as NOTIFY_DESK_URL",
        "notify.toml:4: webhook.desk.host is 'https://hooks.chat.example/'; write the host alone, such as hooks.chat.example",
        "notify.toml:6: rule.one.kinds names aproved, which is not known; write approved",
        "notify.toml:7: rule.one.roles names suport_lead, which is not known; write support_lead",
        "notify.toml:8: rule.one.webhooks names room, which is not known; use one of desk",
        "notify.toml:9: rule.two leads nowhere; add email = true or webhooks = [...], or take the rule out",
        "notify.toml:12: remind.waiting_minutes is '15'; write a whole number from 1 to 1440, without quotes",
        "notify.toml:13: remind.colour is not known; use one of before_end_minutes, before_lapse_minutes, waiting_minutes",
    ]


def told(kind):
    deliver_outbox()
    return sorted(Notice.objects.filter(outbox__kind=kind).values_list("person__username", flat=True))


def later(asked, minutes, as_owner):
    """Let a request have been asked so many minutes ago."""
    as_owner(
        f"""ALTER TABLE grants_accessrequest DISABLE TRIGGER USER;
            UPDATE grants_accessrequest SET asked_at = asked_at - interval '{minutes} min',
                pending_until = pending_until - interval '{minutes} min' WHERE id = '{asked.pk}';
            ALTER TABLE grants_accessrequest ENABLE TRIGGER USER"""
    )


def test_deciders_and_holders_are_reminded_once_each(committed, browse_as, tenant, as_owner, shift):
    agent, approver = browse_as("agent"), browse_as("approver")
    grant = desk.granted(agent, approver, tenant)
    asked = desk.asked(agent, tenant, "HD-48193", scopes=["people.read"])
    assert remind() == 0, "nothing is due yet"
    later(asked, 20, as_owner)
    assert (remind(), remind()) == (1, 0)
    assert told("waiting") == ["approver", "approver2"]
    later(asked, 435, as_owner)
    assert (remind(), remind()) == (1, 0)
    assert told("lapses_soon") == ["approver", "approver2"]
    shift(grant, -26 * 60)
    assert (remind(), remind()) == (1, 0)
    assert told("ends_soon") == ["agent"]
    desk.approve(approver, asked)
    deliver_outbox()
    unread = Notice.objects.filter(read_at__isnull=True, outbox__request=asked)
    assert set(unread.values_list("outbox__kind", flat=True)) == {"approved"}, (
        "what is decided asks nobody any more"
    )


def test_a_question_that_waits_for_its_answer_reminds_who_asked(committed, browse_as, tenant, as_owner):
    asked = desk.asked(browse_as("agent"), tenant)
    desk.post(browse_as("approver"), f"/requests/{asked.pk}/ask-back/", comment="Which import?")
    later(asked, 460, as_owner)
    assert remind() == 1
    assert told("lapses_soon") == ["agent"]


@pytest.mark.parametrize("way", ["chat", "mail"])
def test_a_worker_killed_between_sending_and_marking_sends_again_with_the_same_key(
    committed, browse_as, tenant, way
):
    import threading

    with getattr(receivers, way)() as receiver:
        receiver.hold = threading.Event()
        extra = (
            {"NOTIFY_DESK_URL": receiver.url}
            if way == "chat"
            else {"OPSCONSOLE_EMAIL_URL": f"smtp://127.0.0.1:{receiver.port}"}
        )
        console = Console(committed, 7, extra)
        try:
            console.start_worker()
            desk.asked(browse_as("agent"), tenant)
            assert receiver.arrived.wait(60)
            console.kill("worker")
            first, held = receiver.keys[0], receiver.hold
            assert Delivery.objects.filter(sent_at__isnull=False, channel__startswith=way).count() == 0
            receiver.hold = None
            held.set()
            Delivery.objects.update(next_try_at=F("made_at"))
            Channel.objects.update(busy_until=None)
            console.start_worker()
            rows = Delivery.objects.filter(channel="email" if way == "mail" else "webhook:desk")
            wait_until(lambda: rows.exists() and not rows.filter(sent_at__isnull=True).exists(), every=0.2)
        finally:
            console.stop()
    assert receiver.keys.count(first) == 2
    assert len(set(receiver.keys)) == rows.count()


def test_two_workers_never_send_by_one_channel_at_once(committed, browse_as, tenant, chat):
    from concurrent.futures import ThreadPoolExecutor

    from django.db import connections

    for number in range(4):
        desk.asked(
            browse_as("agent"),
            tenant,
            f"HD-4820{number}",
            scopes=[["imports.read", "people.read", "delivery.read", "payments.read"][number]],
        )
    deliver_outbox()
    Delivery.objects.filter(channel="email").delete()

    def send(_number):
        try:
            return send_waiting()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(send, range(4)))
    send_waiting()
    assert len(chat.keys) == len(set(chat.keys)) == 4


def test_without_a_queue_one_pass_of_the_sweeps_delivers_everything(committed, browse_as, tenant, chat, mail):
    desk.asked(browse_as("agent"), tenant)
    said = run(
        "manage.py", "sweep",
        database=committed,
        REDIS_URL=f"redis://127.0.0.1:{free_port()}/0",
        OPSCONSOLE_EMAIL_URL=f"smtp://127.0.0.1:{mail.port}",
    )  # fmt: skip
    assert "notices delivered: 1" in said
    assert "messages sent: 3" in said
    assert (len(chat.got), len(mail.got)) == (1, 2)
