//! Mails about a reply to everybody who watches the thread and may read it now, some at a time. Whoever replies
//! waits for none of it.
use platform::{Fault, language::Language, mail, once::Once, outbox::Outcome};

use super::crowd::{has_room, readers};
use crate::{
    Portal,
    bulletin::{Bulletin, Reply, What},
    newsgroup::{actions::TellWatchers, store},
    unsubscribe::{List, Unsubscribe},
};

/// So many letters are added in one transaction.
const BATCH: u64 = 100;
/// A repeated part is refused for so long.
const KEPT: std::time::Duration = std::time::Duration::from_secs(7 * 86_400);

pub async fn run(portal: Portal, job: TellWatchers) -> Outcome {
    match tell(&portal, &job).await {
        Ok(()) => Outcome::Done,
        Err(fault) => Outcome::Retry(fault.to_string()),
    }
}

async fn tell(portal: &Portal, job: &TellWatchers) -> Result<(), Fault> {
    let now = portal.clock.now();
    let tx = portal.db.begin().await?;
    let next = |after, waited| TellWatchers {
        thread: job.thread,
        post: job.post,
        author: job.author,
        after,
        waited,
    };
    if !has_room(&tx, portal, now, (job.waited, |waited| next(job.after, waited))).await? {
        return tx.commit().await;
    }
    let part = format!("{} {}", job.post, job.after.map(|after| after.to_string()).unwrap_or_default());
    if !Once::new("mails about a reply", &[&part], now + KEPT).spend(&tx).await? {
        return Ok(());
    }
    let Some((thread, group)) = store::find_thread(&tx, job.thread).await? else { return Ok(()) };
    // Nobody is called to what a moderator has hidden meanwhile.
    let Some(post) = store::find_post(&tx, job.post).await?.filter(|post| !post.is_hidden) else {
        return Ok(());
    };
    let (message, refs) = store::find_refs(&tx, job.post).await?;
    let host = portal.site.public_url.host_str().unwrap_or("localhost");
    let list = mail::List {
        id: format!("{}.{host}", group.slug),
        in_reply_to: refs.split_whitespace().next_back().unwrap_or(&message).to_owned(),
        references: if refs.is_empty() { message } else { refs },
    };
    let author = post.name.as_deref().unwrap_or_default();
    let link = portal.site.url(&format!("/newsgroups/{}/{}", group.slug, thread.id));
    let language = Language::of_tag(&group.language).unwrap_or(portal.site.default_language);
    let watchers = store::list_watchers(&tx, thread.id, job.after, BATCH).await?;
    let kind = format!("reply {}", thread.id);
    let others: Vec<_> = watchers.iter().copied().filter(|watcher| *watcher != job.author).collect();
    for (person, _) in readers(&tx, portal, now, (&others, &group.rule)).await? {
        let stop = Unsubscribe { list: List::Thread(thread.id), profile: person.id };
        let stop = portal.site.url(&format!("/unsubscribe/{}", portal.unsubscribe.name(&stop)));
        let bulletin = Bulletin {
            what: What::Reply(Reply {
                newsgroup: &group.name,
                subject: thread.subject.shown().unwrap_or(&group.name),
                author,
                body: &post.body,
                list: &list,
            }),
            language,
            to: &person.email,
            person: &person.name(),
            link: &link,
            unsubscribe: Some(&stop),
        };
        portal.press().send(&tx, now, (person.id, &bulletin), &kind).await?;
    }
    if let Some(last) = watchers.last().filter(|_| watchers.len() as u64 == BATCH) {
        portal.outbox.add(&tx, now, &next(Some(*last), 0)).await?;
    }
    tx.commit().await
}
