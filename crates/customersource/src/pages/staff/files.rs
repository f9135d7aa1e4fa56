//! The files of a resource: what there is, bringing and replacing some, and taking one away.
use std::collections::BTreeMap;

use askama::Template;
use axum::{
    extract::{DefaultBodyLimit, Path, State},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use platform::web::{Checked, Errors, Shell, Trouble, see_other};
use serde::Deserialize;
use serde_json::json;

use super::{
    begin, done_of, edit,
    given::{self, Given, Pressed, Undone},
    only,
};
use crate::{
    Portal,
    acting::{Acting, Duty, Locks},
    audit::{self, Actor, Deed},
    pages::resources::download,
    resource::{self, File, Resource, file_name_of, words_for},
    visitor::{Staff, editor::FormShown},
};

/// What is beyond the largest file is read and thrown away up to here, so that browsers get to see the answer.
pub fn largest(portal: &Portal) -> DefaultBodyLimit {
    let most = portal.settings.content.largest_file().saturating_mul(2).saturating_add(1 << 20);
    DefaultBodyLimit::max(usize::try_from(most).unwrap_or(usize::MAX))
}

#[derive(Template)]
#[template(path = "staff/files.html")]
pub struct FilesPage {
    shell: Shell,
    /// Of the resource.
    id: String,
    title: String,
    files: Vec<File>,
    largest_mb: u32,
    reason: String,
    errors: Errors,
    is_late: bool,
    /// The answer to a form: browsers give no file back.
    is_again: bool,
    given: Given,
    done: Option<&'static str>,
}

#[cfg(test)]
impl platform::web::page::Samples for FilesPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let page = |files, errors: Errors, is_late, done| Self {
            shell: shell.clone(),
            id: "1".into(),
            title: "Year-end update".into(),
            files,
            largest_mb: 200,
            reason: String::new(),
            is_again: !errors.is_empty(),
            given: Given::sample("remove-1", shell.t("staff-reason-wrong")),
            errors,
            is_late,
            done,
        };
        let file = |name: &str| File {
            name: name.into(),
            media_type: resource::media_type(name).into(),
            sha256: "ab".repeat(32),
            size: 12_345_678,
        };
        let mut errors = Errors::default();
        errors.add("file", shell.t2("file-too-large", "name", "a.zip", "mb", "200"));
        errors.add("file", shell.t1("file-name-wrong", "name", "a:b.zip"));
        errors.add("file", shell.t1("file-empty", "name", "a.zip"));
        errors.add("file", shell.t1("file-twice", "name", "a.zip"));
        errors.add("file", shell.t1("file-changed-meanwhile", "name", "a.zip"));
        errors.add("file", shell.t("file-none-chosen"));
        errors.add("file", shell.t("file-broken"));
        errors.add("reason", shell.t("staff-reason-wrong"));
        vec![
            page(vec![], Errors::default(), false, None),
            page(vec![file("update.zip"), file("plan.png")], errors, true, None),
            page(vec![file("update.zip")], Errors::default(), false, Some("staff-done")),
        ]
    }
}

/// The page of a resource's files, as they are now.
pub async fn page(
    portal: &Portal,
    desk: &FormShown,
    about: &Resource,
    status: StatusCode,
    (reason, errors): (String, Errors),
) -> Result<Response, Trouble> {
    page_with(portal, desk, about, (status, Given::default()), (reason, errors)).await
}

async fn page_with(
    portal: &Portal,
    desk: &FormShown,
    about: &Resource,
    (status, given): (StatusCode, Given),
    (reason, errors): (String, Errors),
) -> Result<Response, Trouble> {
    let db = portal.db.reader();
    let words = words_for(resource::store::list_words(db, about.id).await?, desk.visit.language);
    let page = FilesPage {
        shell: desk.shell.clone(),
        id: about.id.to_string(),
        title: words.map_or_else(|| about.slug.clone(), |words| words.title),
        files: resource::store::list_files(db, about.id).await?,
        largest_mb: portal.settings.content.largest_file_mb,
        reason,
        errors,
        is_late: desk.is_late,
        is_again: !desk.visit.is_look(),
        given,
        done: done_of(&desk.visit),
    };
    given::page(&desk.visit, status, &page.given, &page)
}

