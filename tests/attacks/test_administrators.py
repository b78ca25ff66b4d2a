import threading

from django.db import connection

from accounts import actions
from accounts.models import Person, RoleMembership


def test_two_administrators_who_demote_each_other_at_once_leave_one(committed, people, monkeypatch):
    actions.set_roles(actor=people("admin"), person=people("outsider"), roles=["admin"])
    both, told = threading.Barrier(2, timeout=10), []
    check = actions.keep_one_administrator

    def at_once():
        both.wait()
        check()

    def demote(actor, person):
        try:
            actions.set_roles(
                actor=Person.objects.get(username=actor), person=Person.objects.get(username=person), roles=[]
            )
            told.append("done")
        except actions.LastAdministrator:
            told.append("refused")
        finally:
            connection.close()

    monkeypatch.setattr(actions, "keep_one_administrator", at_once)
    threads = [
        threading.Thread(target=demote, args=pair) for pair in (("admin", "outsider"), ("outsider", "admin"))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == ["done", "refused"]
    assert RoleMembership.objects.filter(role="admin").count() == 1
