//! What happened to an account, for its owner, and “this was not me”, which freezes it.
use askama::Template;
use axum::{
    extract::{Query, State},
    response::Response,
};
use platform::{
    dates,
    turn::Turned,
    web::{About, Shell, Trouble, Visit},
};
use serde::Deserialize;

use super::super::{letter_link::frozen, sign_out::Nothing};

use crate::{
    acts,
    history::{self, EventId, Kind, Source, store},
    recovery::Way,
    state::Passport,
    visitor::{self, SignedIn},
};

/// Lines on one page.
const PAGE: u64 = 50;

#[derive(Template)]
#[template(path = "pages/history.html")]
pub struct HistoryPage {
    shell: Shell,
    lines: Vec<Line>,
    /// Where the newer lines are, and the older ones.
    pages: (Option<String>, Option<String>),
}

/// One line in words.
struct Line {
    id: String,
    what: String,
    detail: String,
    at: String,
    source: String,
}

#[derive(Template)]
#[template(path = "pages/not_me.html")]
pub struct NotMePage {
    shell: Shell,
    what: String,
    at: String,
}

#[derive(Deserialize)]
pub struct Which {
    event: EventId,
}

impl Line {
    fn of(shell: &Shell, event: &history::Event) -> Self {
        let detail = match (event.kind, Way::parse(&event.detail)) {
            (Kind::RecoveryBegun | Kind::PasswordReset, Some(way)) => shell.t(way_key(way)),
            _ => event.detail.clone(),
        };
        Self {
            id: event.id.to_string(),
            what: shell.t(key(event.kind)),
            detail,
            at: dates::shown_moment(shell, event.at),
            source: match &event.source {
                Source { address_block, .. } if address_block.is_empty() => shell.t("history-by-operator"),
                Source { address_block, agent } if agent.is_empty() => address_block.clone(),
                Source { address_block, agent } => format!("{agent} ({address_block})"),
            },
        }
    }
}

pub async fn show(
    State(passport): State<Passport>,
    who: SignedIn,
    Query(turned): Query<Turned>,
) -> Result<Response, Trouble> {
    let shell = who.shell();
    let events = store::list_events(passport.db.reader(), who.account.id, turned.turn(), PAGE).await?;
    let (newest, oldest) = events.ends(|event| event.id);
    let pages = (
        newest.map(|id| format!("/account/history?before={id}")),
        oldest.map(|id| format!("/account/history?after={id}")),
    );
    let lines = events.rows.iter().map(|event| Line::of(&shell, event)).collect();
    who.visit.ok(&HistoryPage { shell, lines, pages })
}

/// Asks before it freezes: the line, and what will happen.
pub async fn ask(
    State(passport): State<Passport>,
    who: SignedIn,
    Query(Which { event }): Query<Which>,
) -> Result<Response, Trouble> {
    let found = store::find_event(passport.db.reader(), who.account.id, event).await?;
    let event = found.ok_or_else(Trouble::not_found)?;
    let line = Line::of(&who.shell(), &event);
    who.visit.ok(&NotMePage { shell: who.shell(), what: line.what, at: line.at })
}

/// Freezes the account. A live session is enough: it only takes rights away.
pub async fn not_me(
    State(passport): State<Passport>,
    visit: Visit,
    who: Result<SignedIn, Trouble>,
    form: About<Nothing>,
) -> Result<Response, Trouble> {
    if let Some((who, Nothing {})) = visitor::pressed(&passport, &visit, who, form).await?
        && let Some(tx) = who.acts_once(&passport).await?
    {
        acts::freeze::freeze(&passport, tx, visit.now, &who.session, &who.source()).await?;
    }
    let mut response = frozen(&visit)?;
    visitor::cookies_gone(&visit, response.headers_mut());
    Ok(response)
}

const fn way_key(way: Way) -> &'static str {
    match way {
        Way::Alternate => "history-way-alternate",
        Way::Answer => "history-way-answer",
        Way::Billing => "history-way-billing",
        Way::Email => "history-way-email",
        Way::Support => "history-way-support",
    }
}

