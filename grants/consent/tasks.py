"""What beat starts for customers: their mail, and what their silence means."""

from celery import shared_task

from grants.consent.actions.counting import forget_tries
from grants.consent.actions.mailing import send_customer_mail
from grants.consent.actions.silence import settle_silence

SWEEPS = {
    "customers who did not answer": settle_silence,
    "mails to customers": send_customer_mail,
    "counts of tries": forget_tries,
}
"""Name of a sweep -> one pass over all that is due; returns how many rows it wrote."""

BEAT = {
    "grants.customers": ("grants.tasks.serve_customers", 5.0),
    "grants.forget_tries": ("grants.tasks.forget_tries", 3600.0),
}
"""Name of a beat entry -> task and seconds between two runs."""


@shared_task(name="grants.tasks.serve_customers")
def serve_customers() -> None:
    """Send what waits and settle what nobody answered."""
    settle_silence()
    send_customer_mail()


@shared_task(name="grants.tasks.forget_tries")
def forget_old_tries() -> None:
    """Forget counts of tries that count no more."""
    forget_tries()
