//! Letters to many people at once: who of them may be written to, and that no more of these letters wait in the outbox
//! than the mail server takes in a moment. Whoever looks for something to send looks through all that waits.
use std::{collections::HashMap, time::Duration};

use platform::{
    Fault,
    clock::Moment,
    db::Tx,
    mail::BULK,
    outbox::{self, Job},
};

use crate::{
    Portal,
    access::{self, Rule},
    company::Company,
    plan,
    profile::{self, Profile, ProfileId},
};

/// So many wait at once, or a part more.
const MOST: i64 = 1_000;
/// The next part looks again after so long; twice as long each time that the mail server took none.
const PAUSE: Duration = Duration::from_secs(1);
const LONGEST: u32 = 60;

/// Whether the next part may be written; otherwise it is written later, as `again`, which has waited once more.
pub async fn has_room<J: Job>(
    tx: &Tx,
    portal: &Portal,
    now: Moment,
    (waited, again): (u32, impl FnOnce(u32) -> J),
) -> Result<bool, Fault> {
    if outbox::count_in_lane(tx, BULK, MOST).await? < MOST {
        return Ok(true);
    }
    let pause = PAUSE * 2u32.saturating_pow(waited).min(LONGEST);
    portal.outbox.add_due(tx, now + pause, &again(waited.saturating_add(1))).await?;
    Ok(false)
}

/// Those of these people who want such letters and may read now what has this rule, in their order.
pub async fn readers(
    tx: &Tx,
    portal: &Portal,
    now: Moment,
    (people, rule): (&[ProfileId], &Rule),
) -> Result<Vec<(Profile, Company)>, Fault> {
    let found = profile::store::list_by_id(tx, people).await?;
    let companies: Vec<_> = found.iter().map(|(_, company)| company.id).collect();
    let entitlements = plan::store::list_entitlements_of(tx, &companies).await?;
    let mut found: HashMap<_, _> = found.into_iter().map(|found| (found.0.id, found)).collect();
    let may = |(person, company): &(Profile, Company)| {
        let (about, own) = ((person, company), entitlements.of(company.id));
        person.is_active
            && company.is_active
            && !person.no_bulk_mail
            && access::actions::judge(&portal.places, now, about, own, rule).is_allowed()
    };
    Ok(people.iter().filter_map(|id| found.remove(id)).filter(may).collect())
}
