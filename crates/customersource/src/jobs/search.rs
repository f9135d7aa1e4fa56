//! The search that a claim asked for: a link to every profile with the claimed address (CS-15).
//! The person waits for none of it, so that its outcome and duration tell nothing (CS-14).
use platform::{
    Fault,
    clock::Moment,
    language::Language,
    outbox::{Job, Outcome},
};
use serde::{Deserialize, Serialize};

use crate::{
    Portal,
    association::{
        MOST_MAILS, Purpose,
        actions::{Order, requester_of, send},
    },
    claim::{self, ClaimId},
    directory,
    rp::Subject,
};

/// A claim to be searched for.
#[derive(Serialize, Deserialize)]
pub struct Search {
    pub claim: ClaimId,
    pub subject: Subject,
    pub email_key: String,
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
    if found.len() > MOST_MAILS {
        tracing::warn!(claim = %job.claim, "More profiles than mails for one claim: a case for support");
    }
    let order = Order {
        purpose: Purpose::SelfClaim,
        requester: requester_of(&job.subject),
        bound: Some(&job.subject),
        asked_by: None,
        claim: Some(job.claim),
        language: job.language,
        asked_at: job.asked_at,
    };
    for found in found.iter().take(MOST_MAILS) {
        send(&tx, now, &portal.desk(), found, &order).await?;
    }
    tx.commit().await
}
