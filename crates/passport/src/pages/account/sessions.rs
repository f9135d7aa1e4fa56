//! Where the account is signed in: sessions, automatic sign-ins and computers, each with its end.
use askama::Template;
use axum::{extract::State, response::Response};
use platform::{
    clock::Moment,
    dates,
    web::{About, Shell, Trouble, Visit, see_other},
};
use serde::Deserialize;

use crate::{
    acts,
    automatic::{self, AutomaticId},
    computer::{self, ComputerId},
    grant,
    history::{self, Kind, NewEvent, Source},
    session::{self, SessionId},
    state::Passport,
    visitor::{self, SignedIn},
};

/// Most computers that are shown.
const SHOWN: u64 = 50;

/// One line of any of the three tables.
pub struct Line {
    id: String,
    source: Source,
    first: Moment,
    last: Moment,
    /// Of the browser that shows the page.
    here: bool,
    shared: bool,
}

#[derive(Template)]
#[template(path = "pages/account/sessions.html")]
pub struct SessionsPage {
    shell: Shell,
    sessions: Vec<Line>,
    automatic: Vec<Line>,
    computers: Vec<Line>,
}

pub async fn show(State(passport): State<Passport>, who: SignedIn) -> Result<Response, Trouble> {
    let (reader, now, account) = (passport.db.reader(), who.visit.now, who.account.id);
    let lifetime = (&passport.settings.session).into();
    let sessions = session::store::list_for_owner(reader, now, lifetime, account).await?;
    let sessions = sessions.into_iter().map(|listed| Line {
        id: listed.id.to_string(),
        source: listed.source,
        first: listed.auth_time,
        last: listed.seen_at,
        here: listed.id == who.session.id,
        shared: listed.shared,
    });
    let automatic = automatic::store::list_of_account(reader, now, account).await?;
    let automatic = automatic.into_iter().map(|found| Line {
        id: found.id.to_string(),
        here: found.session == who.session.id,
        source: found.source,
        first: found.created_at,
        last: found.rotated_at,
        shared: false,
    });
    let digest = who.visitor.computer();
    let computers = computer::store::list_of_account(reader, account, SHOWN).await?;
    let computers = computers.into_iter().map(|known| Line {
        id: known.id.to_string(),
        source: Source { agent: known.agent, ..Source::default() },
        first: known.created_at,
        last: known.seen_at,
        here: digest.is_some_and(|digest| platform::secrets::same(&digest, &known.digest)),
        shared: false,
    });
    let page = SessionsPage {
        shell: who.shell(),
        sessions: sessions.collect(),
        automatic: automatic.collect(),
        computers: computers.collect(),
    };
    who.visit.ok(&page)
}

/// Exactly one of them names what is to end.
#[derive(Deserialize)]
pub struct End {
    session: Option<SessionId>,
    automatic: Option<AutomaticId>,
    computer: Option<ComputerId>,
}

pub async fn take(
    State(passport): State<Passport>,
    visit: Visit,
    who: Result<SignedIn, Trouble>,
    form: About<End>,
) -> Result<Response, Trouble> {
    let stays = who.as_ref().is_ok_and(|who| form.names().session != Some(who.session.id));
    let after = see_other(if stays { "/account/sessions" } else { "/signed-out" });
    let Some((who, end)) = visitor::pressed(&passport, &visit, who, form).await? else { return Ok(after) };
    let (now, account) = (visit.now, who.account.id);
    let Some(tx) = who.acts_once(&passport).await? else { return Ok(after) };
    let mut ended = None;
    let live = automatic::store::list_of_account(&tx, now, account).await?;
    if let Some(id) = end.session
        && session::store::find_account(&tx, id).await? == Some(account)
    {
        // What would begin it again at once ends with it.
        for found in live.iter().filter(|found| found.session == id) {
            automatic::store::end(&tx, now, found.id).await?;
        }
        acts::sessions::end(&passport, &tx, now, id).await?;
        ended = Some(Kind::SessionsEnded);
    }
    if let Some(found) = live.iter().find(|found| Some(found.id) == end.automatic) {
        automatic::store::end(&tx, now, found.id).await?;
        ended = Some(Kind::AutomaticSignInEnded);
    }
    if let Some(id) = end.computer {
        computer::store::drop_computer(&tx, account, id).await?;
    }
    if let Some(kind) = ended {
        let event = NewEvent { account, kind, source: &who.source(), detail: "" };
        history::record(&tx, now, &passport.random, event).await?;
    }
    tx.commit().await?;
    Ok(after)
}

#[derive(Deserialize)]
pub struct Nothing {}

/// Every session and every automatic sign-in, this one too, and every grant: what sites may do without the person
/// ends as well (RT-06).
pub async fn sign_out_everywhere(
    State(passport): State<Passport>,
    visit: Visit,
    who: Result<SignedIn, Trouble>,
    form: About<Nothing>,
) -> Result<Response, Trouble> {
    if let Some((who, Nothing {})) = visitor::pressed(&passport, &visit, who, form).await?
        && let Some(tx) = who.acts_once(&passport).await?
    {
        let (now, account) = (visit.now, who.account.id);
        acts::sessions::end_all(&passport, &tx, now, account).await?;
        grant::store::revoke_of_account(&tx, account).await?;
        tx.raise_epoch().await?;
        let (kind, source) = (Kind::SessionsEnded, &who.source());
        history::record(&tx, now, &passport.random, NewEvent { account, kind, source, detail: "" }).await?;
        tx.commit().await?;
        // Whoever else is signed in to this browser goes too: that is what “everywhere” says.
        who.visitor.sign_out(&passport).await?;
    }
    let mut response = see_other("/signed-out");
    visitor::cookies_gone(&visit, response.headers_mut());
    Ok(response)
}

impl SessionsPage {
    fn day(&self, moment: &Moment) -> String {
        dates::shown_day(&self.shell, *moment)
    }

    fn browser(&self, line: &Line) -> String {
        match line.source.agent.as_str() {
            "" => self.shell.t("sessions-unknown"),
            agent => agent.to_owned(),
        }
    }
}

#[cfg(test)]
impl platform::web::page::Samples for SessionsPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let line = |here: bool, agent: &str| Line {
            id: "018f".into(),
            source: Source { address_block: "192.0.2.0/24".into(), agent: agent.into() },
            first: Moment::from_unix_seconds(1_155_643_200),
            last: Moment::from_unix_seconds(1_155_643_200),
            here,
            shared: !here,
        };
        let lines = || vec![line(true, "Firefox, Windows"), line(false, "")];
        let shell = super::sample_shell(shell);
        vec![
            Self { shell: shell.clone(), sessions: lines(), automatic: lines(), computers: lines() },
            Self { shell, sessions: lines(), automatic: vec![], computers: vec![] },
        ]
    }
}
