//! Newsgroups and newsletters as editors make and change them: name, language, for whom, and whether they go on.
mod fields;

use askama::Template;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use fields::Fields;
use platform::{
    language::Language,
    web::{Errors, Recoverable, Shell, Trouble, see_other},
};
use serde_json::json;
use uuid::Uuid;

use super::{
    audience::InUse,
    done_of, only,
    serial::{Kind, Serial},
    spend,
};
use crate::{
    Portal,
    acting::{Acting, Duty, Locks},
    audit::{self, Actor, Deed},
    pages::signed_in_page,
    visitor::{
        Staff,
        editor::{Editor, FormShown},
    },
};

#[derive(Template)]
#[template(path = "staff/series.html")]
pub struct SeriesPage {
    shell: Shell,
    kind: Kind,
    action: String,
    is_new: bool,
    fields: Fields,
    in_use: InUse,
    /// What is saved now, where somebody else changed it: labels and words.
    theirs: Vec<(String, String)>,
    errors: Errors,
    is_late: bool,
    done: Option<&'static str>,
}

impl SeriesPage {
    fn heading(&self) -> &'static str {
        self.kind.heading(self.is_new)
    }

    fn languages(&self) -> [Language; 2] {
        Language::ALL
    }
}

#[cfg(test)]
impl platform::web::page::Samples for SeriesPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let page = |kind, is_new, errors, done| Self {
            shell: shell.clone(),
            kind,
            action: "/staff/newsgroups/new".into(),
            is_new,
            fields: Fields { language: "pt-BR".into(), read_only: "1".into(), ..Fields::default() },
            in_use: if is_new { InUse::default() } else { InUse::sample() },
            theirs: if is_new { vec![] } else { vec![(shell.t("series-name"), "Notícias".into())] },
            errors,
            is_late: !is_new,
            done,
        };
        let mut errors = Errors::default();
        errors.add("slug", shell.t("content-slug-taken"));
        for (field, key) in Fields::default().read(Uuid::nil()).err().unwrap_or_default() {
            errors.add(field, shell.t(key));
        }
        errors.add("about", shell.t("series-about-wrong"));
        vec![
            page(Kind::Newsgroup, true, Errors::default(), None),
            page(Kind::Newsletter, true, errors, None),
            page(Kind::Newsgroup, false, Errors::default(), Some("staff-done")),
            page(Kind::Newsletter, false, Errors::default(), None),
        ]
    }
}

async fn form(
    portal: &Portal,
    desk: &FormShown,
    status: StatusCode,
    (kind, id): (Kind, Option<Uuid>),
    fields: Fields,
    (errors, theirs): (Errors, Option<Fields>),
) -> Result<Response, Trouble> {
    let page = SeriesPage {
        shell: desk.shell.clone(),
        kind,
        action: match id {
            Some(id) => format!("{}/{id}", kind.path()),
            None => format!("{}/new", kind.path()),
        },
        is_new: id.is_none(),
        in_use: InUse::beside(portal.db.reader(), &fields.audience()).await?,
        theirs: theirs.map(|theirs| fields.unlike(&theirs, &desk.shell)).unwrap_or_default(),
        fields,
        errors,
        is_late: desk.is_late,
        done: done_of(&desk.visit),
    };
    signed_in_page(&desk.visit, status, &page)
}

/// Who says what, or the form again with what is wrong.
async fn read(
    portal: &Portal,
    editor: Editor,
    (kind, known): (Kind, Option<Uuid>),
    id: Uuid,
    sent: Recoverable<Fields>,
) -> Result<(Box<Staff>, Fields, Serial, String), Trouble> {
    match editor.enter(sent, |fields: &Fields| fields.read(id)) {
        Ok((visitor, fields, (about, reason))) => Ok((visitor, fields, about, reason)),
        Err(again) => {
            let told = (again.errors, None);
            let shown = form(portal, &again.desk, again.status, (kind, known), again.fields, told);
            Err(shown.await?.into())
        }
    }
}

async fn begin(portal: &Portal, visitor: &Staff, kind: Kind) -> Result<Response, Trouble> {
    only(visitor.member.may_edit())?;
    let language = visitor.visit.language.tag().into();
    let fields = Fields { language, state: "open".into(), ..Fields::default() };
    form(portal, &FormShown::of(visitor), StatusCode::OK, (kind, None), fields, (Errors::default(), None))
        .await
}

async fn show(portal: &Portal, visitor: &Staff, kind: Kind, id: &str) -> Result<Response, Trouble> {
    only(visitor.member.may_edit())?;
    let about = kind.find(portal.db.reader(), id).await?.ok_or_else(Trouble::not_found)?;
    let of = (kind, Some(about.id));
    form(portal, &FormShown::of(visitor), StatusCode::OK, of, Fields::of(&about), (Errors::default(), None))
        .await
}

