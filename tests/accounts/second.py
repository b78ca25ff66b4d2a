"""Helpers of the tests on second factors: an app (RFC 6238) and a passkey (WebAuthn) of our own, and people who have one."""

import base64
import hashlib
import hmac
import html
import json
import re
import struct
import time

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from django.test import Client
from fido2 import cbor
from fido2.cose import ES256

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


ORIGIN = "http://localhost:8000"
USER_IS_THERE, NEW_KEY = 0x05, 0x40


class Passkey:
    """An authenticator that answers whatever it is told to, on whatever page it is told to be."""

    def __init__(self):
        self.key, self.id, self.count = ec.generate_private_key(ec.SECP256R1()), b"k" * 32, 0

    def add(self, question, origin=ORIGIN):
        """Return the answer to a question for a new passkey."""
        public = cbor.encode(dict(ES256.from_cryptography_key(self.key.public_key())))
        data = (
            self._data(USER_IS_THERE | NEW_KEY)
            + bytes(16)
            + struct.pack(">H", len(self.id))
            + self.id
            + public
        )
        client = self._client("webauthn.create", question, origin)
        made = cbor.encode({"fmt": "none", "attStmt": {}, "authData": data})
        return self._answer(clientDataJSON=client, attestationObject=made)

    def show(self, question, origin=ORIGIN, uses=1):
        """Return the answer to a question for a passkey, which was used so often since the last."""
        self.count += uses
        client, data = self._client("webauthn.get", question, origin), self._data(USER_IS_THERE)
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        return self._answer(clientDataJSON=client, authenticatorData=data, signature=signature)

    def _data(self, flags):
        return hashlib.sha256(b"localhost").digest() + bytes([flags]) + struct.pack(">I", self.count)

    def _client(self, kind, question, origin):
        challenge = json.loads(question)["publicKey"]["challenge"]
        return json.dumps(
            {"type": kind, "challenge": challenge, "origin": origin, "crossOrigin": False}
        ).encode()

    def _answer(self, **parts):
        response = {name: text(value) for name, value in parts.items()}
        own = text(self.id)
        return json.dumps(
            {
                "id": own,
                "rawId": own,
                "type": "public-key",
                "response": response,
                "clientExtensionResults": {},
            }
        )


def text(value):
    """Return bytes as WebAuthn writes them in JSON."""
    return base64.urlsafe_b64encode(value).decode().rstrip("=")


def question_on(client, path):
    """Return what a page would ask the browser for."""
    page = client.get(path).content.decode()
    return html.unescape(re.search(r'data-passkey-question="([^"]*)"', page).group(1))
