//! Accepting a link: the profile's row is locked, everything is read and decided.
use platform::{Fault, clock::Moment, db::Tx};
use serde_json::json;

use crate::{
    acting::{Acting, Signed},
    association::{
        Association, AssociationId, Dead, Invitation, Purpose, Verdict, Visitor,
        actions::{Desk, administrators, language_of, notify_in},
        decide,
        letter::MovedFacts,
        store::{self, End, Which},
        undo::Undo,
    },
    audit::{self, Actor, Deed},
    company::Company,
    mailing::{self, Kind, Regarding},
    notice::What,
    profile::{self, Profile},
    rp::Subject,
    session,
};

/// Accepts a link, if the verdict is to accept; the row of its profile must be locked. Whatever the verdict, the
/// transaction is to be committed.
pub async fn associate(
    tx: &Acting<Signed>,
    now: Moment,
    desk: &Desk<'_>,
    link_digest: [u8; 32],
    visitor: &Visitor<'_>,
) -> Result<Verdict, Fault> {
    let Some(link) = store::find_link(tx, link_digest).await? else {
        return Ok(Verdict::Dead(Dead::Withdrawn));
    };
    let found = profile::store::find(tx, link.profile).await?;
    let current = store::find_current(tx, link.profile).await?;
    let verdict = decide(&link, found.as_ref(), current.as_ref(), visitor, now);
    match (&verdict, &found) {
        (Verdict::Accept { supersedes }, Some(found)) => {
            if !store::spend_link(tx, now, link.id, visitor.subject).await? {
                return Ok(Verdict::Dead(Dead::Used));
            }
            if let Some(old) = supersedes {
                supersede(tx, now, desk, &link, old, found).await?;
            }
            let id = AssociationId::new(now, desk.random);
            store::add_association(tx, now, id, &link, visitor).await?;
            choose_again(tx, visitor.subject, tx.session().digest).await?;
            if link.purpose != Purpose::SelfClaim {
                tell_administrators(tx, now, desk, id, found).await?;
            }
            record(tx, now, desk, &link, visitor, supersedes.as_ref(), found).await?;
        }
        (Verdict::AlreadyYours, _) => {
            store::spend_link(tx, now, link.id, visitor.subject).await?;
        }
        _ => {}
    }
    Ok(verdict)
}

async fn record(
    tx: &Tx,
    now: Moment,
    desk: &Desk<'_>,
    link: &Invitation,
    visitor: &Visitor<'_>,
    old: Option<&Association>,
    (profile, company): &(Profile, Company),
) -> Result<(), Fault> {
    let was = old.map(|old| format!("{} {}", old.subject.iss, old.subject.sub));
    let deed = Deed {
        actor: Actor::Subject(visitor.subject),
        company: Some(company.id),
        action: "association.made",
        target: format!("profile:{}", profile.id),
        detail: json!({ "invitation": link.id, "purpose": link.purpose.text(), "instead_of": was }),
    };
    audit::store::append(tx, now, desk.audit, &deed).await
}

/// Ends the association in the way with its sessions, and tells the former Passport, the profile's address
/// and the company's administrators.
async fn supersede(
    tx: &Tx,
    now: Moment,
    desk: &Desk<'_>,
    link: &Invitation,
    old: &Association,
    found: &(Profile, Company),
) -> Result<(), Fault> {
    let (profile, company) = found;
    store::spend_association(tx, now, old.id, End::Superseded, &format!("invitation:{}", link.id)).await?;
    session::store::end_of_association(tx, old.id).await?;
    // What the former Passport asked for goes with it (AS-03); not if it is its own person who moves on.
    store::revoke_links(tx, Which::Switches(profile.id)).await?;
    if link.purpose != Purpose::SelfSwitch {
        store::revoke_links(tx, Which::AskedBy(profile.id)).await?;
    }
    let default = desk.site.default_language;
    let language = match old.language {
        Some(language) => language,
        None => language_of(tx, profile.id, company.id, default).await?,
    };
    let zone = desk.places.zone_of(company);
    let mut told = vec![(profile.email.clone(), language)];
    for (administrator, language) in administrators(tx, desk, company, Some(profile)).await? {
        told.push((administrator.email, language));
    }
    for (to, language) in told {
        let facts = MovedFacts {
            language,
            to: &to,
            person: &profile.name(),
            company: &company.name,
            at: now,
            zone: &zone,
        };
        let letter = facts.write(&desk.site.texts)?;
        let about = Regarding::of(Kind::Notice).profile(profile.id);
        mailing::actions::send(tx, now, desk.outbox, (&letter, &letter), &about).await?;
    }
    match old.notice_to.as_deref() {
        Some(own) if own != profile.email => {
            notify_in(tx, now, desk, What::Lost, (profile, company), (own, language), None).await
        }
        _ => Ok(()),
    }
}

/// Each administrator's notice carries a link of its own that ends the association.
async fn tell_administrators(
    tx: &Tx,
    now: Moment,
    desk: &Desk<'_>,
    association: AssociationId,
    (profile, company): &(Profile, Company),
) -> Result<(), Fault> {
    for (administrator, language) in administrators(tx, desk, company, Some(profile)).await? {
        let undo = Undo { association, administrator: administrator.id };
        let link = desk.site.url(&format!("/undo/{}", desk.undo.name(&undo)));
        let about = (profile, company);
        let to = (administrator.email.as_str(), language);
        notify_in(tx, now, desk, What::Accepted, about, to, Some(&link)).await?;
    }
    Ok(())
}

/// The only profile is the one of this visit; with several, the person chooses (CS-30, CS-31).
async fn choose_again(tx: &Tx, subject: &Subject, session_digest: [u8; 32]) -> Result<(), Fault> {
    let standings = store::list_standings(tx, subject).await?;
    let only = match standings.as_slice() {
        [only] => Some(only.association.id),
        _ => None,
    };
    session::store::set_choice(tx, session_digest, only).await
}
