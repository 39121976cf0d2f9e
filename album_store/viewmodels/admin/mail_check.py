"""Whether the last test email was sent, for the admin overview."""

from pyramid.request import Request

from album_store.data.outgoing_mail import OutgoingMail


def outcome(request: Request, mail: OutgoingMail | None) -> str:
    """Say whether the last test email to the admin was sent, or why it failed."""
    moment = request.wording.moment
    if mail is None:
        return "You haven't sent yourself a test email yet."
    if mail.sent_date:
        how = "saved to the mailbox" if request.store_settings.mail_delivery == "mailbox" else "sent"
        return f"Your last test email was {how} on {moment(mail.sent_date)}."
    if mail.failed_date:
        return f"Your last test email failed on {moment(mail.failed_date)}: {mail.last_error}"
    waiting = f"Your last test email has been waiting since {moment(mail.created_date)}."
    if mail.last_error:
        return f"{waiting} We'll try again on {moment(mail.next_attempt_date)}. Last error: {mail.last_error}"
    return waiting
