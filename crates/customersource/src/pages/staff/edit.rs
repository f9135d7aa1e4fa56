//! Writing a resource: its words in both languages, for whom it is, and whether it is out.
use askama::Template;
use axum::{
    Router,
    extract::{Path, State},
    http::StatusCode,
    response::Response,
    routing::get,
};
use platform::{
    db::Tx,
    language::Language,
    web::{Errors, Recoverable, Shell, Trouble, page::Samples, see_other},
};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{draft::Draft, only, spend};
use crate::{
    Portal,
    audit::{self, Actor, Deed},
    newsletter,
    pages::signed_in_page,
    resource::{
        self, Resource, ResourceId, Section, is_slug,
        markdown::{self, Html},
    },
    visitor::Staff,
};

pub fn router() -> Router<Portal> {
    Router::new()
        .route("/staff/content/new", get(begin).post(add))
        .route("/staff/content/{id}", get(show).post(save))
}

/// The form as it is sent. Lists are separated by commas.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Fields {
    pub section: String,
    pub newsletter: String,
    pub slug: String,
    pub product: String,
    pub version: String,
    pub state: String,
    pub published: String,
    pub min_rank: String,
    pub categories: String,
    pub kinds: String,
    pub regions: String,
    pub products: String,
    pub administrators: String,
    pub title_en: String,
    pub summary_en: String,
    pub body_en: String,
    pub title_pt: String,
    pub summary_pt: String,
    pub body_pt: String,
    pub revision: i32,
    pub reason: String,
}

#[derive(Template)]
#[template(path = "staff/edit.html")]
pub struct EditPage {
    shell: Shell,
    action: String,
    is_new: bool,
    fields: Fields,
    /// Slug and name of each newsletter.
    newsletters: Vec<(String, String)>,
    previews: Vec<(&'static str, Html)>,
    errors: Errors,
}

impl EditPage {
    fn sections(&self) -> [Section; 5] {
        Section::ALL
    }

