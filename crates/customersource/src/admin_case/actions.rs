//! Opening, approving, refusing a case, and what happens when its time comes.
use platform::{Fault, clock::Moment, db::Tx};
use serde_json::json;

use super::{Case, CaseId, LATELY, Outcome, Proposal, State, effective_at, may_approve, store};
use crate::{
    acting::{Acting, Adding, Duty},
    association::{
        self,
        actions::{Desk, administrators, language_of, notify, notify_in},
        store::Which,
    },
    audit::{self, Actor, Deed, told::because},
    company::{self, Company, CompanyId},
    notice::{Approved, What},
    profile::{self, AdminSource, Profile, ProfileId},
    rp::Subject,
};

/// Opens a case for a person of this company, whose turn is taken.
pub async fn open(
    tx: &Adding<Duty>,
    now: Moment,
    desk: &Desk<'_>,
    company: CompanyId,
    proposal: &Proposal,
) -> Result<Outcome, Fault> {
    let Some(found) = find(tx, company, proposal.proposed).await? else { return Ok(Outcome::NotFound) };
    if holds(tx, now, tx.subject(), proposal.proposed).await? {
        return Ok(Outcome::OwnProfile);
    }
    if store::has_running(tx, company).await? {
        return Ok(Outcome::Running);
    }
    let id = CaseId::new(now, desk.random);
    if !store::add(tx, now, id, company, proposal, tx.by()).await? {
        return Ok(Outcome::Running);
    }
    let detail = json!({
        "profile": found.0.id, "replaces": proposal.replaces,
        "asked_by": proposal.asked_by, "evidence": proposal.evidence,
    });
    record(tx, now, desk, Actor::Staff(tx.subject()), "case.opened", (id, company), detail).await?;
    Ok(Outcome::Done)
}

/// Approves a case that somebody else opened, tells everybody who could object, and waits for them; or takes it
/// into effect at once when nobody could.
pub async fn approve(
    tx: &Acting<Duty>,
    now: Moment,
    desk: &Desk<'_>,
    id: CaseId,
    reason: &str,
) -> Result<Outcome, Fault> {
    let Some(case) = store::find(tx, id).await? else { return Ok(Outcome::NotFound) };
    if !may_approve(&case.opened, tx.subject()) {
        return Ok(Outcome::NeedsAnother);
    }
    let Some(found) = find(tx, case.company, case.proposed).await? else {
        return Ok(Outcome::NotFound);
    };
    if holds(tx, now, tx.subject(), case.proposed).await?
        || holds(tx, now, &case.opened, case.proposed).await?
    {
        return Ok(Outcome::OwnProfile);
    }
    let present = profile::store::list_administrators(tx, case.company).await?;
    let ids: Vec<ProfileId> = present.iter().map(|profile| profile.id).collect();
    // Whose association was ended a while ago, or by staff, could object as well: ending it first shortens nothing.
    let could_object = !association::store::list_held_lately(tx, &ids, now - LATELY).await?.is_empty();
    let at = effective_at(now, could_object);
    if !store::spend_approval(tx, now, id, tx.by(), (&found.0.email_key, at)).await? {
        return Ok(Outcome::NotFound);
    }
    if could_object {
        let lose = present.iter().filter(|present| present.id != case.proposed).map(Profile::name);
        let approved = Approved {
            effect: at,
            email: found.0.email.clone(),
            asked_by: case.asked_by.clone(),
            replaced: case.replaces.then(|| lose.collect()),
        };
        tell(tx, now, desk, What::CaseApproved(&approved), &found).await?;
    } else {
        take_effect(tx, now, desk, &case, &found).await?;
    }
    let detail = json!({ "effective_at": at.rfc3339(), "reason": reason });
    record(tx, now, desk, Actor::Staff(tx.subject()), "case.approved", (id, case.company), detail).await?;
    Ok(Outcome::Done)
}

/// Whether this Passport uses the profile, or lately used it.
async fn holds(tx: &Tx, now: Moment, who: &Subject, profile: ProfileId) -> Result<bool, Fault> {
    let held = association::store::list_held_lately(tx, &[profile], now - LATELY).await?;
    Ok(held.iter().any(|association| association.subject == *who))
}

/// Refuses a case, or calls an approved one off.
pub async fn refuse(
    tx: &Acting<Duty>,
    now: Moment,
    desk: &Desk<'_>,
    id: CaseId,
    reason: &str,
) -> Result<Outcome, Fault> {
    let Some(case) = store::find(tx, id).await? else { return Ok(Outcome::NotFound) };
    if !store::spend_refusal(tx, id, (tx.by().1, reason)).await? {
        return Ok(Outcome::NotFound);
    }
    call_off(tx, now, desk, &case).await?;
    let detail = json!({ "reason": reason });
    record(tx, now, desk, Actor::Staff(tx.subject()), "case.refused", (id, case.company), detail).await?;
    Ok(Outcome::Done)
}

