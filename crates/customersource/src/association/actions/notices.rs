//! Who is told what: the profile's address, its Passport, the company's administrators.
use platform::{Fault, clock::Moment, db::Tx, language::Language};

use super::{Desk, store};
use crate::{
    association::Association,
    company::{Company, CompanyId},
    mailing::{self, Kind, Regarding},
    notice::{Notice, What},
    profile::{self, Profile, ProfileId},
};

/// Tells one address of a profile, in the language of its reader.
pub async fn notify(
    tx: &Tx,
    now: Moment,
    desk: &Desk<'_>,
    what: What<'_>,
    (profile, company): &(Profile, Company),
    to: &str,
    link: Option<&str>,
) -> Result<(), Fault> {
    let language = language_of(tx, profile.id, company.id, desk.site.default_language).await?;
    notify_in(tx, now, desk, what, (profile, company), (to, language), link).await
}

/// Tells a profile's address and, if it has one of its own, the Passport that it is or was associated with.
pub async fn notify_person(
    tx: &Tx,
    now: Moment,
    desk: &Desk<'_>,
    what: What<'_>,
    found: &(Profile, Company),
    association: Option<&Association>,
) -> Result<(), Fault> {
    let (profile, company) = found;
    let language = match association.and_then(|known| known.language) {
        Some(language) => language,
        None => language_of(tx, profile.id, company.id, desk.site.default_language).await?,
    };
    let about = (profile, company);
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
    company: &Company,
    but: Option<&Profile>,
) -> Result<Vec<(Profile, Language)>, Fault> {
    let mut told: Vec<(Profile, Language)> = Vec::new();
    for administrator in profile::store::list_administrators(tx, company.id).await? {
        let is_known = told.iter().any(|(known, _)| known.email_key == administrator.email_key)
            || but.is_some_and(|but| but.email_key == administrator.email_key);
        if !is_known {
            let default = desk.site.default_language;
            let language = language_of(tx, administrator.id, company.id, default).await?;
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
    what: What<'_>,
    (profile, company): (&Profile, &Company),
    (to, language): (&str, Language),
    link: Option<&str>,
) -> Result<(), Fault> {
    let person = profile.name();
    let zone = &desk.places.zone_of(company);
    let notice = Notice { what, language, to, person: &person, company: &company.name, at: now, zone, link };
    let about = Regarding::of(Kind::Notice).profile(profile.id);
    let said = notice.write(&desk.site.texts)?;
    mailing::actions::tell(tx, now, desk.outbox, what.family(), said, &about).await
}

/// The language of whoever reads a profile's mail: the one in which the profile is or was last used; else the one in
/// which it was last written to; else the one that most people of the company use (a notice to a Brazilian company is
/// Portuguese, whoever caused it); else, and where two are used alike, the default.
pub async fn language_of(
    tx: &Tx,
    profile: ProfileId,
    company: CompanyId,
    default: Language,
) -> Result<Language, Fault> {
    if let Some(own) = store::find_language(tx, profile).await? {
        return Ok(own);
    }
    Ok(store::find_company_language(tx, company, default).await?.unwrap_or(default))
}