    fn states(&self) -> [(&'static str, &'static str); 3] {
        [("draft", "content-draft"), ("published", "content-published"), ("withdrawn", "content-withdrawn")]
    }
}

impl Samples for EditPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let page = |is_new, errors, previews| Self {
            shell: shell.clone(),
            action: "/staff/content/new".into(),
            is_new,
            fields: Fields { section: "training".into(), state: "published".into(), ..Fields::default() },
            newsletters: vec![("news".into(), "News".into())],
            previews,
            errors,
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
    visitor: &Staff,
    status: StatusCode,
    id: Option<ResourceId>,
    fields: Fields,
    errors: Errors,
) -> Result<Response, Trouble> {
    let letters = newsletter::store::list(portal.db.reader()).await?;
    let bodies = [("en-US", &fields.body_en), ("pt-BR", &fields.body_pt)];
    let written = bodies.into_iter().filter(|(_, body)| !body.trim().is_empty());
    let page = EditPage {
        shell: visitor.shell(),
        action: id.map_or_else(|| "/staff/content/new".into(), |id| format!("/staff/content/{id}")),
        is_new: id.is_none(),
        newsletters: letters.into_iter().map(|letter| (letter.slug, letter.name)).collect(),
        previews: written.map(|(language, body)| (language, markdown::article(body, "#"))).collect(),
        fields,
        errors,
    };
    signed_in_page(&visitor.visit, status, &page)
}

async fn begin(State(portal): State<Portal>, visitor: Staff) -> Result<Response, Trouble> {
    only(visitor.member.may_edit())?;
    let fields =
        Fields { section: Section::SelfHelp.text().into(), state: "draft".into(), ..Fields::default() };
    form(&portal, &visitor, StatusCode::OK, None, fields, Errors::default()).await
}

async fn find(portal: &Portal, id: &str) -> Result<Resource, Trouble> {
    let id: ResourceId = id.parse().map_err(|_| Trouble::not_found())?;
    resource::store::find_by_id(portal.db.reader(), id).await?.ok_or_else(Trouble::not_found)
}

async fn show(
    State(portal): State<Portal>,
    visitor: Staff,
    Path(id): Path<String>,
) -> Result<Response, Trouble> {
    only(visitor.member.may_edit())?;
    let about = find(&portal, &id).await?;
    let words = resource::store::list_words(portal.db.reader(), about.id).await?;
    let fields = Fields::of(&about, &words);
    form(&portal, &visitor, StatusCode::OK, Some(about.id), fields, Errors::default()).await
}

/// What the form says, or the form again with what is wrong.
async fn read(
    portal: &Portal,
    visitor: &Staff,
    id: Option<ResourceId>,
    sent: Recoverable<Fields>,
) -> Result<(Fields, Draft), Trouble> {
    let (fields, errors) = match sent {
        Recoverable::Stale(fields) => {
            let errors = Errors::whole(visitor.visit.t("error-form-stale-text"));
            return Err(form(portal, visitor, StatusCode::FORBIDDEN, id, fields, errors).await?.into());
        }
        Recoverable::Checked(fields) => match Draft::read(&fields) {
            Ok(draft) => return Ok((fields, draft)),
            Err(wrong) => {
                let mut errors = Errors::default();
                for (field, key) in wrong {
                    errors.add(field, visitor.visit.t(key));
                }
                (fields, errors)
            }
        },
    };
    Err(form(portal, visitor, StatusCode::UNPROCESSABLE_ENTITY, id, fields, errors).await?.into())
}

async fn add(
    State(portal): State<Portal>,
    visitor: Staff,
    sent: Recoverable<Fields>,
) -> Result<Response, Trouble> {
    only(visitor.member.may_edit())?;
    let (fields, draft) = read(&portal, &visitor, None, sent).await?;
    let now = visitor.visit.now;
    let tx = portal.db.begin().await?;
    let newsletter = if is_slug(&fields.newsletter) {
        newsletter::store::find_slug(&tx, &fields.newsletter).await?.map(|letter| letter.id)
    } else {
        None
    };
    let is_taken = resource::store::find(&tx, draft.section, &fields.slug).await?.is_some();
    let wrong = if is_taken {
        Some(("slug", "content-slug-taken"))
    } else if (draft.section == Section::Newsletters) != newsletter.is_some() {
        Some(("newsletter", "content-newsletter-wrong"))
    } else {
        None
    };
    if let Some((field, key)) = wrong {
        drop(tx);
        let mut errors = Errors::default();
        errors.add(field, visitor.visit.t(key));
        return form(&portal, &visitor, StatusCode::UNPROCESSABLE_ENTITY, None, fields, errors).await;
    }
    let about = draft.resource(ResourceId::new(now, &portal.random), &fields, newsletter, now);
    spend(&tx, &portal, &visitor).await?;
    resource::store::add(&tx, &about).await?;
    resource::store::replace_words(&tx, about.id, &draft.words).await?;
    record(&tx, &portal, &visitor, "content.added", &about, &draft.reason).await?;
    tx.commit().await?;
    Ok(see_other("/staff/content?done=done"))
}

async fn save(
    State(portal): State<Portal>,
    visitor: Staff,
    Path(id): Path<String>,
    sent: Recoverable<Fields>,
) -> Result<Response, Trouble> {
    only(visitor.member.may_edit())?;
    let known = find(&portal, &id).await?;
    let (fields, draft) = read(&portal, &visitor, Some(known.id), sent).await?;
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
    let tx = portal.db.begin().await?;
    spend(&tx, &portal, &visitor).await?;
    if !resource::store::spend_revision(&tx, &about).await? {
        drop(tx);
        let errors = Errors::whole(visitor.visit.t("content-changed-meanwhile"));
        return form(&portal, &visitor, StatusCode::CONFLICT, Some(known.id), fields, errors).await;
    }
    resource::store::replace_words(&tx, about.id, &draft.words).await?;
    record(&tx, &portal, &visitor, "content.saved", &about, &draft.reason).await?;
    tx.commit().await?;
    Ok(see_other("/staff/content?done=done"))
}

async fn record(
    tx: &Tx,
    portal: &Portal,
    visitor: &Staff,
    action: &'static str,
    about: &Resource,
    reason: &str,
) -> Result<(), Trouble> {
    let deed = Deed {
        actor: Actor::Staff(visitor.member.subject()),
        organization: None,
        action,
        target: format!("resource:{}", about.id),
        detail: json!({
            "section": about.section, "slug": about.slug, "state": about.state.text(), "reason": reason,
        }),
    };
    Ok(audit::store::append(tx, visitor.visit.now, &portal.audit_mac, &deed).await?)
}

impl Fields {
    fn of(about: &Resource, words: &[resource::Words]) -> Self {
        let in_language = |language: Language| {
            words.iter().find(|words| words.language == language.tag()).cloned().unwrap_or_default()
        };
        let (english, portuguese) = (in_language(Language::EnUs), in_language(Language::PtBr));
        let kinds: Vec<_> = about.rule.kinds.iter().map(|kind| kind.text()).collect();
        Self {
            section: about.section.text().into(),
            newsletter: String::new(),
            slug: about.slug.clone(),
            product: about.product.clone(),
            version: about.version.clone(),
            state: about.state.text().into(),
            published: about.published_at.map(|at| at.date().to_string()).unwrap_or_default(),
            min_rank: about.rule.min_rank.map(|rank| rank.to_string()).unwrap_or_default(),
            categories: about.rule.categories.join(", "),
            kinds: kinds.join(", "),
            regions: about.rule.regions.join(", "),
            products: about.rule.products.join(", "),
            administrators: if about.rule.administrators { "1".into() } else { String::new() },
            title_en: english.title,
            summary_en: english.summary,
            body_en: english.body,
            title_pt: portuguese.title,
            summary_pt: portuguese.summary,
            body_pt: portuguese.body,
            revision: about.revision,
            reason: String::new(),
        }
    }
}
