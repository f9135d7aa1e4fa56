//! How many letters somebody's clicks and words may cause: budgets of the profile that acts, of its company, and of the
//! address that is written to. What takes something away is never refused: its notices are joined instead. Knows no
//! letter.
use std::time::Duration;

use platform::{
    Fault,
    clock::Moment,
    db::Tx,
    limits::{self, Limit, UsedUp},
};

use crate::{company::CompanyId, profile::ProfileId};

const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(86_400);

/// What one profile causes: rights given, addresses to be proven, seats.
pub const BY_PROFILE: [Limit; 2] =
    [Limit::new("letters of one", 30, HOUR), Limit::new("letters of one", 100, DAY)];
/// What the people of one company cause together.
pub const BY_COMPANY: Limit = Limit::new("letters of a company", 200, HOUR);
/// What one address gets because somebody clicked, whoever that is.
pub const TO_ADDRESS: [Limit; 2] =
    [Limit::new("letters to one", 10, HOUR), Limit::new("letters to one", 30, DAY)];

/// Spends one letter of each budget; when one of them is used up, nothing else may be written.
pub async fn spend(
    tx: &Tx,
    now: Moment,
    scale: f64,
    (profile, company): (ProfileId, CompanyId),
    to_key: &str,
) -> Result<Result<(), UsedUp>, Fault> {
    let (profile, company) = (profile.to_string(), company.to_string());
    for (limit, who) in BY_PROFILE.map(|limit| (limit, &profile)).into_iter().chain([(BY_COMPANY, &company)])
    {
        if let Err(full) = limits::spend_or_wait(tx, now, limit.scaled(scale), who).await? {
            return Ok(Err(full));
        }
    }
    spend_address(tx, now, scale, to_key).await
}

/// Whether [`spend_address`] would go.
pub async fn has_room(tx: &Tx, now: Moment, scale: f64, to_key: &str) -> Result<Result<(), UsedUp>, Fault> {
    for limit in TO_ADDRESS {
        if let Err(full) = limits::room_or_wait(tx, now, limit.scaled(scale), to_key).await? {
            return Ok(Err(full));
        }
    }
    Ok(Ok(()))
}

/// The same for an invitation, which has budgets of its own for who sends it.
pub async fn spend_address(
    tx: &Tx,
    now: Moment,
    scale: f64,
    to_key: &str,
) -> Result<Result<(), UsedUp>, Fault> {
    for limit in TO_ADDRESS {
        if let Err(full) = limits::spend_or_wait(tx, now, limit.scaled(scale), to_key).await? {
            return Ok(Err(full));
        }
    }
    Ok(Ok(()))
}
