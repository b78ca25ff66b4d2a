"""Codes that people type: how they are told apart, and which step of time one belongs to (RFC 6238)."""

import unicodedata

from allauth.mfa.app_settings import RECOVERY_CODE_DIGITS, TOTP_DIGITS
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.utils.crypto import constant_time_compare


def digits_of(typed: str) -> str:
    """Return the digits of what was typed; groups, blanks and dashes are for the reader."""
    return "".join(str(unicodedata.digit(sign)) for sign in typed[:40] if sign.isdecimal())


def is_app_code(digits: str) -> bool:
    """Tell whether these are as many digits as an authenticator app shows."""
    return len(digits) == int(TOTP_DIGITS)


def is_recovery_code(digits: str) -> bool:
    """Tell whether these are as many digits as a recovery code has."""
    return len(digits) == int(RECOVERY_CODE_DIGITS)


def step_of(secret: str, digits: str, *, after: int) -> int | None:
    """Return the step of time whose code this is, or None.

    Steps up to `after` are over: a code counts once, and none older than one that counted (RFC 6238, section 5.2).
    """
    found = None
    for step in yield_hotp_counters_from_time():
        if constant_time_compare(format_hotp_value(hotp_value(secret, step)), digits) and step > after:
            found = step
    return found


def grouped(code: str) -> str:
    """Return a recovery code in two groups, easier to copy from paper."""
    return f"{code[: len(code) // 2]} {code[len(code) // 2 :]}"
