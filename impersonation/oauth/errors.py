"""What the endpoints of the hand-off answer where they will not do what was asked (RFC 6749, section 5.2)."""

from opsconsole.lib.errors import Refused


class HandOffRefused(Refused):
    """The way into the product is closed: the page says why and how to begin anew."""

    code = "hand_off_refused"


class ClientRefused(Refused):
    """A call of the product that is not believed. `error` is the word of the RFC for its answer."""

    code = "invalid_client"
    status = 401
    error = "invalid_client"


class GrantRefused(ClientRefused):
    """A code or handle that is good no more, or was never good."""

    code = "invalid_grant"
    status = 400
    error = "invalid_grant"


class RequestRefused(ClientRefused):
    """A call that cannot be read."""

    code = "invalid_request"
    status = 400
    error = "invalid_request"


class ProductSilent(ClientRefused):
    """The product's public key cannot be read now, so nothing it signs can be believed."""

    code = "temporarily_unavailable"
    status = 503
    error = "temporarily_unavailable"
