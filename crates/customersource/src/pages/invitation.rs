//! The page that an invitation leads to: who invites, to which company, and the two ways on from there. Changes
//! nothing, whoever opens it and how often.
use askama::Template;
use axum::{extract::State, http::StatusCode, response::Response};
use platform::web::{OfBrowser, Shell, Trouble, page::ActingAs, see_other};

use super::{confirm::Pressed, link, sign_in, signed_in_page};
use crate::{
    Portal,
    association::{self, Invitation, Purpose, judge_link},
    company::Company,
    profile::{self, Profile},
    rp::attempt::{Opened, Wanted},
    visitor::Anybody,
};

/// Who invites.
enum Host {
    /// An administrator, by name.
    Person(String),
    /// An administrator who is none any more, or is gone.
    Company,
    Support,
    /// The person asked for it: the profile moves to another Passport.
    Oneself,
}

#[derive(Template)]
#[template(path = "invitation.html")]
pub struct InvitationPage {
    shell: Shell,
    host: Host,
    found: ActingAs,
    /// The link that its buttons go on with, sealed: other tabs may look at others.
    link: String,
    /// The Passport that is signed in, if one is.
    label: Option<String>,
}

#[cfg(test)]
impl platform::web::page::Samples for InvitationPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let page = |host, label: Option<&str>| Self {
            shell: shell.clone(),
            host,
            found: ActingAs { company: "Contoso Ltda".into(), person: "Maria Silva".into() },
            link: "AAAA".into(),
            label: label.map(str::to_owned),
        };
        vec![
            page(Host::Person("Ana Souza".into()), None),
            page(Host::Company, Some("maria@example.com")),
            page(Host::Support, None),
            page(Host::Oneself, Some("maria@example.com")),
        ]
    }
}

/// What an invitation is about, as far as it still leads anywhere.
struct Found {
    opened: Opened,
    invitation: Invitation,
    profile: Profile,
    company: Company,
}

/// The invitation of this link; otherwise the answer that says why there is none.
async fn find(
    portal: &Portal,
    visitor: &Anybody,
    opened: Option<Opened>,
) -> Result<Result<Found, Response>, Trouble> {
    let Some(opened) = opened else { return Ok(Err(see_other("/"))) };
    let db = portal.db.reader();
    let Some(invitation) = association::store::find_link(db, opened.digest).await? else {
        return Ok(Err(see_other("/")));
    };
    let found = profile::store::find(db, invitation.profile).await?;
    if let Some(why) = judge_link(&invitation, found.as_ref(), visitor.visit.now) {
        return link::dead(visitor, Some(why)).map(Err);
    }
    let Some((profile, company)) = found else { return Ok(Err(see_other("/"))) };
    Ok(Ok(Found { opened, invitation, profile, company }))
}

pub async fn show(State(portal): State<Portal>, visitor: Anybody) -> Result<Response, Trouble> {
    let opened = sign_in::link_of(&portal, &visitor.visit);
    let found = match find(&portal, &visitor, opened).await? {
        Ok(found) => found,
        Err(answer) => return Ok(answer),
    };
    let page = InvitationPage {
        shell: visitor.shell(),
        host: host(&portal, &found).await?,
        link: portal.rp.seal_link(&found.opened)?,
        found: ActingAs { company: found.company.name, person: found.profile.name() },
        label: visitor.session().map(|session| session.label.clone()),
    };
    // Its buttons lead on to the provider.
    signed_in_page(&visitor.visit, StatusCode::OK, &page)
}

async fn host(portal: &Portal, found: &Found) -> Result<Host, Trouble> {
    let asked_by = found.invitation.asked_by.filter(|id| *id != found.profile.id);
    Ok(match (found.invitation.purpose, asked_by) {
        (Purpose::SupportInvite, _) => Host::Support,
        (Purpose::SelfSwitch | Purpose::SelfClaim, _) => Host::Oneself,
        (Purpose::AdminInvite, None) => Host::Company,
        (Purpose::AdminInvite, Some(id)) => {
            let own = |host: &Profile| host.is_active && host.company == found.company.id;
            let host = profile::store::find(portal.db.reader(), id).await?.map(|(host, _)| host);
            host.filter(own).map_or(Host::Company, |host| Host::Person(host.name()))
        }
    })
}

pub async fn to_sign_in(
    State(portal): State<Portal>,
    visitor: Anybody,
    form: OfBrowser<Pressed>,
) -> Result<Response, Trouble> {
    onward(&portal, &visitor, form.checked()?, false).await
}

pub async fn to_sign_up(
    State(portal): State<Portal>,
    visitor: Anybody,
    form: OfBrowser<Pressed>,
) -> Result<Response, Trouble> {
    onward(&portal, &visitor, form.checked()?, true).await
}

/// To the provider, which is told the address that the invitation went to: nobody who reads it there types it again.
async fn onward(
    portal: &Portal,
    visitor: &Anybody,
    pressed: Pressed,
    create: bool,
) -> Result<Response, Trouble> {
    let opened = portal.rp.open_link(&pressed.link);
    let Found { opened, profile, .. } = match find(portal, visitor, opened).await? {
        Ok(found) => found,
        Err(answer) => return Ok(answer),
    };
    let wanted = Wanted {
        next: "/associate/confirm",
        link: Some(opened),
        create,
        login_hint: create.then_some(profile.email.as_str()),
        ..Wanted::default()
    };
    sign_in::to_provider(portal, &visitor.visit, wanted).await
}
