"""Flash messages about accounts."""

FLASH_MESSAGES = {
    "account-kept": "Your account will not be deleted.",
    "deletion-asked": "Your account will be deleted in seven days. We've sent you an email about it.",
    "deletion-pending": "Your account is scheduled for deletion. To keep it, go to your account page.",
    "email-change-asked": (
        "We've sent a link to the new address. The change takes effect once you open the link and confirm."
    ),
    "email-changed": "Your email address has been changed.",
    "email-taken": "This address already has an account. Sign in, or reset your password.",
    "password-changed": "Your password has been changed. Your other devices have been signed out.",
    "password-set": "Your new password is set and all devices have been signed out. Sign in with the new password.",
    "profile-saved": "Your profile has been saved.",
    "registration-expired": "That registration has expired. Register again to get a new email.",
    "registration-sent-again": (
        "We've sent the email again, unless we've just sent you several. Earlier links still work."
    ),
    "session-ended": "That device has been signed out.",
    "session-over": "Your session has ended and nothing has been changed. Sign in, then send the form again.",
    "sessions-ended": "All your other devices have been signed out.",
    "signed-out": "You are signed out.",
    "welcome": "Welcome. Your email address is confirmed and you are signed in.",
}
