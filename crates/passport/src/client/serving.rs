//! The one way in which doors find a client that may ask: registered, not disabled, and not from a document where the
//! operator reads none any more.
use platform::Fault;

use super::{Registered, document::is_address, registration, store};
use crate::state::Passport;

/// The client of this id, as far as it may ask anything.
pub async fn find(passport: &Passport, client_id: &str) -> Result<Option<Registered>, Fault> {
    let reader = passport.db.reader();
    let Some(found) = store::find(reader, client_id).await? else { return Ok(None) };
    if found.client.disabled {
        return Ok(None);
    }
    let reads_documents = passport.settings.registration.client_id_metadata_documents;
    let of_document = !reads_documents
        && is_address(client_id)
        && registration::store::find_document(reader, client_id).await?.is_some();
    Ok((!of_document).then_some(found))
}
