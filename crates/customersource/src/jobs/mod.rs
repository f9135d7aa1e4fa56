//! What happens by time and not by a request: searching for claimed addresses, sending mail, asking the provider
//! again and giving its tokens back, sweeping.
pub mod bounces;
pub mod bulk;
pub mod cases;
mod crowd;
pub mod give_back;
pub mod put_back;
pub mod refresh;
pub mod search;
pub mod second_step;
pub mod send_issue;
pub mod send_mail;
pub mod sweep;
pub mod tell_watchers;

use platform::outbox::Worker;

use crate::{Portal, association};

/// The worker that carries out the portal's jobs. Tests may `drain` it by hand.
pub fn worker(portal: &Portal) -> Worker {
    let [search, links, letters, issues, tokens, mailed, replies, bulks, joined, asked] =
        std::array::from_fn(|_| portal.clone());
    Worker::new(portal.db.clone(), portal.clock.clone(), &portal.keyring)
        .tells(association::actions::Register)
        .on(move |_, job| search::run(search.clone(), job))
        .on(move |id, job| send_mail::link(links.clone(), id, job))
        .on(move |_, job| send_issue::run(issues.clone(), job))
        .on(move |_, job| give_back::run(tokens.clone(), job))
        .on(move |id, job| send_mail::letter(letters.clone(), id, job))
        .on(move |id, job| send_mail::issue(mailed.clone(), id, job))
        .on(move |_, job| tell_watchers::run(replies.clone(), job))
        .on(move |id, job| send_mail::joined(joined.clone(), id, job))
        .on(move |_, job| bulk::run(bulks.clone(), job))
        .on(move |_, job| second_step::run(asked.clone(), job))
}
