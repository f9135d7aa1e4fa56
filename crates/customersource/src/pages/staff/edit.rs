//! Writing a resource: its words in both languages, for whom it is, and whether it is out.
mod fields;

use askama::Template;
use axum::{
    extract::{DefaultBodyLimit, Path, Query, State},
    http::StatusCode,
    response::Response,
};
use platform::web::{Errors, Recoverable, Shell, Trouble, kept::LARGEST_FORM, see_other, too_many_text};
use serde::Deserialize;
use serde_json::json;

pub use fields::Fields;

use super::{
    audience::{Audience, InUse},
    done_of,
    draft::Draft,
    only, within,
};
use crate::{
    Portal,
    acting::{Acting, Duty, Locks},
    audit::{self, Actor, Deed},
    newsletter,
    pages::signed_in_page,
    resource::{
        self, Resource, ResourceId, Section, is_slug,
        markdown::{self, Html},
    },
    visitor::{
        Staff,
        editor::{Editor, FormShown},
    },
};

/// The most that its forms may bring.
pub fn largest() -> DefaultBodyLimit {
    DefaultBodyLimit::max(LARGEST_FORM)
}

#[derive(Template)]
#[template(path = "staff/edit.html")]
pub struct EditPage {
    shell: Shell,
    action: String,
    is_new: bool,
    fields: Fields,
    in_use: InUse,
    /// Slug and name of each newsletter.
    newsletters: Vec<(String, String)>,
    previews: Vec<(&'static str, Html)>,
    /// What is saved now, where somebody else changed it: labels and words.
    theirs: Vec<(String, String)>,
    errors: Errors,
    /// Where its files and, for a course, its dates are; empty while it is new.
    parts: Vec<(String, &'static str)>,
    is_late: bool,
    done: Option<&'static str>,
}

impl EditPage {
    fn sections(&self) -> [Section; 5] {
        Section::ALL
    }

    fn states(&self) -> [(&'static str, &'static str); 3] {
        [("draft", "content-draft"), ("published", "content-published"), ("withdrawn", "content-withdrawn")]
    }
}

#[cfg(test)]
impl platform::web::page::Samples for EditPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let page = |is_new, errors, previews| Self {
            shell: shell.clone(),
            action: "/staff/content/new".into(),
            is_new,
            fields: Fields { section: "training".into(), state: "published".into(), ..Fields::default() },
            in_use: if is_new { InUse::default() } else { InUse::sample() },
            newsletters: vec![("news".into(), "News".into())],
            previews,
            theirs: if is_new { vec![] } else { vec![(shell.t("content-product"), "GP".into())] },
            errors,
            parts: if is_new { vec![] } else { vec![("/staff/content/1/files".into(), "content-files")] },
            is_late: !is_new,
            done: None,
        };
        let mut errors = Errors::default();
        for (field, key) in super::draft::ERRORS {
            errors.add(field, shell.t(key));
        }
        let preview = vec![("en-US", markdown::article("# Hello", "/x"))];
        vec![page(true, Errors::default(), vec![]), page(false, errors, preview)]
    }
}

async fn form(
    portal: &Portal,
    desk: &FormShown,
    status: StatusCode,
    known: Option<&Resource>,
    fields: Fields,
    (errors, theirs): (Errors, Option<Fields>),
) -> Result<Response, Trouble> {
    let letters = newsletter::store::list(portal.db.reader()).await?;
    let bodies = [("en-US", &fields.body_en), ("pt-BR", &fields.body_pt)];
    let written = bodies.into_iter().filter(|(_, body)| !body.trim().is_empty());
    let path =
        known.map_or_else(|| "/staff/content/new".into(), |about| format!("/staff/content/{}", about.id));
    let mut parts = Vec::new();
    if let Some(known) = known {
        parts.push((format!("{path}/files"), "content-files"));
        if known.section == Section::Training {
            parts.push((format!("{path}/dates"), "training-dates"));
        }
    }
    let page = EditPage {
        shell: desk.shell.clone(),
        in_use: InUse::beside(portal.db.reader(), &fields.audience()).await?,
        is_new: known.is_none(),
        newsletters: letters.into_iter().map(|letter| (letter.slug, letter.name)).collect(),
        previews: written
            .map(|(language, body)| (language, markdown::article(body, &format!("{path}/files"))))
            .collect(),
        action: path,
        theirs: theirs.map(|theirs| fields.unlike(&theirs, &desk.shell)).unwrap_or_default(),
        fields,
        errors,
        parts,
        is_late: desk.is_late,
        done: done_of(&desk.visit),
    };
    signed_in_page(&desk.visit, status, &page)
}

#[derive(Deserialize)]
pub struct Preset {
    /// The newsletter whose issue is begun.
    #[serde(default)]
    newsletter: String,
}

pub async fn begin(
    State(portal): State<Portal>,
    visitor: Staff,
    Query(preset): Query<Preset>,
) -> Result<Response, Trouble> {
    only(visitor.member.may_edit())?;
    let mut fields =
        Fields { section: Section::SelfHelp.text().into(), state: "draft".into(), ..Fields::default() };
    if is_slug(&preset.newsletter)
        && let Some(letter) = newsletter::store::find_slug(portal.db.reader(), &preset.newsletter).await?
    {
        fields.section = Section::Newsletters.text().into();
        fields.newsletter = letter.slug;
        fields.set_audience(Audience::of(&letter.rule));
    }
    form(&portal, &FormShown::of(&visitor), StatusCode::OK, None, fields, (Errors::default(), None)).await
}

pub async fn find(portal: &Portal, id: &str) -> Result<Resource, Trouble> {
    let id: ResourceId = id.parse().map_err(|_| Trouble::not_found())?;
    resource::store::find_by_id(portal.db.reader(), id).await?.ok_or_else(Trouble::not_found)
}

