//! The search that a claim asked for: a link to every profile with the claimed address (CS-15).
//! The person waits for none of it, so that its outcome and duration tell nothing (CS-14).
use platform::{
    Fault,
    clock::Moment,
    db::Tx,
    language::Language,
    limits,
    outbox::{Job, Outcome},
};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{
    Portal,
    association::{
        MOST_MAILS, Purpose,
        actions::{Order, notify_in, requester_of, send},
    },
    audit::{self, Actor, Deed},
    claim::{self, ClaimId},
    company::Company,
    directory,
    notice::What,
    profile::{self, Profile},
    rp::Subject,
};

/// A claim to be searched for.
#[derive(Serialize, Deserialize)]
pub struct Search {
    pub claim: ClaimId,
    pub subject: Subject,
    pub email_key: String,
    /// The claimant's own address, which the provider vouches for.
    #[serde(default)]
    pub own_key: Option<String>,
    pub language: Language,
    pub asked_at: Moment,
}

impl Job for Search {
    const KIND: &'static str = "search";
}

pub async fn run(portal: Portal, job: Search) -> Outcome {
    match search(&portal, &job).await {
        Ok(()) => Outcome::Done,
        Err(fault) => Outcome::Retry(fault.to_string()),
    }
}

fn is_meant((profile, company): &(Profile, Company), job: &Search) -> bool {
    profile.is_active && company.is_active && profile.email_key == job.email_key
}

/// All links of a claim, or none: a repeated attempt finds the claim answered.
async fn search(portal: &Portal, job: &Search) -> Result<(), Fault> {
    let now = portal.clock.now();
    let tx = portal.db.begin().await?;
    let most = MOST_MAILS as u64 + 1;
    let found = directory::store::find_by_email(&tx, &job.email_key, most).await?;
    let matches = i32::try_from(found.len()).unwrap_or(i32::MAX);
    if !claim::store::spend_search(&tx, job.claim, matches).await? {
        return Ok(());
    }
    // What matches nothing costs nothing but the asking: mistyping keeps nobody from being answered.
    if !found.is_empty() && !may_be_answered(portal, &tx, now, job).await? {
        tracing::info!(claim = %job.claim, "A claim was throttled");
        return tx.commit().await;
    }
    let order = Order {
        purpose: Purpose::SelfClaim,
        requester: requester_of(&job.subject),
        bound: Some(&job.subject),
        asked_by: None,
        by: String::new(),
        claim: Some(job.claim),
        reads_mailbox: job.own_key.as_deref() == Some(job.email_key.as_str()),
        language: job.language,
        asked_at: job.asked_at,
    };
    for (profile, _) in found.iter().take(MOST_MAILS) {
        profile::store::lock(&tx, profile.id).await?;
        // Again: what was read before the lock may be old.
        match profile::store::find(&tx, profile.id).await? {
            Some(found) if is_meant(&found, job) => {
                send(&tx, now, &portal.desk(), &found, &order).await?;
            }
            _ => {}
        }
    }
    if let Some(missed) = found.get(MOST_MAILS) {
        tell_support(portal, &tx, now, job, missed).await?;
    }
    tx.commit().await
}

/// Whether this Passport was answered too often already.
async fn may_be_answered(portal: &Portal, tx: &Tx, now: Moment, job: &Search) -> Result<bool, Fault> {
    let who = format!("{}\0{}", job.subject.iss, job.subject.sub);
    for limit in claim::BY_SUBJECT {
        if !limits::spend(tx, now, limit.scaled(portal.limits_scale), &who).await? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// More profiles than mails for one claim: support sees to the rest (portal rule 9).
async fn tell_support(
    portal: &Portal,
    tx: &Tx,
    now: Moment,
    job: &Search,
    missed: &(Profile, Company),
) -> Result<(), Fault> {
    let limit = claim::TOLD.scaled(portal.limits_scale);
    if limits::spend(tx, now, limit, &job.email_key).await? {
        let (desk, (profile, company)) = (portal.desk(), missed);
        let to = (portal.settings.brand.support.as_str(), desk.site.default_language);
        let link = desk.site.url(&format!("/staff/people/{}", profile.id));
        notify_in(tx, now, &desk, What::ManyProfiles, (profile, company), to, Some(&link)).await?;
    }
    let deed = Deed {
        actor: Actor::Subject(&job.subject),
        company: None,
        action: "claim.many",
        target: format!("claim:{}", job.claim),
        detail: json!({ "mailed": MOST_MAILS, "missed": format!("profile:{}", missed.0.id) }),
    };
    audit::store::append(tx, now, &portal.audit_mac, &deed).await
}