/// Whoever was told of a case that was approved is told that nothing comes of it.
async fn call_off(tx: &Tx, now: Moment, desk: &Desk<'_>, case: &Case) -> Result<(), Fault> {
    if case.state != State::Approved {
        return Ok(());
    }
    let Some(found) = profile::store::find(tx, case.proposed).await? else { return Ok(()) };
    tell(tx, now, desk, What::CaseCalledOff, &found).await
}

/// Takes a case into effect whose time has come. One whose profile or company is gone is refused.
pub async fn effect(tx: &Tx, now: Moment, desk: &Desk<'_>, case: &Case) -> Result<(), Fault> {
    company::store::lock(tx, case.company).await?;
    profile::store::lock(tx, case.proposed).await?;
    let Some(found) = find(tx, case.company, case.proposed).await? else {
        return refuse_late(tx, now, desk, case, because::GONE).await;
    };
    // Another mailbox is somebody else, and nobody was asked about them.
    if !case.approved_email.is_empty() && case.approved_email != found.0.email_key {
        return refuse_late(tx, now, desk, case, because::ANOTHER_ADDRESS).await;
    }
    // Whoever opened or approved it may have taken the profile since.
    for who in [Some(&case.opened), case.approved.as_ref()].into_iter().flatten() {
        if holds(tx, now, who, case.proposed).await? {
            return refuse_late(tx, now, desk, case, because::HAS_THE_PROFILE).await;
        }
    }
    take_effect(tx, now, desk, case, &found).await
}

/// Refuses a case that was approved and cannot take effect.
async fn refuse_late(tx: &Tx, now: Moment, desk: &Desk<'_>, case: &Case, reason: &str) -> Result<(), Fault> {
    if !store::spend_refusal(tx, case.id, ("", reason)).await? {
        return Ok(());
    }
    call_off(tx, now, desk, case).await?;
    let (detail, what) = (json!({ "reason": reason }), (case.id, case.company));
    record(tx, now, desk, Actor::Clock, "case.refused", what, detail).await
}

async fn take_effect(
    tx: &Tx,
    now: Moment,
    desk: &Desk<'_>,
    case: &Case,
    found: &(Profile, Company),
) -> Result<(), Fault> {
    if !store::spend_effect(tx, now, case.id).await? {
        return Ok(());
    }
    // Those who lose their rights are told, too.
    let before = profile::store::list_administrators(tx, case.company).await?;
    profile::store::set_administrator(tx, case.proposed, Some(AdminSource::Support)).await?;
    company::store::spend_first_administrator(tx, case.company).await?;
    tell(tx, now, desk, What::CaseEffective, found).await?;
    let former = before.iter().filter(|former| case.replaces && former.id != case.proposed);
    let mut ended = Vec::new();
    for former in former {
        profile::store::set_administrator(tx, former.id, None).await?;
        association::store::revoke_links(tx, Which::AskedBy(former.id)).await?;
        let about = (former.clone(), found.1.clone());
        notify(tx, now, desk, What::NoLongerAdministrator, &about, &former.email, None).await?;
        ended.push(former.id);
    }
    notify(tx, now, desk, What::BecameAdministrator, found, &found.0.email, None).await?;
    let detail = json!({ "profile": case.proposed, "no_longer": ended });
    record(tx, now, desk, Actor::Clock, "case.effective", (case.id, case.company), detail).await
}

async fn find(tx: &Tx, of: CompanyId, profile: ProfileId) -> Result<Option<(Profile, Company)>, Fault> {
    let found = profile::store::find(tx, profile).await?;
    Ok(found.filter(|(profile, company)| profile.is_active && company.is_active && company.id == of))
}

/// The present administrators and the Bill-To contacts, each address once; not the proposed person.
async fn tell(
    tx: &Tx,
    now: Moment,
    desk: &Desk<'_>,
    what: What<'_>,
    found: &(Profile, Company),
) -> Result<(), Fault> {
    let mut told = administrators(tx, desk, &found.1, Some(&found.0)).await?;
    for contact in profile::store::list_bill_to(tx, found.1.id).await? {
        let is_known = contact.email_key == found.0.email_key
            || told.iter().any(|(known, _)| known.email_key == contact.email_key);
        if !is_known {
            let default = desk.site.default_language;
            let language = language_of(tx, contact.id, found.1.id, default).await?;
            told.push((contact, language));
        }
    }
    for (recipient, language) in told {
        let to = (recipient.email.as_str(), language);
        notify_in(tx, now, desk, what, (&found.0, &found.1), to, None).await?;
    }
    Ok(())
}

async fn record(
    tx: &Tx,
    now: Moment,
    desk: &Desk<'_>,
    actor: Actor<'_>,
    action: &'static str,
    (id, company): (CaseId, CompanyId),
    detail: serde_json::Value,
) -> Result<(), Fault> {
    let deed = Deed { actor, company: Some(company), action, target: format!("case:{id}"), detail };
    audit::store::append(tx, now, desk.audit, &deed).await
}