async fn add(
    portal: &Portal,
    editor: Editor,
    kind: Kind,
    sent: Recoverable<Fields>,
) -> Result<Response, Trouble> {
    let id = platform::id::new(portal.clock.now(), &portal.random);
    let (visitor, fields, about, reason) = read(portal, editor, (kind, None), id, sent).await?;
    let tx = visitor.acts(portal, &Locks::default()).await?;
    spend(&tx, portal, &visitor).await?;
    let is_free = !kind.is_taken(&tx, &about.slug).await?
        && kind.add(&tx, Serial { revision: 1, ..about.clone() }).await?;
    if !is_free {
        drop(tx);
        let mut errors = Errors::default();
        errors.add("slug", visitor.visit.t("content-slug-taken"));
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return form(portal, &FormShown::of(&visitor), status, (kind, None), fields, (errors, None)).await;
    }
    record(&tx, portal, &visitor, kind.added(), &about, &reason).await?;
    let place = format!("{}/{id}?done=done", kind.path());
    Ok(see_other(&tx.commit(visitor.visit.now, place).await?))
}

async fn save(
    portal: &Portal,
    editor: Editor,
    (kind, id): (Kind, &str),
    sent: Recoverable<Fields>,
) -> Result<Response, Trouble> {
    let known = kind.find(portal.db.reader(), id).await?.ok_or_else(Trouble::not_found)?;
    let of = (kind, Some(known.id));
    let (visitor, fields, about, reason) = read(portal, editor, of, known.id, sent).await?;
    // The name is its address: it stays.
    let about = Serial { slug: known.slug.clone(), ..about };
    let tx = visitor.acts(portal, &Locks::default()).await?;
    spend(&tx, portal, &visitor).await?;
    if !kind.spend_revision(&tx, about.clone()).await? {
        drop(tx);
        let errors = Errors::whole(visitor.visit.t("content-changed-meanwhile"));
        let present = kind.find(portal.db.reader(), id).await?.ok_or_else(Trouble::not_found)?;
        // Whoever saves once more has seen it, and decides.
        let fields = Fields { revision: present.revision, ..fields };
        let told = (errors, Some(Fields::of(&present)));
        return form(portal, &FormShown::of(&visitor), StatusCode::CONFLICT, of, fields, told).await;
    }
    if known.language != about.language {
        kind.index_anew(&tx, &about).await?;
    }
    record(&tx, portal, &visitor, kind.saved(), &about, &reason).await?;
    let place = format!("{}/{}?done=done", kind.path(), about.id);
    Ok(see_other(&tx.commit(visitor.visit.now, place).await?))
}

async fn record(
    tx: &Acting<Duty>,
    portal: &Portal,
    visitor: &Staff,
    action: &'static str,
    about: &Serial,
    reason: &str,
) -> Result<(), Trouble> {
    let deed = Deed {
        actor: Actor::Staff(visitor.member.subject()),
        company: None,
        action,
        target: format!("{}:{}", action.split('.').next().unwrap_or_default(), about.id),
        detail: json!({
            "slug": about.slug, "name": about.name, "open": about.is_open, "audience": about.rule,
            "reason": reason,
        }),
    };
    Ok(audit::store::append(tx, visitor.visit.now, &portal.audit_mac, &deed).await?)
}

pub async fn begin_group(State(portal): State<Portal>, visitor: Staff) -> Result<Response, Trouble> {
    begin(&portal, &visitor, Kind::Newsgroup).await
}

pub async fn begin_letter(State(portal): State<Portal>, visitor: Staff) -> Result<Response, Trouble> {
    begin(&portal, &visitor, Kind::Newsletter).await
}

pub async fn add_group(
    State(portal): State<Portal>,
    editor: Editor,
    sent: Recoverable<Fields>,
) -> Result<Response, Trouble> {
    add(&portal, editor, Kind::Newsgroup, sent).await
}

pub async fn add_letter(
    State(portal): State<Portal>,
    editor: Editor,
    sent: Recoverable<Fields>,
) -> Result<Response, Trouble> {
    add(&portal, editor, Kind::Newsletter, sent).await
}

pub async fn show_group(
    State(portal): State<Portal>,
    visitor: Staff,
    Path(id): Path<String>,
) -> Result<Response, Trouble> {
    show(&portal, &visitor, Kind::Newsgroup, &id).await
}

pub async fn show_letter(
    State(portal): State<Portal>,
    visitor: Staff,
    Path(id): Path<String>,
) -> Result<Response, Trouble> {
    show(&portal, &visitor, Kind::Newsletter, &id).await
}

pub async fn save_group(
    State(portal): State<Portal>,
    editor: Editor,
    Path(id): Path<String>,
    sent: Recoverable<Fields>,
) -> Result<Response, Trouble> {
    save(&portal, editor, (Kind::Newsgroup, &id), sent).await
}

pub async fn save_letter(
    State(portal): State<Portal>,
    editor: Editor,
    Path(id): Path<String>,
    sent: Recoverable<Fields>,
) -> Result<Response, Trouble> {
    save(&portal, editor, (Kind::Newsletter, &id), sent).await
}
