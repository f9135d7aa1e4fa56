//! Giving a refresh token back when its visit was signed out (RFC 7009): no request waits for it.
use platform::outbox::{Class, Job, Outcome};
use serde::{Deserialize, Serialize};

use crate::Portal;

#[derive(Serialize, Deserialize)]
pub struct GiveBack {
    pub refresh_token: String,
}

impl Job for GiveBack {
    const KIND: &'static str = "give_back";
    const CLASS: Class = Class::Site;
}

pub async fn run(portal: Portal, job: GiveBack) -> Outcome {
    match portal.rp.give_back(portal.clock.now(), &job.refresh_token).await {
        Ok(true) => Outcome::Done,
        Ok(false) => Outcome::GiveUp("the provider takes no token back".into()),
        Err(fault) => Outcome::Retry(fault.to_string()),
    }
}
