"""What became of a test mail, for the admin overview."""

from pyramid.request import Request

from album_store.data.outgoing_mail import OutgoingMail


def outcome(request: Request, mail: OutgoingMail | None) -> str:
    """Say what became of the last test mail to the admin, with the reason of a failure."""
    moment = request.wording.moment
    if mail is None:
        return "No test mail has been sent to you yet."
    if mail.sent_date:
        how = "went into the mailbox" if request.store_settings.mail_delivery == "mailbox" else "left the store"
        return f"The last test mail {how} at {moment(mail.sent_date)}."
    if mail.failed_date:
        return f"The last test mail failed at {moment(mail.failed_date)}: {mail.last_error}"
    waiting = f"The last test mail has been waiting since {moment(mail.created_date)}."
    if mail.last_error:
        return f"{waiting} It will be tried again at {moment(mail.next_attempt_date)}; so far: {mail.last_error}"
    return waiting
