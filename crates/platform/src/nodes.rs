//! Under which public URL the nodes of one database answer. Tokens, links and letters name it, so that two at a time are
//! a mistake in somebody's settings; each node notes its own every minute, and tells what others it finds.
use std::time::Duration;

use sea_orm::{ConnectionTrait, Statement};
use tokio_util::sync::CancellationToken;

use crate::{
    Fault,
    clock::{Clock, Moment},
    db::Database,
    timed::{self, Next},
};

const EVERY: Duration = Duration::from_secs(60);
/// A node that did not note itself for so long is gone.
const SILENT: Duration = Duration::from_secs(180);
/// What is said of it is kept for so long.
const KEPT: Duration = Duration::from_secs(24 * 3600);

/// A public URL that is not ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stranger {
    pub public_url: String,
    pub seen_at: Moment,
}

impl Stranger {
    /// For the log and the doctor.
    pub fn in_words(&self, now: Moment) -> String {
        format!(
            "a node that answers as {} worked on this database {} seconds ago: give every node the same \
             [server] public_url",
            self.public_url,
            now.since(self.seen_at).as_secs()
        )
    }
}

/// Notes `public_url` and tells of others, at once and every minute, until `stop`.
pub async fn run(db: Database, clock: Clock, public_url: String, stop: CancellationToken) {
    let state = (db, clock, public_url);
    let round = |(db, clock, public_url): (Database, Clock, String)| async move {
        let now = clock.now();
        note(&db, &public_url, now).await?;
        for stranger in strangers(db.reader(), &public_url, now).await? {
            tracing::error!(other = stranger.public_url, "Nodes of one database have different public URLs");
        }
        Ok(Next::InTime)
    };
    timed::run("public URL", EVERY, state, stop, round).await;
}

/// Says that a node answers under `public_url` now.
pub async fn note(db: &Database, public_url: &str, now: Moment) -> Result<(), Fault> {
    let tx = db.begin().await?;
    let sql = "INSERT INTO public_url (url, seen_at) VALUES ($1, $2) \
               ON CONFLICT (url) DO UPDATE SET seen_at = excluded.seen_at";
    let values = [public_url.into(), now.into()];
    tx.execute_raw(Statement::from_sql_and_values(tx.get_database_backend(), sql, values)).await?;
    let sql = "DELETE FROM public_url WHERE seen_at < $1";
    let values = [(now - KEPT).into()];
    tx.execute_raw(Statement::from_sql_and_values(tx.get_database_backend(), sql, values)).await?;
    tx.commit().await
}

/// The other public URLs under which nodes answer now.
pub async fn strangers(
    db: &impl ConnectionTrait,
    public_url: &str,
    now: Moment,
) -> Result<Vec<Stranger>, Fault> {
    let sql = "SELECT url, seen_at FROM public_url WHERE url <> $1 AND seen_at > $2 ORDER BY url";
    let values = [public_url.into(), (now - SILENT).into()];
    let rows =
        db.query_all_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, values)).await?;
    rows.iter()
        .map(|row| Ok(Stranger { public_url: row.try_get("", "url")?, seen_at: row.try_get("", "seen_at")? }))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::database;

    const NOW: Moment = Moment::from_unix_seconds(1_795_348_800);

    #[tokio::test]
    async fn another_public_url_is_found_as_long_as_its_node_lives() {
        let (db, _folder) = database().await;
        note(&db, "https://a.example", NOW).await.unwrap();
        note(&db, "https://b.example", NOW).await.unwrap();
        note(&db, "https://a.example", NOW + SILENT).await.unwrap();
        let found = strangers(db.reader(), "https://a.example", NOW + EVERY).await.unwrap();
        assert_eq!(found, [Stranger { public_url: "https://b.example".into(), seen_at: NOW }]);
        assert!(found[0].in_words(NOW + EVERY).contains("https://b.example worked on this database 60 s"));
        assert_eq!(strangers(db.reader(), "https://a.example", NOW + SILENT).await.unwrap(), []);
        assert_eq!(strangers(db.reader(), "https://b.example", NOW + SILENT).await.unwrap().len(), 1);
    }

    #[tokio::test]
    async fn what_was_said_of_a_node_is_forgotten_after_a_day() {
        let (db, _folder) = database().await;
        note(&db, "https://b.example", NOW).await.unwrap();
        note(&db, "https://a.example", NOW + KEPT + EVERY).await.unwrap();
        assert_eq!(strangers(db.reader(), "https://a.example", NOW).await.unwrap(), []);
    }
}
