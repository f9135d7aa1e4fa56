//! What a person is called at a site. The one place that turns an account into a `sub` (OIDC Core §8).
use oidc::client::Client;
use platform::Fault;

use crate::{account::AccountId, state::Passport};

/// The `sub` of an account at a client.
#[expect(clippy::unused_async, reason = "a pairwise name depends on a stored key")]
pub async fn subject_for(_: &Passport, _: &Client, account: AccountId) -> Result<String, Fault> {
    Ok(account.to_string())
}
