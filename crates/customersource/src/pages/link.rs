//! Opening a link out of a mail. Nothing changes by it, whoever opens it and how often (INV-6, EM-04).
use askama::Template;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use platform::{
    limits,
    web::{Shell, Trouble, page::NoReferrer, see_other},
};

use super::{anybodys_page, confirm, sign_in};
use crate::{
    Portal,
    association::{self, Dead, FAILED_LOOKUPS, Purpose, Verdict, decide, digest_of_link, judge_link},
    paths::INVITATION,
    presence::Recognized,
    profile,
    rp::attempt::{Opened, Wanted},
    visitor::Anybody,
};

/// The page for a link that leads nowhere: why, and what to do.
#[derive(Template)]
#[template(path = "dead_link.html")]
pub struct DeadLinkPage {
    shell: Shell,
    why: &'static str,
    /// What to do, where it is no link that one asks for anew.
    instead: Option<&'static str>,
}

#[cfg(test)]
impl platform::web::page::Samples for DeadLinkPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let whys = [None, Some(Dead::Used), Some(Dead::Expired), Some(Dead::Replaced), Some(Dead::Withdrawn)];
        let page = |why, instead| Self { shell: shell.clone(), why, instead };
        let mut pages: Vec<_> = whys.into_iter().map(|why| page(key_of(why), None)).collect();
        pages.push(page("dead-decline-used", Some("dead-decline-used-do")));
        pages.push(page(key_of(Some(Dead::Expired)), Some("dead-decline-do")));
        pages.push(page(key_of(Some(Dead::Withdrawn)), Some("dead-undo-do")));
        pages
    }
}

/// The page for a link that this Passport has accepted already.
#[derive(Template)]
#[template(path = "already.html")]
pub struct AlreadyPage {
    shell: Shell,
}

#[cfg(test)]
impl platform::web::page::Samples for AlreadyPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        vec![Self { shell: shell.clone() }]
    }
}

fn key_of(why: Option<Dead>) -> &'static str {
    match why {
        None => "dead-link-unknown",
        Some(Dead::Used) => "dead-link-used",
        Some(Dead::Expired) => "dead-link-expired",
        Some(Dead::Replaced) => "dead-link-replaced",
        Some(Dead::Withdrawn) => "dead-link-withdrawn",
    }
}

/// 404 for a link that never was, 410 for one that is no more.
pub fn dead(visitor: &Anybody, why: Option<Dead>) -> Result<Response, Trouble> {
    let status = if why.is_some() { StatusCode::GONE } else { StatusCode::NOT_FOUND };
    let page = DeadLinkPage { shell: visitor.shell(), why: key_of(why), instead: None };
    anybodys_page(visitor, status, &page)
}

/// The same for “this was not me” and “this is wrong”: nobody asks for such a link anew.
fn over(visitor: &Anybody, why: &'static str, instead: &'static str) -> Result<Response, Trouble> {
    let page = DeadLinkPage { shell: visitor.shell(), why, instead: Some(instead) };
    anybodys_page(visitor, StatusCode::GONE, &page)
}

/// An invitation that nobody can decline any more.
pub fn past_declining(visitor: &Anybody, why: Dead) -> Result<Response, Trouble> {
    match why {
        Dead::Used => over(visitor, "dead-decline-used", "dead-decline-used-do"),
        why => over(visitor, key_of(Some(why)), "dead-decline-do"),
    }
}

/// A notice whose reader administers no more, or whose association has ended.
pub fn past_undoing(visitor: &Anybody) -> Result<Response, Trouble> {
    over(visitor, key_of(Some(Dead::Withdrawn)), "dead-undo-do")
}

pub fn already(visitor: &Anybody) -> Result<Response, Trouble> {
    let page = AlreadyPage { shell: visitor.shell() };
    anybodys_page(visitor, StatusCode::OK, &page)
}

/// The address of these answers is a secret. Pages do not say so: browsers would then hide it from the check of
/// every form on them as well, and other sites learn it from no page of ours.
fn untold(mut response: Response) -> Response {
    response.extensions_mut().insert(NoReferrer);
    response
}

pub async fn open(
    State(portal): State<Portal>,
    visitor: Anybody,
    Path(secret): Path<String>,
) -> Result<Response, Trouble> {
    let now = visitor.visit.now;
    visitor.visit.is_untold();
    let digest = digest_of_link(&secret);
    let link = match digest {
        Some(digest) => association::store::find_link(portal.db.reader(), digest).await?,
        None => None,
    };
    let (Some(digest), Some(link)) = (digest, link) else {
        return unknown(&portal, &visitor).await;
    };
    let found = profile::store::find(portal.db.reader(), link.profile).await?;
    let current = association::store::find_current(portal.db.reader(), link.profile).await?;
    let opened = Opened { digest, at: now };
    if let Some(Recognized { session, member, .. }) = &visitor.known {
        let person = confirm::person(&portal, &visitor.visit, session, member.is_some());
        match decide(&link, found.as_ref(), current.as_ref(), &person, now) {
            Verdict::AlreadyYours => return already(&visitor),
            // Proven for this claim a moment ago: its other links need no password (CS-23).
            Verdict::Accept { .. } => {
                let mut response = untold(see_other("/associate/confirm"));
                sign_in::set_link(&portal, &opened, &mut response)?;
                return Ok(response);
            }
            Verdict::WrongPassport
            | Verdict::Taken
            | Verdict::OtherAddress
            | Verdict::NotForStaff
            | Verdict::SignInAgain
            | Verdict::Dead(_) => {}
        }
    }
    if let Some(why) = judge_link(&link, found.as_ref(), now) {
        return dead(&visitor, Some(why));
    }
    // Whoever was invited reads by whom and to what; whoever asked for the link knows.
    if link.purpose != Purpose::SelfClaim {
        let mut response = untold(see_other(INVITATION));
        sign_in::set_link(&portal, &opened, &mut response)?;
        return Ok(response);
    }
    let response = sign_in::to_provider(
        &portal,
        &visitor.visit,
        Wanted { next: "/associate/confirm", link: Some(opened), ..Wanted::default() },
    )
    .await?;
    Ok(untold(response))
}

pub async fn unknown(portal: &Portal, visitor: &Anybody) -> Result<Response, Trouble> {
    let limit = FAILED_LOOKUPS.scaled(portal.limits_scale);
    let tx = portal.db.begin().await?;
    let within = limits::spend_or_wait(&tx, visitor.visit.now, limit, &visitor.visit.address_block()).await?;
    tx.commit().await?;
    match within {
        Ok(()) => dead(visitor, None),
        Err(full) => Err(Trouble::too_many(full)),
    }
}
