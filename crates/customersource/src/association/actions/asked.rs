//! Telling a company's people what it asks of them, some at a time.
use std::time::Duration;

use platform::{Fault, clock::Moment, db::Tx, once::Once, outbox::Job};
use serde::{Deserialize, Serialize};

use super::{Desk, notify_person};
use crate::{
    association::{AssociationId, store},
    company::{self, CompanyId},
    notice::What,
    profile,
};

/// So many people are written to in one transaction.
const PIECE: u64 = 50;
/// Between two pieces other letters have their turn.
const REST: Duration = Duration::from_secs(10);
/// A repeated piece is refused for so long.
const KEPT: Duration = Duration::from_secs(7 * 86_400);

/// Letters about the second step that a company asks for, to those who use the portal for it after one of them.
#[derive(Serialize, Deserialize)]
pub struct TellPeople {
    pub company: CompanyId,
    /// From when on; none: not any more.
    pub from: Option<Moment>,
    /// When that was said.
    pub at: Moment,
    pub after: Option<AssociationId>,
}

impl Job for TellPeople {
    const KIND: &'static str = "second_step";
}

/// Writes the next letters, and orders those after them. What was said otherwise meanwhile is told by its own letters.
pub async fn tell_people(tx: &Tx, now: Moment, desk: &Desk<'_>, job: &TellPeople) -> Result<(), Fault> {
    let after = job.after.map(|after| after.to_string()).unwrap_or_default();
    let part = [job.company.to_string(), job.at.unix_millis().to_string(), after];
    let part: Vec<&str> = part.iter().map(String::as_str).collect();
    if !Once::new("letters about a second step", &part, now + KEPT).spend(tx).await? {
        return Ok(());
    }
    let company = company::store::find(tx, job.company).await?;
    let Some(company) = company.filter(|company| company.is_active && company.second_step_from == job.from)
    else {
        return Ok(());
    };
    let what = job.from.map_or(What::NoSecondStep, What::SecondStep);
    let people = store::list_of_company(tx, company.id, job.after, PIECE).await?;
    for association in &people {
        let found = profile::store::find(tx, association.profile).await?;
        if let Some(found) = found.filter(|(profile, _)| profile.is_active) {
            notify_person(tx, job.at, desk, what, &found, Some(association)).await?;
        }
    }
    if let Some(last) = people.last().filter(|_| people.len() as u64 == PIECE) {
        let next = TellPeople { after: Some(last.id), ..*job };
        desk.outbox.add(tx, now + REST, &next).await?;
    }
    Ok(())
}
