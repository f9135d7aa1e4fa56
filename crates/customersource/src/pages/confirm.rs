//! Confirming a link: profile, company and Passport are named, and one button associates them.
use askama::Template;
use axum::{extract::State, http::StatusCode, response::Response};
use platform::web::{
    About, Cookie, OfBrowser, Recoverable, Shell, Thing, Trouble, Visit, page::ActingAs, see_other,
    shown::Why, visit::cookie_name,
};
use serde::Deserialize;

use super::{link, sign_in, signed_in_page};
use crate::{
    Portal,
    acting::Locks,
    association::{self, Dead, Verdict, Visitor, decide},
    company::Company,
    config::PassportEmail,
    people::actions,
    presence::Recognized,
    profile::{self, Profile},
    rp::attempt::{Opened, Wanted},
    session::Session,
    visitor::{Anybody, SignedIn},
};

#[derive(Template)]
#[template(path = "confirm.html")]
pub struct ConfirmPage {
    shell: Shell,
    found: ActingAs,
    /// The Passport that is signed in.
    label: String,
    /// Another Passport has the profile now.
    moves: bool,
    /// The link that the button takes up, sealed: other tabs may look at others.
    link: String,
    thing: Thing,
    /// Why the button that was pressed did nothing.
    refused: Option<Why>,
}

/// What the button associates, as the page shows it.
fn thing(opened: &Opened, profile: &Profile, company: &Company, moves: bool) -> Thing {
    Thing::of("association link")
        .and(opened.digest)
        .and(profile.id.to_string())
        .and(profile.name())
        .and(company.id.to_string())
        .and(&company.name)
        .and([u8::from(moves)])
}

#[cfg(test)]
impl platform::web::page::Samples for ConfirmPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let found = ActingAs { company: "Contoso Ltda".into(), person: "Maria Silva".into() };
        [(false, None), (true, None), (true, Some(Why::Thing))]
            .into_iter()
            .map(|(moves, refused)| Self {
                shell: shell.clone(),
                found: found.clone(),
                label: "maria@example.com".into(),
                moves,
                link: "AAAA".into(),
                thing: Thing::of("association link"),
                refused,
            })
            .collect()
    }
}

#[derive(Template)]
#[template(path = "wrong_passport.html")]
pub struct WrongPassportPage {
    shell: Shell,
    label: String,
    /// The link that another Passport may take up, sealed.
    link: String,
}

#[cfg(test)]
impl platform::web::page::Samples for WrongPassportPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        vec![Self { shell: shell.clone(), label: "maria@example.com".into(), link: "AAAA".into() }]
    }
}

#[derive(Template)]
#[template(path = "done.html")]
pub struct DonePage {
    shell: Shell,
}

#[cfg(test)]
impl platform::web::page::Samples for DonePage {
    fn samples(shell: &Shell) -> Vec<Self> {
        vec![Self { shell: shell.clone() }]
    }
}

/// The person of a session, as a link is decided for them.
pub fn person<'a>(portal: &Portal, visit: &Visit, session: &'a Session, is_staff: bool) -> Visitor<'a> {
    Visitor {
        subject: &session.subject,
        auth_time: session.auth_time,
        proven_for: session.proven_for,
        email: session.email.as_deref(),
        language: visit.language,
        is_staff,
        claims_move: portal.desk().claims_move,
        same_email: portal.settings.portal.passport_email == PassportEmail::Same,
    }
}

pub async fn show(State(portal): State<Portal>, visitor: SignedIn) -> Result<Response, Trouble> {
    let Some(opened) = sign_in::link_of(&portal, &visitor.visit) else { return Ok(see_other("/")) };
    let db = portal.db.reader();
    let Some(link) = association::store::find_link(db, opened.digest).await? else {
        return answer(&portal, visitor, opened, Verdict::Dead(Dead::Withdrawn), None, None).await;
    };
    let found = profile::store::find(db, link.profile).await?;
    let current = association::store::find_current(db, link.profile).await?;
    let person = person(&portal, &visitor.visit, &visitor.session, visitor.member.is_some());
    let verdict = decide(&link, found.as_ref(), current.as_ref(), &person, visitor.visit.now);
    answer(&portal, visitor, opened, verdict, found, None).await
}

#[derive(Deserialize)]
pub struct Pressed {
    /// The link that the page showed.
    #[serde(default)]
    pub link: String,
}

