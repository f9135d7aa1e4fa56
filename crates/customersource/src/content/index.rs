//! Building the search anew, when what it holds of a text has changed with the program.
use platform::{Fault, db::Database};

use crate::{newsgroup, resource, search};

/// So many are read at once.
const AT_ONCE: u64 = 200;

/// Brings the index to today's scheme, all of it or nothing; true when it was not. Nodes that start together wait
/// for the one that does it.
pub async fn refresh(db: &Database) -> Result<bool, Fault> {
    let tx = db.begin().await?;
    if !search::store::spend_scheme(&tx).await? {
        return Ok(false);
    }
    let mut after = None;
    loop {
        let some = resource::store::list_words_after(&tx, after, AT_ONCE).await?;
        for (id, all) in &some {
            for words in all {
                resource::store::index(&tx, *id, words).await?;
            }
        }
        after = some.last().map(|(id, _)| *id);
        if after.is_none() {
            break;
        }
    }
    let groups = newsgroup::store::list(&tx).await?;
    let mut after = None;
    loop {
        let some = newsgroup::store::list_threads_after(&tx, after, AT_ONCE).await?;
        for thread in &some {
            if let Some(group) = groups.iter().find(|group| group.id == thread.newsgroup) {
                newsgroup::actions::index(&tx, thread.id, &group.language).await?;
            }
        }
        after = some.last().map(|thread| thread.id);
        if after.is_none() {
            break;
        }
    }
    tx.commit().await?;
    Ok(true)
}