pub async fn show(
    State(portal): State<Portal>,
    visitor: Staff,
    Path(id): Path<String>,
) -> Result<Response, Trouble> {
    only(visitor.member.may_edit())?;
    let about = find(&portal, &id).await?;
    let words = resource::store::list_words(portal.db.reader(), about.id).await?;
    let fields = Fields::of(&about, &words);
    form(&portal, &FormShown::of(&visitor), StatusCode::OK, Some(&about), fields, (Errors::default(), None))
        .await
}

/// Who says what, or the form again with what is wrong.
async fn read(
    portal: &Portal,
    editor: Editor,
    known: Option<&Resource>,
    sent: Recoverable<Fields>,
) -> Result<(Box<Staff>, Fields, Draft), Trouble> {
    match editor.enter(sent, Draft::read) {
        Ok(read) => Ok(read),
        Err(again) => {
            let told = (again.errors, None);
            Err(form(portal, &again.desk, again.status, known, again.fields, told).await?.into())
        }
    }
}

pub async fn add(
    State(portal): State<Portal>,
    editor: Editor,
    sent: Recoverable<Fields>,
) -> Result<Response, Trouble> {
    let (visitor, fields, draft) = read(&portal, editor, None, sent).await?;
    let now = visitor.visit.now;
    let tx = visitor.acts(&portal, &Locks::default()).await?;
    let newsletter = if is_slug(&fields.newsletter) {
        newsletter::store::find_slug(&**tx, &fields.newsletter).await?.map(|letter| letter.id)
    } else {
        None
    };
    let about = draft.resource(ResourceId::new(now, &portal.random), &fields, newsletter, now);
    let is_taken = resource::store::find(&**tx, draft.section, &fields.slug).await?.is_some();
    let say = |key| visitor.visit.t(key);
    let wrong = if is_taken {
        Some(("slug", say("content-slug-taken")))
    } else if (draft.section == Section::Newsletters) != newsletter.is_some() {
        Some(("newsletter", say("content-newsletter-wrong")))
    } else if let Err(full) = within(&tx, &portal, &visitor).await? {
        Some(("", too_many_text(&visitor.visit, "error-too-many", full)))
    } else {
        // Two editors may choose the same name in the same moment.
        (!resource::store::add(&**tx, &about).await?).then(|| ("slug", say("content-slug-taken")))
    };
    if let Some((field, text)) = wrong {
        drop(tx);
        let mut errors = Errors::default();
        errors.add(field, text);
        let desk = FormShown::of(&visitor);
        let status =
            if field.is_empty() { StatusCode::TOO_MANY_REQUESTS } else { StatusCode::UNPROCESSABLE_ENTITY };
        return form(&portal, &desk, status, None, fields, (errors, None)).await;
    }
    resource::store::replace_words(&**tx, about.id, &draft.words).await?;
    record(&tx, &portal, &visitor, "content.added", &about, &draft.reason).await?;
    Ok(see_other(&tx.commit(now, format!("/staff/content/{}?done=done", about.id)).await?))
}

pub async fn save(
    State(portal): State<Portal>,
    editor: Editor,
    Path(id): Path<String>,
    sent: Recoverable<Fields>,
) -> Result<Response, Trouble> {
    let known = find(&portal, &id).await?;
    let (visitor, fields, draft) = read(&portal, editor, Some(&known), sent).await?;
    let now = visitor.visit.now;
    // Section, name and newsletter are its address: they stay.
    let about = Resource {
        section: known.section,
        slug: known.slug.clone(),
        published_at: draft.published_at.or(known.published_at).or(Some(now)),
        mailed_at: known.mailed_at,
        revision: fields.revision,
        ..draft.resource(known.id, &fields, known.newsletter, now)
    };
    let tx = visitor.acts(&portal, &Locks::default()).await?;
    if let Err(full) = within(&tx, &portal, &visitor).await? {
        drop(tx);
        let errors = Errors::whole(too_many_text(&visitor.visit, "error-too-many", full));
        let (desk, status) = (FormShown::of(&visitor), StatusCode::TOO_MANY_REQUESTS);
        return form(&portal, &desk, status, Some(&known), fields, (errors, None)).await;
    }
    if !resource::store::spend_revision(&tx, &about).await? {
        drop(tx);
        let errors = Errors::whole(visitor.visit.t("content-changed-meanwhile"));
        let desk = FormShown::of(&visitor);
        let present = find(&portal, &id).await?;
        let words = resource::store::list_words(portal.db.reader(), present.id).await?;
        let theirs = Fields::of(&present, &words);
        // Whoever saves once more has seen it, and decides.
        let fields = Fields { revision: theirs.revision, ..fields };
        let told = (errors, Some(theirs));
        return form(&portal, &desk, StatusCode::CONFLICT, Some(&present), fields, told).await;
    }
    resource::store::replace_words(&tx, about.id, &draft.words).await?;
    record(&tx, &portal, &visitor, "content.saved", &about, &draft.reason).await?;
    Ok(see_other(&tx.commit(now, "/staff/content?done=done".into()).await?))
}

async fn record(
    tx: &Acting<Duty>,
    portal: &Portal,
    visitor: &Staff,
    action: &'static str,
    about: &Resource,
    reason: &str,
) -> Result<(), Trouble> {
    let deed = Deed {
        actor: Actor::Staff(visitor.member.subject()),
        company: None,
        action,
        target: format!("resource:{}", about.id),
        detail: json!({
            "section": about.section, "slug": about.slug, "state": about.state.text(), "reason": reason,
        }),
    };
    Ok(audit::store::append(tx, visitor.visit.now, &portal.audit_mac, &deed).await?)
}
