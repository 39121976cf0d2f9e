"""Flash messages about accounts."""

FLASH_MESSAGES = {
    "account-kept": "Your account stays.",
    "deletion-asked": "Your account will be deleted in seven days. We have sent you a mail about it.",
    "deletion-pending": "Your account will be deleted soon; see your account page if you want to keep it.",
    "email-change-asked": (
        "We have sent a link to the new address. Your address changes when you open that link and press the button."
    ),
    "email-changed": "Your e-mail address has been changed.",
    "email-taken": "This address has an account already. Sign in, or ask for a new password.",
    "password-changed": "Your password has been changed. Your other devices have been signed out.",
    "password-set": "Your new password is set, and every device has been signed out. Sign in with it now.",
    "profile-saved": "Your profile has been saved.",
    "registration-expired": "That registration is no longer kept. Register again, and we send you a new mail.",
    "registration-sent-again": "The mail is on its way again, unless we have just sent several. Earlier links work.",
    "session-ended": "That device has been signed out.",
    "session-over": "Your session has ended, and nothing has been changed. Sign in, then send the form once more.",
    "sessions-ended": "All your other devices have been signed out.",
    "signed-out": "You are signed out.",
    "welcome": "Welcome! Your address is confirmed, and you are signed in.",
}
