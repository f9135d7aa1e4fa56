//! Who is told what: the profile's address, its Passport, the company's administrators.
use platform::{Fault, clock::Moment, db::Tx, language::Language};

use super::{Desk, store};
use crate::{
    association::Association,
    notice::{Notice, What},
    organization::Organization,
    profile::{self, Profile, ProfileId},
};

/// Tells one address, in the language in which the profile that it belongs to was last used.
pub async fn notify(
    tx: &Tx,
    now: Moment,
    desk: &Desk<'_>,
    what: What,
    (profile, organization): &(Profile, Organization),
    to: &str,
    link: Option<&str>,
) -> Result<(), Fault> {
    let language = language_of(tx, desk, profile.id).await?;
    notify_in(tx, now, desk, what, (profile, organization), (to, language), link).await
}

/// Tells a profile's address and, if it has one of its own, the Passport that it is or was associated with.
pub async fn notify_person(
    tx: &Tx,
    now: Moment,
    desk: &Desk<'_>,
    what: What,
    found: &(Profile, Organization),
    association: Option<&Association>,
) -> Result<(), Fault> {
    let (profile, organization) = found;
    let language = association.and_then(|known| known.language).unwrap_or(desk.site.default_language);
    let about = (profile, organization);
    notify_in(tx, now, desk, what, about, (&profile.email, language), None).await?;
    match association.and_then(|known| known.notice_to.as_deref()) {
        Some(own) if own != profile.email => {
            notify_in(tx, now, desk, what, about, (own, language), None).await
        }
        _ => Ok(()),
    }
}

/// The company's administrators that have an address of their own, with the language of each.
pub async fn administrators(
    tx: &Tx,
    desk: &Desk<'_>,
    organization: &Organization,
    but: Option<&Profile>,
) -> Result<Vec<(Profile, Language)>, Fault> {
    let mut told: Vec<(Profile, Language)> = Vec::new();
    for administrator in profile::store::list_administrators(tx, organization.id).await? {
        let is_known = told.iter().any(|(known, _)| known.email_key == administrator.email_key)
            || but.is_some_and(|but| but.email_key == administrator.email_key);
        if !is_known {
            let language = language_of(tx, desk, administrator.id).await?;
            told.push((administrator, language));
        }
    }
    Ok(told)
}

/// Tells one address in one language.
pub async fn notify_in(
    tx: &Tx,
    now: Moment,
    desk: &Desk<'_>,
    what: What,
    (profile, organization): (&Profile, &Organization),
    (to, language): (&str, Language),
    link: Option<&str>,
) -> Result<(), Fault> {
    let person = profile.name();
    let notice = Notice { what, language, to, person: &person, company: &organization.name, at: now, link };
    desk.outbox.add(tx, now, &notice.write(&desk.site.texts)?).await
}

async fn language_of(tx: &Tx, desk: &Desk<'_>, profile: ProfileId) -> Result<Language, Fault> {
    let current = store::find_current(tx, profile).await?;
    Ok(current.and_then(|current| current.language).unwrap_or(desk.site.default_language))
}
