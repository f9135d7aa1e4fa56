//! A button that ends the session of whoever presses it, pressed twice.
use platform::web::{About, Trouble, Visit, shown::Thing};

use super::sending;
use crate::state::Passport;

/// Who pressed and what, at a door that may end the very session: the same form once more finds nobody signed in, and is
/// answered like the first (decision 0030). `None`: it came before, and it is done.
pub async fn pressed<W, T>(
    passport: &Passport,
    visit: &Visit,
    who: Result<W, Trouble>,
    form: About<T>,
) -> Result<Option<(W, T)>, Trouble> {
    if sending(visit).came_before(passport.db.reader(), visit.now).await? {
        return Ok(None);
    }
    Ok(Some((who?, form.shown(&Thing::default()).checked()?)))
}
