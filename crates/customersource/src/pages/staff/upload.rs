//! Bringing files to a resource: all that a form brings, or nothing of it. The words of the form come before the
//! files, so that what cannot be stored is not taken in.
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use platform::web::{
    Errors, Trouble, see_other,
    upload::{Broken, Incoming, Part, Posted, Upload},
};

use super::{
    edit,
    files::{page, record, shown},
    spend,
};
use crate::{
    Portal,
    acting::Locks,
    resource::{
        self, File, Resource, file_name_of, path_of_name,
        storing::{Stored, Storing},
    },
    staff,
    visitor::{
        Staff,
        editor::{Editor, FormShown},
    },
};

/// So many files come in one form.
const MOST: usize = 20;

/// What a form brought.
#[derive(Default)]
struct Brought {
    reason: String,
    /// `name=sha256`, the name as in an address, of the files that the page showed.
    seen: Vec<String>,
    files: Vec<(String, Stored)>,
    errors: Errors,
    is_too_large: bool,
}

pub async fn take(
    State(portal): State<Portal>,
    editor: Editor,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<Response, Trouble> {
    let about = edit::find(&portal, &id).await?;
    let (visitor, upload) = match (editor, posted) {
        (Editor::Proven(visitor), Posted::Checked(upload)) => (visitor, upload),
        (Editor::Late(desk), posted) => {
            let mut words = match posted {
                Posted::Checked(upload) => upload.into_words().await?,
                Posted::Refused(words, _) => words,
            };
            let kept = (words.remove("reason").unwrap_or_default(), Errors::default());
            return page(&portal, &desk, &about, StatusCode::FORBIDDEN, kept).await;
        }
        (Editor::Proven(visitor), Posted::Refused(mut words, why)) => {
            let desk = FormShown::of(&visitor);
            let errors = Errors::whole(why.text(&desk.visit));
            let kept = (words.remove("reason").unwrap_or_default(), errors);
            return page(&portal, &desk, &about, why.status(), kept).await;
        }
    };
    // Counted at once: taking files in costs more than any other refusal.
    let tx = visitor.tries(&portal, &Locks::default()).await?;
    spend(&tx, &portal, &visitor).await?;
    tx.commit().await?;
    let mut brought = read(&portal, &visitor, upload).await?;
    let status = if brought.is_too_large {
        StatusCode::PAYLOAD_TOO_LARGE
    } else if !brought.errors.is_empty() {
        StatusCode::UNPROCESSABLE_ENTITY
    } else if let Some(place) = store(&portal, &visitor, &about, &mut brought).await? {
        return Ok(see_other(&place));
    } else {
        StatusCode::CONFLICT
    };
    page(&portal, &FormShown::of(&visitor), &about, status, (brought.reason, brought.errors)).await
}

/// Takes in what comes. A file that cannot be stored is read to its end all the same, so that the browser gets to
/// see the answer.
async fn read(portal: &Portal, visitor: &Staff, mut upload: Upload) -> Result<Brought, Trouble> {
    let mut brought = Brought::default();
    let mut has_begun = false;
    loop {
        match upload.next().await {
            Ok(None) => break,
            Ok(Some(Part::Words(name, value))) => match name.as_str() {
                "reason" => brought.reason = value,
                "seen" => brought.seen.push(value),
                _ => {}
            },
            Ok(Some(Part::File(file))) if file.name.is_empty() => {}
            Ok(Some(Part::File(file))) => {
                has_begun = true;
                if let Err(broken) = one(portal, visitor, file, &mut brought).await? {
                    give_up(visitor, broken, &mut brought)?;
                    break;
                }
            }
            Err(broken) => {
                give_up(visitor, broken, &mut brought)?;
                break;
            }
        }
    }
    if !has_begun && brought.errors.is_empty() {
        brought.errors.add("file", visitor.visit.t("file-none-chosen"));
    }
    if staff::reason(&brought.reason).is_none() {
        brought.errors.add("reason", visitor.visit.t("staff-reason-wrong"));
    }
    Ok(brought)
}

fn give_up(visitor: &Staff, broken: Broken, brought: &mut Brought) -> Result<(), Trouble> {
    match broken {
        Broken::TooLarge => {
            brought.is_too_large = true;
            brought.errors.add("file", visitor.visit.t("file-form-too-large"));
        }
        Broken::Hidden => brought.errors.add("", visitor.visit.t("error-hidden-text")),
        Broken::Torn | Broken::Slow => brought.errors.add("file", visitor.visit.t("file-broken")),
    }
    Ok(())
}

/// One file: stored under its digest, or an error noted.
async fn one(
    portal: &Portal,
    visitor: &Staff,
    mut file: Incoming<'_>,
    brought: &mut Brought,
) -> Result<Result<(), Broken>, Trouble> {
    let say = |key, name: &str| visitor.shell().t1(key, "name", name);
    let known = file_name_of(&file.name);
    let is_name = known.is_some();
    let name = known.unwrap_or_else(|| file.name.clone());
    let largest = portal.settings.content.largest_file();
    let is_wanted = staff::reason(&brought.reason).is_some() && brought.errors.is_empty();
    if !is_name {
        brought.errors.add("file", say("file-name-wrong", &name));
    } else if brought.files.iter().any(|(other, _)| *other == name) {
        brought.errors.add("file", say("file-twice", &name));
    } else if brought.files.len() >= MOST {
        brought.errors.add("file", visitor.visit.t("file-form-too-large"));
    } else if is_wanted {
        let mut storing = Storing::begin(&portal.db, visitor.visit.now, &portal.random).await?;
        loop {
            let bytes = match file.next().await {
                Ok(Some(bytes)) => bytes,
                Ok(None) => break,
                Err(broken) => return Ok(Err(broken)),
            };
            if storing.size().saturating_add(bytes.len() as u64) > largest {
                brought.is_too_large = true;
                let mb = portal.settings.content.largest_file_mb.to_string();
                brought.errors.add("file", visitor.shell().t2("file-too-large", "name", &name, "mb", &mb));
                break;
            }
            storing.take(&bytes).await?;
        }
        if !brought.is_too_large {
            if storing.size() == 0 {
                brought.errors.add("file", say("file-empty", &name));
            } else {
                brought.files.push((name, storing.finish().await?));
            }
        }
    }
    // What is left of it.
    loop {
        match file.next().await {
            Ok(Some(_)) => {}
            Ok(None) => return Ok(Ok(())),
            Err(broken) => return Ok(Err(broken)),
        }
    }
}

/// Names the files in the resource, each where the page showed the same, and says where that leads; nothing
/// is changed when somebody else was there meanwhile.
async fn store(
    portal: &Portal,
    visitor: &Staff,
    about: &Resource,
    brought: &mut Brought,
) -> Result<Option<String>, Trouble> {
    let now = visitor.visit.now;
    let tx = visitor.acts(portal, &Locks::default()).await?;
    resource::store::set_updated(&tx, now, about.id).await?;
    let seen = shown(&brought.seen);
    for (name, stored) in &brought.files {
        let known = resource::store::find_file(&tx, about.id, name).await?;
        if known.as_ref().map(|known| known.sha256.as_str()) != seen.get(path_of_name(name).as_str()).copied()
        {
            let text = visitor.shell().t1("file-changed-meanwhile", "name", name);
            brought.errors.add("file", text);
            return Ok(None);
        }
        resource::store::end_idle(&tx, &stored.sha256).await?;
        if resource::store::count_pieces(&tx, &stored.sha256).await? != stored.pieces() {
            return Err(Trouble::bug("an upload lost pieces"));
        }
        let file = File {
            name: name.clone(),
            media_type: resource::media_type(name).to_owned(),
            sha256: stored.sha256.clone(),
            size: stored.size,
        };
        resource::store::add_file(&tx, about.id, &file).await?;
        let action = if known.is_some() { "content.file_replaced" } else { "content.file_added" };
        let reason = brought.reason.trim();
        record(&tx, portal, visitor, (action, reason), about, (name, &stored.sha256)).await?;
        if let Some(old) = known.filter(|old| old.sha256 != stored.sha256) {
            resource::store::set_idle(&tx, now, &old.sha256).await?;
        }
    }
    Ok(Some(tx.commit(now, format!("/staff/content/{}/files?done=done", about.id)).await?))
}
