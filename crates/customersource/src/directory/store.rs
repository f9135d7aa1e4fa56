//! The search for every occurrence of an address (CS-15).
use platform::Fault;
use sea_orm::ConnectionTrait;

use crate::{
    company::Company,
    profile::{self, Profile},
};

/// The active profiles, in active companies, whose address on file has this key; at most `most`.
pub async fn find_by_email(
    db: &impl ConnectionTrait,
    email_key: &str,
    most: u64,
) -> Result<Vec<(Profile, Company)>, Fault> {
    profile::store::list_by_email(db, email_key, most).await
}