pub async fn accept(
    State(portal): State<Portal>,
    visitor: SignedIn,
    pressed: About<Pressed>,
) -> Result<Response, Trouble> {
    let Some(opened) = portal.rp.open_link(&pressed.names().link) else {
        // No page of ours names no link: whatever this was, it is told how things stand, and does nothing.
        let Pressed { .. } = pressed.shown(&Thing::default()).checked()?;
        return show(State(portal), visitor).await;
    };
    let named = association::store::find_link(portal.db.reader(), opened.digest).await?;
    let locks = named.map(|named| Locks::of_person(named.profile)).unwrap_or_default();
    let person = person(&portal, &visitor.visit, &visitor.session, visitor.member.is_some());
    let tx = visitor.acts(&portal, &locks).await?;
    let (now, desk) = (visitor.visit.now, portal.desk());
    // As it is now: whoever waited for the lock may come second.
    if let Some(link) = association::store::find_link(&tx, opened.digest).await? {
        let found = profile::store::find(&tx, link.profile).await?;
        let current = association::store::find_current(&tx, link.profile).await?;
        let verdict = decide(&link, found.as_ref(), current.as_ref(), &person, now);
        if let (Verdict::Accept { supersedes }, Some((profile, company))) = (&verdict, &found) {
            let thing = thing(&opened, profile, company, supersedes.is_some());
            if let Recoverable::Refused(_, why) = pressed.shown(&thing) {
                drop(tx);
                return answer(&portal, visitor, opened, verdict, found, Some(why)).await;
            }
        }
    }
    let verdict = actions::associate(&tx, now, &desk, opened.digest, &person).await?;
    tx.commit().await?;
    if matches!(verdict, Verdict::Accept { .. }) {
        let mut response = see_other("/associate/done");
        forget_link(&portal, &visitor.visit, &opened, &mut response);
        return Ok(response);
    }
    answer(&portal, visitor, opened, verdict, None, None).await
}

/// The page of a verdict. Only a link that may be accepted is confirmed; only one that leads nowhere is
/// forgotten.
async fn answer(
    portal: &Portal,
    visitor: SignedIn,
    opened: Opened,
    verdict: Verdict,
    found: Option<(Profile, Company)>,
    refused: Option<Why>,
) -> Result<Response, Trouble> {
    match verdict {
        Verdict::Accept { supersedes } => {
            let (profile, company) = found.ok_or_else(|| Trouble::bug("a link without a profile"))?;
            let moves = supersedes.is_some();
            let page = ConfirmPage {
                shell: visitor.shell(),
                link: portal.rp.seal_link(&opened)?,
                thing: thing(&opened, &profile, &company, moves),
                refused,
                found: ActingAs { company: company.name, person: profile.name() },
                label: visitor.session.label.clone(),
                moves,
            };
            let status = refused.map_or(StatusCode::OK, Why::status);
            signed_in_page(&visitor.visit, status, &page)
        }
        Verdict::WrongPassport => {
            let link = portal.rp.seal_link(&opened)?;
            let page =
                WrongPassportPage { shell: visitor.shell(), label: visitor.session.label.clone(), link };
            signed_in_page(&visitor.visit, StatusCode::FORBIDDEN, &page)
        }
        Verdict::Taken => Err(Trouble::page(StatusCode::CONFLICT, "link-taken")),
        Verdict::OtherAddress => Err(Trouble::page(StatusCode::FORBIDDEN, "link-other-address")),
        Verdict::NotForStaff => Err(Trouble::page(StatusCode::FORBIDDEN, "link-not-for-staff")),
        Verdict::SignInAgain => again(portal, &visitor, opened).await,
        Verdict::AlreadyYours => {
            let visitor = anybody(visitor);
            let mut response = link::already(&visitor)?;
            forget_link(portal, &visitor.visit, &opened, &mut response);
            Ok(response)
        }
        Verdict::Dead(why) => {
            let visitor = anybody(visitor);
            let mut response = link::dead(&visitor, Some(why))?;
            forget_link(portal, &visitor.visit, &opened, &mut response);
            Ok(response)
        }
    }
}

fn anybody(visitor: SignedIn) -> Anybody {
    let SignedIn { visit, session, member, all } = visitor;
    Anybody { visit, known: Some(Recognized { session, member, all }) }
}

/// Another tab's link is kept.
fn forget_link(portal: &Portal, visit: &Visit, opened: &Opened, response: &mut Response) {
    if sign_in::link_of(portal, visit).is_some_and(|kept| kept.digest != opened.digest) {
        return;
    }
    Cookie::gone(cookie_name(&portal.site, sign_in::LINK_COOKIE)).set(response.headers_mut());
}

/// Asks for the password again, for the same link, counted from now.
async fn again(portal: &Portal, visitor: &SignedIn, opened: Opened) -> Result<Response, Trouble> {
    let opened = Opened { at: visitor.visit.now, ..opened };
    sign_in::to_provider(
        portal,
        &visitor.visit,
        Wanted { next: "/associate/confirm", link: Some(opened), ..Wanted::default() },
    )
    .await
}

/// The same link with another Passport (CS-19).
pub async fn another(
    State(portal): State<Portal>,
    visitor: SignedIn,
    form: OfBrowser<Pressed>,
) -> Result<Response, Trouble> {
    match portal.rp.open_link(&form.checked()?.link) {
        Some(opened) => again(&portal, &visitor, opened).await,
        None => Ok(see_other("/")),
    }
}

pub async fn done(visitor: SignedIn) -> Result<Response, Trouble> {
    if visitor.all.is_empty() {
        return Ok(see_other("/associate"));
    }
    let page = DonePage { shell: visitor.shell() };
    signed_in_page(&visitor.visit, StatusCode::OK, &page)
}