pub async fn show(
    State(portal): State<Portal>,
    visitor: Staff,
    Path(id): Path<String>,
) -> Result<Response, Trouble> {
    only(visitor.member.may_edit())?;
    let about = edit::find(&portal, &id).await?;
    page(&portal, &FormShown::of(&visitor), &about, StatusCode::OK, (String::new(), Errors::default())).await
}

/// A file as it is, published or not: for the preview.
pub async fn send(
    State(portal): State<Portal>,
    visitor: Staff,
    headers: HeaderMap,
    Path((id, name)): Path<(String, String)>,
) -> Result<Response, Trouble> {
    only(visitor.member.may_edit())?;
    let about = edit::find(&portal, &id).await?;
    let name = file_name_of(&name).ok_or_else(Trouble::not_found)?;
    let file = resource::store::find_file(portal.db.reader(), about.id, &name).await?;
    download::answer(portal, &headers, &file.ok_or_else(Trouble::not_found)?)
}

#[derive(Deserialize)]
pub struct Gone {
    #[serde(default)]
    name: String,
    /// What the page showed: another file of this name stays.
    #[serde(default)]
    sha256: String,
    #[serde(default)]
    reason: String,
}

pub async fn remove(
    State(portal): State<Portal>,
    visitor: Staff,
    Path(id): Path<String>,
    Checked(gone): Checked<Gone>,
) -> Result<Response, Trouble> {
    only(visitor.member.may_edit())?;
    let about = edit::find(&portal, &id).await?;
    match take_away(&portal, &visitor, &about, &gone).await {
        Ok(response) => Ok(response),
        Err(Undone::Trouble(trouble)) => Err(trouble),
        Err(Undone::Back(given)) => {
            let empty = (String::new(), Errors::default());
            page_with(&portal, &FormShown::of(&visitor), &about, (given.status(), given), empty).await
        }
    }
}

async fn take_away(portal: &Portal, visitor: &Staff, about: &Resource, gone: &Gone) -> Pressed {
    // A box is named by where its file stands.
    let files = resource::store::list_files(portal.db.reader(), about.id).await?;
    let at = files.iter().position(|file| file.name == gone.name).map_or(0, |at| at + 1);
    let (now, given) = (visitor.visit.now, Given::at(format!("remove-{at}"), &gone.reason));
    let (tx, reason) = begin(portal, visitor, &given, &Locks::default()).await?;
    resource::store::set_updated(&tx, now, about.id).await?;
    let path = format!("/staff/content/{}/files", about.id);
    if !resource::store::drop_file(&tx, about.id, &gone.name, &gone.sha256).await? {
        return Err(given.nothing_left(&visitor.visit).into());
    }
    resource::store::set_idle(&tx, now, &gone.sha256).await?;
    let what = ("content.file_removed", reason.as_str());
    record(&tx, portal, visitor, what, about, (&gone.name, &gone.sha256)).await?;
    Ok(see_other(&tx.commit(now, format!("{path}?done=done")).await?))
}

/// What happened to which file, for the audit.
pub async fn record(
    tx: &Acting<Duty>,
    portal: &Portal,
    visitor: &Staff,
    (action, reason): (&'static str, &str),
    about: &Resource,
    (name, sha256): (&str, &str),
) -> Result<(), Trouble> {
    let deed = Deed {
        actor: Actor::Staff(visitor.member.subject()),
        company: None,
        action,
        target: format!("resource:{}", about.id),
        detail: json!({ "slug": about.slug, "file": name, "sha256": sha256, "reason": reason }),
    };
    Ok(audit::store::append(tx, visitor.visit.now, &portal.audit_mac, &deed).await?)
}

/// `name=sha256` of every file that a page showed.
///
/// Names stand there as in an address: they are nothing that anybody typed.
pub fn shown(seen: &[String]) -> BTreeMap<&str, &str> {
    seen.iter().filter_map(|line| line.rsplit_once('=')).collect()
}
