//! One resource: its words, its files, and the dates of a course.
use askama::Template;
use axum::{
    extract::{Path, State},
    response::Response,
};
use platform::web::{Shell, Thing, Trouble};

use super::facts_of;
use crate::{
    Portal,
    resource::{
        self, File, Resource, Section, is_slug,
        markdown::{self, Html},
        words_for,
    },
    training::{self, CourseDate},
    visitor::{locked::Place, reading::Reading},
};

/// A date of a course, as the page shows it.
pub struct Seat {
    id: String,
    when: String,
    place: String,
    left: u64,
    is_own: bool,
    /// It has begun: nothing changes any more.
    is_past: bool,
    is_cancelled: bool,
    /// What its button acts on.
    thing: Thing,
}

/// A date of a course as its button shows it.
pub fn thing(date: &CourseDate) -> Thing {
    Thing::of("course date")
        .and(date.id.to_string())
        .and(date.starts_at.unix_millis().to_be_bytes())
        .and(date.ends_at.unix_millis().to_be_bytes())
        .and(&date.place)
        .and(&date.time_zone)
        .and([u8::from(date.is_cancelled)])
}

#[derive(Template)]
#[template(path = "resources/item.html")]
pub struct ItemPage {
    shell: Shell,
    /// Name and address of the list that it stands in.
    list: (String, String),
    title: String,
    language: String,
    summary: String,
    facts: String,
    body: Html,
    /// This page's own address.
    path: String,
    files: Vec<File>,
    is_training: bool,
    seats: Vec<Seat>,
    done: Option<&'static str>,
}

#[cfg(test)]
impl platform::web::page::Samples for ItemPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let seat = |left, is_own, is_past| Seat {
            id: "1".into(),
            when: "2026-12-01 09:00 UTC".into(),
            place: "São Paulo".into(),
            left,
            is_own,
            is_past,
            is_cancelled: left == 7,
            thing: Thing::of("course date"),
        };
        let page = |files, is_training, seats, done| Self {
            shell: shell.clone(),
            list: (shell.t("section-documentation"), "/resources/documentation".into()),
            title: "Reconcile a bank account".into(),
            language: "en-US".into(),
            summary: "What to do when the balances differ.".into(),
            facts: "GP 2026 · 2026-11-01".into(),
            body: markdown::article("## Steps\n\n1. Open it.", "/x"),
            path: "/resources/documentation/x".into(),
            files,
            is_training,
            seats,
            done,
        };
        let file = File {
            name: "update.zip".into(),
            media_type: "application/octet-stream".into(),
            sha256: "ab".repeat(32),
            size: 12_345_678,
        };
        vec![
            page(vec![file], false, vec![], None),
            page(vec![], true, vec![], Some("training-full")),
            page(vec![], true, vec![], Some("training-changed")),
            page(
                vec![],
                true,
                vec![
                    seat(3, false, false),
                    seat(7, true, false),
                    seat(0, false, false),
                    seat(0, true, false),
                    seat(1, true, true),
                ],
                Some("training-enrolled"),
            ),
        ]
    }
}

/// A published resource of a section that this visitor may read; otherwise the page that says why not.
/// A stranger learns nothing of what there is.
pub async fn find(
    portal: &Portal,
    reading: &Reading,
    section: Section,
    slug: &str,
) -> Result<Resource, Trouble> {
    let place = |title: String| {
        let (visit, path) = (reading.visit(), format!("/resources/{}", section.path()));
        let place = Place::titled(title).under(visit.t("nav-resources"), "/resources");
        place.under(visit.t(section.heading()), path)
    };
    if !reading.is_known() {
        reading.enter(portal, &Default::default(), place(String::new())).await?;
    }
    if !is_slug(slug) {
        return Err(Trouble::not_found());
    }
    let found = resource::store::find(portal.db.reader(), section, slug).await?;
    let resource = found
        .filter(|resource| resource::store::is_out(resource, reading.visit().now))
        .ok_or_else(Trouble::not_found)?;
    if let Some(lock) = reading.lock(&resource.rule) {
        let mut title = String::new();
        // What no list shows has no name here either.
        if lock.is_listed() {
            let words = resource::store::list_words(portal.db.reader(), resource.id).await?;
            title = words_for(words, reading.visit().language).map(|words| words.title).unwrap_or_default();
        }
        return Err(reading.refuse(portal, lock, &resource.rule, place(title)).await);
    }
    Ok(resource)
}

pub async fn show(
    State(portal): State<Portal>,
    reading: Reading,
    Path((section, slug)): Path<(String, String)>,
) -> Result<Response, Trouble> {
    let section = Section::of_path(&section).ok_or_else(Trouble::not_found)?;
    let resource = find(&portal, &reading, section, &slug).await?;
    let list = (reading.visit().t(section.heading()), format!("/resources/{}", section.path()));
    let path = super::path_of(&resource, None);
    page(&portal, &reading, &resource, list, path).await
}

/// The page of a resource that may be read.
pub async fn page(
    portal: &Portal,
    reading: &Reading,
    resource: &Resource,
    list: (String, String),
    path: String,
) -> Result<Response, Trouble> {
    let (db, visit) = (portal.db.reader(), reading.visit());
    let words = resource::store::list_words(db, resource.id).await?;
    let words = words_for(words, visit.language).ok_or_else(Trouble::not_found)?;
    let mut files = resource::store::list_files(db, resource.id).await?;
    // Pictures stand in the article.
    files.retain(|file| !file.is_picture());
    let is_training = resource.section == Section::Training;
    let seats = if is_training { seats(portal, reading, resource).await? } else { vec![] };
    reading.page(&ItemPage {
        shell: reading.shell(),
        list,
        body: markdown::article(&words.body, &format!("{path}/files")),
        title: words.title,
        language: words.language,
        summary: words.summary,
        facts: facts_of(&reading.shell(), resource),
        path,
        files,
        is_training,
        seats,
        done: done_of(&visit.path),
    })
}

async fn seats(portal: &Portal, reading: &Reading, resource: &Resource) -> Result<Vec<Seat>, Trouble> {
    let now = reading.visit().now;
    let offers =
        training::store::list_offers(portal.db.reader(), now, resource.id, reading.profile()?.id).await?;
    let shell = reading.shell();
    let seat = |offer: training::Offer| Seat {
        thing: thing(&offer.date),
        id: offer.date.id.to_string(),
        when: shell.moment_there(&offer.date.zone(portal.places.zone()), offer.date.starts_at),
        left: offer.left(),
        is_own: offer.is_own,
        is_past: offer.date.starts_at <= now,
        is_cancelled: offer.date.is_cancelled,
        place: offer.date.place,
    };
    Ok(offers.into_iter().map(seat).collect())
}

/// What the page says after a redirect.
fn done_of(path: &str) -> Option<&'static str> {
    match path.split_once("done=").map(|(_, rest)| rest)? {
        "enrolled" => Some("training-enrolled"),
        "cancelled" => Some("training-cancelled"),
        "full" => Some("training-full"),
        "past" => Some("training-past"),
        "changed" => Some("training-changed"),
        _ => None,
    }
}
