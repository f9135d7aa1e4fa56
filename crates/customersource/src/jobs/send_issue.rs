//! An issue of a newsletter to everybody who subscribed and may read it now, some hundred at a time.
use platform::{
    Fault,
    language::Language,
    once::Once,
    outbox::{Job, Outcome},
};
use serde::{Deserialize, Serialize};

use super::{
    crowd::{has_room, readers},
    send_mail::IssueLetter,
};
use crate::{
    Portal,
    bulletin::{Bulletin, What},
    mailing::{self, Kind, Regarding},
    newsletter,
    profile::ProfileId,
    resource::{self, ResourceId, words_for},
    unsubscribe::{List, Unsubscribe},
};

/// The part of the subscribers after one of them.
#[derive(Serialize, Deserialize)]
pub struct SendIssue {
    pub issue: ResourceId,
    pub after: Option<ProfileId>,
    /// How often it found too many letters waiting.
    #[serde(default)]
    pub waited: u32,
}

impl Job for SendIssue {
    const KIND: &'static str = "issue";
}

/// So many letters are added in one transaction.
const BATCH: u64 = 200;
/// A repeated part is refused for so long.
const KEPT: std::time::Duration = std::time::Duration::from_secs(30 * 86_400);

pub async fn run(portal: Portal, job: SendIssue) -> Outcome {
    match send(&portal, &job).await {
        Ok(()) => Outcome::Done,
        Err(fault) => Outcome::Retry(fault.to_string()),
    }
}

async fn send(portal: &Portal, job: &SendIssue) -> Result<(), Fault> {
    let now = portal.clock.now();
    let tx = portal.db.begin().await?;
    let again = |waited| SendIssue { issue: job.issue, after: job.after, waited };
    if !has_room(&tx, portal, now, (job.waited, again)).await? {
        return tx.commit().await;
    }
    // A part whose letters are out already, of an attempt that was not noted, is not sent again.
    let part = format!("{} {}", job.issue, job.after.map(|after| after.to_string()).unwrap_or_default());
    if !Once::new("issue of a newsletter", &[&part], now + KEPT).spend(&tx).await? {
        return Ok(());
    }
    let Some(issue) = resource::store::find_by_id(&tx, job.issue).await? else { return Ok(()) };
    let Some(id) = issue.newsletter.filter(|_| resource::store::is_out(&issue, now)) else { return Ok(()) };
    let Some(letter) = newsletter::store::find(&tx, id).await? else { return Ok(()) };
    let language = Language::of_tag(&letter.language).unwrap_or(portal.site.default_language);
    let words = words_for(resource::store::list_words(&tx, issue.id).await?, language);
    let Some(words) = words else { return Ok(()) };
    let link = portal.site.url(&format!("/newsletters/{}/{}", letter.slug, issue.slug));
    let subscribers = newsletter::store::list_subscribers(&tx, id, job.after, BATCH).await?;
    for (person, _) in readers(&tx, portal, now, (&subscribers, &issue.rule)).await? {
        let stop = Unsubscribe { list: List::Issue(issue.id), profile: person.id };
        let stop = portal.site.url(&format!("/unsubscribe/{}", portal.unsubscribe.name(&stop)));
        let bulletin = Bulletin {
            what: What::Issue { newsletter: &letter.name, title: &words.title, summary: &words.summary },
            language,
            to: &person.email,
            person: &person.name(),
            link: &link,
            unsubscribe: Some(&stop),
        };
        let (letter, _) = bulletin.write(&portal.site.texts)?;
        let letter = IssueLetter { issue: issue.id, newsletter: id, profile: person.id, letter };
        let about = Regarding { newsletter: Some(id), ..Regarding::of(Kind::Issue).profile(person.id) };
        mailing::actions::send(&tx, now, &portal.outbox, (&letter, &letter.letter), &about).await?;
    }
    if let Some(last) = subscribers.last().filter(|_| subscribers.len() as u64 == BATCH) {
        portal.outbox.add(&tx, now, &SendIssue { issue: job.issue, after: Some(*last), waited: 0 }).await?;
    }
    tx.commit().await
}
