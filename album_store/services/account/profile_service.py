"""The profile of an account: display name, location and about text."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from album_store.data.account import Account, search_name
from album_store.data.profile import Profile


@dataclass(frozen=True)
class ProfileFacts:
    """A profile as it is shown; fields without a value are empty."""

    display_name: str = ""
    location: str = ""
    about: str = ""
    since: datetime | None = None
    last_sign_in: datetime | None = None


@dataclass(frozen=True)
class ProfileService:
    """Reads and changes profiles."""

    _dbsession: Session

    def find(self, account_id: str) -> ProfileFacts:
        """Return the profile of an account; an empty one if the account has just been deleted."""
        query = select(
            Account.display_name,
            func.coalesce(Profile.location, ""),
            func.coalesce(Profile.about, ""),
            Account.created_date,
            Account.last_login_date,
        ).outerjoin(Profile, Profile.account_id == Account.id)
        return ProfileFacts(*(self._dbsession.execute(query.where(Account.id == account_id)).first() or ()))

    def change(self, account_id: str, display_name: str, location: str, about: str) -> None:
        """Change the profile. Its row is created on the first change."""
        names = {"display_name": display_name, "search_name": search_name(display_name)}
        # This locks the account's row, so that two concurrent first changes do not both add a profile.
        self._dbsession.execute(update(Account).where(Account.id == account_id).values(names))
        self._dbsession.merge(Profile(account_id=account_id, location=location, about=about))
