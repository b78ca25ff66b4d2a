"""Helpers of the tests on second factors: an app of our own (RFC 6238), and people who have one."""

import base64
import hashlib
import hmac
import struct
import time

from django.test import Client

from tests.conftest import PASSWORD

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
OTHER = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"


def code(secret=SECRET, steps=0):
    """Return what an authenticator app shows, so many steps of 30 seconds from now."""
    counter = struct.pack(">Q", int(time.time()) // 30 + steps)
    digest = hmac.new(base64.b32decode(secret), counter, hashlib.sha1).digest()
    at = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[at : at + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"


def enrolled(person, secret=SECRET):
    """Give a person an authenticator app and recovery codes; return the codes. For tests that roll back."""
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
    from allauth.mfa.totp.internal.auth import TOTP

    from audit.actions import record

    record("person.recovery_codes_made", actor=person.as_actor(), obj=person.as_ref())
    TOTP.activate(person, secret)
    return RecoveryCodes.activate(person).generate_codes()


def after_password(username, client=None):
    """Return a client that has given the password and nothing more."""
    client = client or Client()
    answer = client.post("/sign-in/", {"username": username, "password": PASSWORD})
    assert answer["Location"] == "/sign-in/code/", answer.content
    return client


def signed_in(username, secret=SECRET, **more):
    """Return a client that has signed in with both; the code of this step is used up by it."""
    client = after_password(username, Client(**more))
    answer = client.post("/sign-in/code/", {"code": code(secret)})
    assert answer.status_code == 302, answer.content
    return client


def grow_old(client, minutes=11):
    """Make the second factor of a session as old as that."""
    session = client.session
    kept = session["second_factor"]
    session["second_factor"] = kept | {"at": kept["at"] - minutes * 60}
    session.save()
