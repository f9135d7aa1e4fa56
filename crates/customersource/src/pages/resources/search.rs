//! The quick search over all that the visitor may read: what another plan would open is shown as locked, and who
//! mistyped a word is asked what they meant.
use std::collections::HashMap;

use askama::Template;
use axum::{
    extract::{Query, State},
    response::Response,
};
use platform::{
    dates::shown_day,
    web::{Shell, Trouble},
};
use serde::Deserialize;

use super::{Line, lines_with};
use crate::{
    Portal,
    access::{Access, Rule},
    finding::{self, Found},
    newsgroup,
    resource::{self, ResourceId, markdown},
    search::{
        Question, Snippet, Where,
        store::{self, Hit},
    },
    visitor::{locked::LockBox, reading::Reading, sign_in},
};

#[derive(Template)]
#[template(path = "resources/hub.html")]
pub struct HubPage {
    shell: Shell,
    lock: Option<LockBox>,
    back: String,
    text: String,
    found: Vec<Line>,
    /// What was meant, perhaps: the words, and the address of their search.
    near: Option<(String, String)>,
}

#[cfg(test)]
impl platform::web::page::Samples for HubPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let Some(question) = Question::of("bank") else { return vec![] };
        let page = |text: &str, found, face, near: Option<&str>| Self {
            shell: shell.clone(),
            lock: LockBox::of(face, None),
            back: "/signin?next=%2Fresources".into(),
            text: text.into(),
            found,
            near: near.map(|near| (near.to_owned(), path_of(near))),
        };
        let marked = Line::sample(false).answering(&question, "How to reconcile a bank account");
        let found = vec![Line::sample(false), marked, Line::sample(true)];
        vec![
            page("", vec![], Access::Allowed(None), None),
            page("", vec![], Access::Anonymous, None),
            page("bank", found, Access::Allowed(None), None),
            page("bnak", vec![], Access::Allowed(None), Some("bank")),
        ]
    }
}

#[derive(Deserialize)]
pub struct Asked {
    #[serde(default)]
    q: String,
}

/// So much is looked at, and so much is shown.
const LOOKED_AT: u64 = 150;
const SHOWN: usize = 30;

fn path_of(text: &str) -> String {
    format!("/resources?{}", serde_html_form::to_string([("q", text)]).unwrap_or_default())
}

/// The sections for everybody; the search for whoever may read anything at all.
pub async fn hub(
    State(portal): State<Portal>,
    reading: Reading,
    Query(asked): Query<Asked>,
) -> Result<Response, Trouble> {
    let text: String = asked.q.trim().chars().filter(|c| !c.is_control()).take(200).collect();
    let lock = match reading.lock(&Rule::default()) {
        Some(lock) => Some(reading.with_whom(&portal, lock, &Rule::default()).await?),
        None => None,
    };
    let (mut found, mut near) = (vec![], None);
    if let Some(question) = Question::of(&text).filter(|_| lock.is_none()) {
        let hits = find(&portal, &reading, &question).await?;
        if hits.is_empty() {
            near = meant(&portal, &reading, &question).await?;
        }
        found = show(&portal, &reading, &question, hits).await?;
    }
    let shell = reading.shell();
    let back = sign_in::path_to("/resources");
    reading.page(&HubPage { shell, lock, back, text, found, near })
}

/// What answers the question and may be shown to this visitor now, in two questions to the store whatever there is.
async fn find(portal: &Portal, reading: &Reading, question: &Question) -> Result<Vec<Found>, Trouble> {
    let (db, now) = (portal.db.reader(), reading.visit().now);
    let hits = store::find(db, question, reading.visit().language, LOOKED_AT).await?;
    let mut all = finding::store::list(db, &hits).await?;
    let found = |hit: &Hit| {
        let found = all.remove(&(hit.kind, hit.id))?;
        let is_shown = match &found {
            Found::Resource(resource, _) => {
                resource::store::is_out(resource, now) && may_show(&reading.face(&resource.rule), hit.place)
            }
            Found::Thread(_, group) => reading.face(&group.rule).is_allowed(),
        };
        is_shown.then_some(found)
    };
    Ok(hits.iter().filter_map(found).take(SHOWN).collect())
}

/// Title and summary of what another plan would open are in its section's list, too; its body answers nothing, or the
/// search would tell what stands in it.
fn may_show(face: &Access, place: Where) -> bool {
    match face {
        Access::Allowed(_) => true,
        Access::PlanInsufficient(_) | Access::Unproven => place != Where::Anywhere,
        Access::Anonymous | Access::Elsewhere | Access::OtherAudience => false,
    }
}

/// The words that were meant, perhaps: where they find something that this visitor may see.
async fn meant(
    portal: &Portal,
    reading: &Reading,
    question: &Question,
) -> Result<Option<(String, String)>, Trouble> {
    let Some((question, text)) = store::find_near(portal.db.reader(), question).await? else {
        return Ok(None);
    };
    let found = find(portal, reading, &question).await?;
    Ok((!found.is_empty()).then(|| (text.clone(), path_of(&text))))
}

/// Lines for what was found, with the places that answer the question.
async fn show(
    portal: &Portal,
    reading: &Reading,
    question: &Question,
    found: Vec<Found>,
) -> Result<Vec<Line>, Trouble> {
    let (db, language) = (portal.db.reader(), reading.visit().language);
    if found.is_empty() {
        return Ok(vec![]);
    }
    let (mut resources, mut threads) = (vec![], vec![]);
    for found in &found {
        match found {
            Found::Resource(resource, newsletter) => resources.push((resource.clone(), newsletter.clone())),
            Found::Thread(thread, _) => threads.push(thread.id),
        }
    }
    let ids: Vec<_> = resources.iter().map(|(resource, _)| resource.id).collect();
    let mut words = HashMap::<ResourceId, Vec<resource::Words>>::new();
    for (id, one) in resource::store::list_words_of(db, &ids).await? {
        words.entry(id).or_default().push(one);
    }
    let mut posts = newsgroup::store::list_visible(db, &threads).await?;
    let lines = lines_with(reading, &resources, words.clone(), language);
    let mut lines: HashMap<_, _> = lines.into_iter().collect();
    let line = |found: Found| match found {
        Found::Resource(resource, _) => {
            let line = lines.remove(&resource.id)?;
            // What is locked shows no word of its body.
            let words = words.remove(&resource.id).filter(|_| !line.is_locked).unwrap_or_default();
            let words = words.into_iter().find(|words| words.language == line.language);
            let text = words.map(|words| format!("{} {}", words.summary, markdown::plain(&words.body)));
            Some(line.answering(question, &text.unwrap_or_default()))
        }
        Found::Thread(thread, group) => {
            let line = Line {
                href: format!("/newsgroups/{}/{}", group.slug, thread.id),
                title: match thread.subject.shown() {
                    Some(subject) => subject.to_owned(),
                    None => reading.visit().t("thread-subject-hidden"),
                },
                language: group.language,
                summary: String::new(),
                facts: format!("{} · {}", group.name, shown_day(&reading.shell(), thread.last_at)),
                is_locked: false,
                snippet: Snippet::default(),
            };
            Some(line.answering(question, &posts.remove(&thread.id).unwrap_or_default()))
        }
    };
    Ok(found.into_iter().filter_map(line).collect())
}
