//! The account association page: an address is typed, and the same thanks follow whatever becomes of it.
use std::time::Duration;

use askama::Template;
use axum::{extract::State, http::StatusCode, response::Response};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use platform::{
    email::{EmailAddress, Malformed},
    limits,
    web::{Cookie, Errors, Recoverable, Shell, Trouble, see_other, visit::cookie_name},
};
use serde::Deserialize;

use super::signed_in_page;
use crate::{
    Portal,
    acting::Locks,
    association,
    claim::{self, ClaimId},
    jobs::search::Search,
    session::Session,
    visitor::SignedIn,
};

#[derive(Template)]
#[template(path = "associate.html")]
pub struct AssociatePage {
    shell: Shell,
    /// The Passport that the profile would be associated with.
    label: String,
    email: String,
    errors: Errors,
    /// False: this installation sends links by invitation only.
    self_claim: bool,
}

#[cfg(test)]
impl platform::web::page::Samples for AssociatePage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let page = |email: &str, errors, self_claim| Self {
            shell: shell.clone(),
            label: "maria@example.com".into(),
            email: email.into(),
            errors,
            self_claim,
        };
        let mut errors = Errors::default();
        errors.add("email", shell.t("associate-email-malformed"));
        vec![
            page("", Errors::default(), true),
            page("maria@", errors, true),
            page("", Errors::default(), false),
        ]
    }
}

#[derive(Template)]
#[template(path = "sent.html")]
pub struct SentPage {
    shell: Shell,
    /// What was typed, if the browser still knows.
    email: Option<String>,
    /// It was asked for once more.
    is_again: bool,
}

#[cfg(test)]
impl platform::web::page::Samples for SentPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let page = |email: Option<&str>, is_again| Self {
            shell: shell.clone(),
            email: email.map(str::to_owned),
            is_again,
        };
        vec![
            page(None, false),
            page(Some("maria@contoso.example"), false),
            page(Some("maria@contoso.example"), true),
        ]
    }
}

/// The cookie that keeps what was typed for the page of thanks, sealed.
const TYPED: &str = "typed";

pub async fn form(State(portal): State<Portal>, visitor: SignedIn) -> Result<Response, Trouble> {
    show(&portal, &visitor, StatusCode::OK, String::new(), Errors::default())
}

fn show(
    portal: &Portal,
    visitor: &SignedIn,
    status: StatusCode,
    email: String,
    errors: Errors,
) -> Result<Response, Trouble> {
    let label = visitor.session.label.clone();
    let self_claim = portal.settings.portal.self_claim;
    let page = AssociatePage { shell: visitor.shell(), label, email, errors, self_claim };
    signed_in_page(&visitor.visit, status, &page)
}

#[derive(Deserialize)]
pub struct ClaimForm {
    #[serde(default)]
    email: String,
    /// The page of thanks asks once more.
    #[serde(default)]
    again: String,
}

pub async fn claim(
    State(portal): State<Portal>,
    visitor: SignedIn,
    form: Recoverable<ClaimForm>,
) -> Result<Response, Trouble> {
    if !portal.settings.portal.self_claim {
        return Err(Trouble::page(StatusCode::FORBIDDEN, "error-not-allowed"));
    }
    let again = |status, form: ClaimForm, errors| show(&portal, &visitor, status, form.email, errors);
    let form = form.or_again(&visitor.visit, again)?;
    let email = match EmailAddress::parse(&form.email) {
        Ok(email) => email,
        Err(why) => {
            let key = match why {
                Malformed::Empty => "associate-email-empty",
                Malformed::TooLong | Malformed::Shape => "associate-email-malformed",
            };
            let mut errors = Errors::default();
            errors.add("email", visitor.visit.t(key));
            return show(&portal, &visitor, StatusCode::UNPROCESSABLE_ENTITY, form.email, errors);
        }
    };
    record(&portal, &visitor, &email).await?;
    let to = if form.again.is_empty() { "/associate/sent" } else { "/associate/sent?again=1" };
    let mut response = see_other(to);
    let sealed = portal.claim_seal.seal(&portal.random, &bound(&visitor), form.email.trim().as_bytes())?;
    let name = cookie_name(&portal.site, TYPED);
    Cookie::session(name, URL_SAFE_NO_PAD.encode(sealed)).set(response.headers_mut());
    Ok(response)
}

/// What was typed is shown to nobody but who typed it.
fn bound(visitor: &SignedIn) -> [u8; 32] {
    visitor.session.digest
}

fn typed(portal: &Portal, visitor: &SignedIn) -> Option<String> {
    let sealed = URL_SAFE_NO_PAD.decode(visitor.visit.cookie(TYPED)?).ok()?;
    String::from_utf8(portal.claim_seal.open(&bound(visitor), &sealed)?.to_vec()).ok()
}

/// Writes the claim and its job, unless there were too many; the answer is the same (CS-14).
async fn record(portal: &Portal, visitor: &SignedIn, email: &EmailAddress) -> Result<(), Trouble> {
    let (now, subject) = (visitor.visit.now, &visitor.session.subject);
    let scale = portal.limits_scale;
    let who = format!("{}\0{}", subject.iss, subject.sub);
    let tx = visitor.acts(portal, &Locks::default()).await?;
    let mut within = true;
    // What one budget refuses costs the others nothing.
    for limit in claim::ASKED {
        within = within && limits::spend(&tx, now, limit.scaled(scale), &who).await?;
    }
    let day = Duration::from_secs(86_400);
    let declined = association::store::count_declined(&tx, subject, None, now - day).await?;
    if within && declined < association::MOST_DECLINED {
        let id = ClaimId::new(now, &portal.random);
        let mac = portal.claim_mac.sign(email.key().as_bytes());
        claim::store::add(&tx, now, id, subject, &mac).await?;
        let job = Search {
            claim: id,
            subject: subject.clone(),
            email_key: email.key().to_owned(),
            own_key: own_key(tx.session()),
            language: visitor.visit.language,
            asked_at: now,
        };
        portal.outbox.add(&tx, now, &job).await?;
    } else {
        tracing::info!("A claim was throttled");
    }
    Ok(tx.commit().await?)
}

/// The key of the Passport's own address, which its provider vouches for.
fn own_key(session: &Session) -> Option<String> {
    let email = EmailAddress::parse(session.email.as_deref()?).ok()?;
    Some(email.key().to_owned())
}

pub async fn sent(State(portal): State<Portal>, visitor: SignedIn) -> Result<Response, Trouble> {
    let is_again = visitor.visit.path.ends_with("?again=1");
    let page = SentPage { shell: visitor.shell(), email: typed(&portal, &visitor), is_again };
    signed_in_page(&visitor.visit, StatusCode::OK, &page)
}