/// What happened, in the person's words.
const fn key(kind: Kind) -> &'static str {
    match kind {
        Kind::SignedUp => "history-signed-up",
        Kind::SignedIn => "history-signed-in",
        Kind::SignedInAutomatically => "history-signed-in-automatically",
        Kind::SignedOut => "history-signed-out",
        Kind::SessionsEnded => "history-sessions-ended",
        Kind::AutomaticSignInAllowed => "history-automatic-allowed",
        Kind::AutomaticSignInEnded => "history-automatic-ended",
        Kind::AutomaticSignInStolen => "history-automatic-stolen",
        Kind::PasswordChanged => "history-password-changed",
        Kind::PasswordReset => "history-password-reset",
        Kind::EmailVerified => "history-email-verified",
        Kind::EmailChangeAsked => "history-email-change-asked",
        Kind::EmailChanged => "history-email-changed",
        Kind::EmailChangeUndone => "history-email-change-undone",
        Kind::AlternateEmailChanged => "history-alternate-changed",
        Kind::AlternateEmailRemoved => "history-alternate-removed",
        Kind::QuestionChanged => "history-question-changed",
        Kind::PasskeyAdded => "history-passkey-added",
        Kind::PasskeyRemoved => "history-passkey-removed",
        Kind::PasskeyCopied => "history-passkey-copied",
        Kind::InformationChanged => "history-information-changed",
        Kind::LanguageChanged => "history-language-changed",
        Kind::BillingChanged => "history-billing-changed",
        Kind::BillingRemoved => "history-billing-removed",
        Kind::AuthenticatorAdded => "history-authenticator-added",
        Kind::AuthenticatorRemoved => "history-authenticator-removed",
        Kind::WaiverAsked => "history-waiver-asked",
        Kind::WaiverUsed => "history-waiver-used",
        Kind::RecoveryCodesRenewed => "history-recovery-codes-renewed",
        Kind::RecoveryCodeUsed => "history-recovery-code-used",
        Kind::NameClaimed => "history-name-claimed",
        Kind::NameLost => "history-name-lost",
        Kind::RecoveryBegun => "history-recovery-begun",
        Kind::RecoveryStopped => "history-recovery-stopped",
        Kind::SupportAsked => "history-support-asked",
        Kind::SupportHelped => "history-support-helped",
        Kind::Frozen => "history-frozen",
        Kind::Released => "history-released",
        Kind::Disabled => "history-disabled",
        Kind::SiteAllowed => "history-site-allowed",
        Kind::SiteWithdrawn => "history-site-withdrawn",
        Kind::Exported => "history-exported",
        Kind::ClosingAsked => "history-closing-asked",
        Kind::ClosingUndone => "history-closing-undone",
        Kind::Closed => "history-closed",
    }
}

#[cfg(test)]
impl platform::web::page::Samples for HistoryPage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let event = |kind, detail: &str, source: Source| history::Event {
            id: EventId(uuid::Uuid::nil()),
            kind,
            at: platform::clock::Moment::from_unix_seconds(1_155_643_200),
            source,
            detail: detail.into(),
        };
        let home = Source { address_block: "192.0.2.0/24".into(), agent: "Firefox, Linux".into() };
        let all = Kind::ALL.map(|kind| event(kind, "", home.clone()));
        let ways = Way::ALL.map(|way| event(Kind::RecoveryBegun, way.as_str(), Source::default()));
        let lines = |events: &[history::Event]| events.iter().map(|event| Line::of(shell, event)).collect();
        let page = |lines, older| Self { shell: shell.clone(), lines, pages: (None, older) };
        vec![
            page(lines(&all), Some("/account/history?after=0".into())),
            page(lines(&ways), None),
            page(vec![], None),
        ]
    }
}

#[cfg(test)]
impl platform::web::page::Samples for NotMePage {
    fn samples(shell: &Shell) -> Vec<Self> {
        let at = dates::shown_moment(shell, platform::clock::Moment::from_unix_seconds(1_155_643_200));
        vec![Self { shell: shell.clone(), what: shell.t("history-signed-in"), at }]
    }
}
