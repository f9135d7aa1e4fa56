//! Storing content: all of it in one transaction, or nothing. The same folder twice changes nothing.
use std::{io::Read as _, path::Path};

use platform::{Fault, clock::Moment, db::Tx, random::Random, secrets::Mac};
use serde_json::json;

use super::{Content, Item, Unfit};
use crate::{
    audit::{self, Actor, Deed},
    newsgroup::{self, Newsgroup, NewsgroupId},
    newsletter::{self, Newsletter, NewsletterId},
    resource::{self, File, Resource, ResourceId, store::PIECE},
    training::{self, CourseDate, CourseDateId},
};

/// How much of it was new or changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Told {
    pub added: usize,
    pub changed: usize,
    pub unchanged: usize,
    pub files: usize,
}

/// Adds what is new and brings what is known (by section and folder) up to date. Removes nothing.
pub async fn apply(
    tx: &Tx,
    now: Moment,
    random: &Random,
    mac: &Mac,
    content: &Content,
) -> Result<Told, Unfit> {
    let mut told = Told::default();
    for (slug, series) in &content.newsgroups {
        let group = Newsgroup {
            id: NewsgroupId::new(now, random),
            slug: slug.clone(),
            language: series.language.clone(),
            name: series.name.clone(),
            about: series.about.clone(),
            rule: series.audience.clone(),
            is_readonly: series.read_only,
            is_open: true,
            revision: 1,
        };
        newsgroup::store::set(tx, &group).await?;
    }
    for (slug, series) in &content.newsletters {
        let letter = Newsletter {
            id: NewsletterId::new(now, random),
            slug: slug.clone(),
            language: series.language.clone(),
            name: series.name.clone(),
            about: series.about.clone(),
            rule: series.audience.clone(),
            is_open: true,
            revision: 1,
        };
        newsletter::store::set(tx, &letter).await?;
    }
    for item in &content.items {
        apply_item(tx, now, random, item, &mut told).await?;
    }
    resource::store::set_all_idle(tx, now).await?;
    if told.added + told.changed > 0 {
        let deed = Deed {
            actor: Actor::Operator,
            company: None,
            action: "content.imported",
            target: "content".into(),
            detail: json!(told),
        };
        audit::store::append(tx, now, mac, &deed).await?;
    }
    Ok(told)
}

async fn apply_item(
    tx: &Tx,
    now: Moment,
    random: &Random,
    item: &Item,
    told: &mut Told,
) -> Result<(), Unfit> {
    let newsletter = match &item.newsletter {
        Some(slug) => newsletter::store::find_slug(tx, slug).await?,
        None => None,
    };
    let known = resource::store::find(tx, item.section, &item.slug).await?;
    let wanted = Resource {
        id: known.as_ref().map_or_else(|| ResourceId::new(now, random), |known| known.id),
        section: item.section,
        slug: item.slug.clone(),
        newsletter: newsletter.as_ref().map(|newsletter| newsletter.id),
        product: item.about.product.clone(),
        version: item.about.version.clone(),
        // An issue is for whom its newsletter is for, unless it says otherwise.
        rule: match newsletter {
            Some(Newsletter { rule, .. }) if item.about.audience == Default::default() => {
                rule.clone().under(rule)
            }
            Some(Newsletter { rule, .. }) => item.about.audience.clone().under(rule),
            None => item.about.audience.clone(),
        },
        state: item.state,
        published_at: item.published_at.or(known.as_ref().and_then(|known| known.published_at)).or(Some(now)),
        updated_at: known.as_ref().map_or(now, |known| known.updated_at),
        mailed_at: known.as_ref().and_then(|known| known.mailed_at),
        revision: known.as_ref().map_or(1, |known| known.revision),
    };
    if known.is_none() {
        resource::store::add(tx, &wanted).await?;
    }
    let is_changed = apply_parts(tx, now, random, item, wanted.id, told).await?;
    match known {
        None => told.added += 1,
        Some(known) if is_changed || known != wanted => {
            resource::store::spend_revision(tx, &Resource { updated_at: now, ..wanted }).await?;
            told.changed += 1;
        }
        Some(_) => told.unchanged += 1,
    }
    Ok(())
}

/// Words, files and dates; true when one of them changed.
async fn apply_parts(
    tx: &Tx,
    now: Moment,
    random: &Random,
    item: &Item,
    id: ResourceId,
    told: &mut Told,
) -> Result<bool, Unfit> {
    let mut is_changed = false;
    let known = resource::store::list_words(tx, id).await?;
    for words in item.words.iter().filter(|words| !known.contains(words)) {
        resource::store::set_words(tx, id, words).await?;
        is_changed = true;
    }
    let known = resource::store::list_files(tx, id).await?;
    for name in &item.about.files {
        let path = item.folder.join(name);
        let file =
            describe(&path, name).map_err(|error| Unfit::Entry(format!("{}: {error}", path.display())))?;
        if !known.contains(&file) {
            store_file(tx, id, &path, &file).await?;
            told.files += 1;
            is_changed = true;
        }
    }
    is_changed |= resource::store::drop_files_but(tx, id, &item.about.files).await? > 0;
    for date in &item.about.dates {
        let (starts_at, ends_at) = date.times().map_err(Unfit::Entry)?;
        let about = CourseDate {
            id: CourseDateId::new(now, random),
            course: id,
            starts_at,
            ends_at,
            place: date.place.clone(),
            time_zone: date.time_zone.clone(),
            seats: date.seats,
            is_cancelled: false,
            revision: 1,
        };
        training::store::set_date(tx, &about).await?;
    }
    Ok(is_changed)
}

/// What a file is, read piece by piece.
fn describe(path: &Path, name: &str) -> Result<File, std::io::Error> {
    let mut context = ring::digest::Context::new(&ring::digest::SHA256);
    let mut size = 0_i64;
    pieces(path, |piece| {
        context.update(&piece);
        size += i64::try_from(piece.len()).unwrap_or(0);
    })?;
    let sha256 = context.finish().as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(File { name: name.to_owned(), media_type: resource::media_type(name).to_owned(), sha256, size })
}

/// Hands out a file in pieces of [`PIECE`] bytes, the last one shorter.
fn pieces(path: &Path, mut take: impl FnMut(Vec<u8>)) -> Result<(), std::io::Error> {
    let mut file = std::fs::File::open(path)?;
    loop {
        let mut piece = Vec::with_capacity(PIECE);
        let length = file.by_ref().take(PIECE as u64).read_to_end(&mut piece)?;
        if length == 0 {
            return Ok(());
        }
        take(piece);
    }
}

async fn store_file(tx: &Tx, id: ResourceId, path: &Path, file: &File) -> Result<(), Unfit> {
    let pieces = u64::try_from(file.size).unwrap_or(0).div_ceil(PIECE as u64);
    if resource::store::count_pieces(tx, &file.sha256).await? != pieces {
        let unreadable = |error: std::io::Error| Unfit::Entry(format!("{}: {error}", path.display()));
        let mut source = std::fs::File::open(path).map_err(unreadable)?;
        let mut seq = 0;
        loop {
            let mut piece = Vec::with_capacity(PIECE);
            source.by_ref().take(PIECE as u64).read_to_end(&mut piece).map_err(unreadable)?;
            if piece.is_empty() {
                break;
            }
            resource::store::add_piece(tx, &file.sha256, seq, piece).await?;
            seq += 1;
        }
    }
    resource::store::end_idle(tx, &file.sha256).await?;
    resource::store::add_file(tx, id, file).await.map_err(Fault::into)
}
