//! What the person must do next for this request, and why. Asked again after every page, it is the
//! one place that chooses; it knows no page.

use super::{AuthorizationRequest, Policy, Prompt, context::Missing};
use crate::{
    UnixTime,
    assurance::Level,
    client::Client,
    error::{ErrorCode, OAuthError},
};

/// The sign-in that this browser has here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignIn<'a> {
    pub subject: &'a str,
    /// When the person was last proved; renewing a cookie does not move it.
    pub auth_time: UnixTime,
    /// How strongly the person was proven.
    pub level: Level,
    /// How strongly the person could be, with what is set up for the account.
    pub able: Level,
    /// How strongly the account's owner wants to be proven in any case.
    pub least: Level,
    /// The person was proved on a page that this very request opened. Remember it with the stored
    /// request, not by comparing seconds: that is what keeps `prompt=login` from looping and from
    /// being skipped.
    pub for_this_request: bool,
    /// The person picked this account on a page that this very request opened.
    pub chosen_for_this_request: bool,
}

/// What the person agreed to share with this client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Consent {
    /// Nothing, or less than is asked for now.
    Missing,
    /// All of it, at an earlier request.
    Remembered,
    /// All of it, on a page that this very request opened.
    GivenNow,
}

/// What the `id_token_hint` turned out to be, or the `sub` that the `claims` parameter asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hint<'a> {
    Absent,
    /// Ours, be it expired; the subject it names.
    Subject(&'a str),
    /// Not ours, unsigned, or no ID token at all.
    Unverifiable,
}

/// Why a sign-in page is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Nobody is signed in.
    NoSession,
    /// The client wants a new account made (`prompt=create`).
    Create,
    /// The client wants the account picked (`prompt=select_account`).
    SelectAccount,
    /// The client wants the password again (`prompt=login`).
    PromptLogin,
    /// The password was proved too long ago (`max_age`).
    MaxAge,
    /// Another person than the one that `id_token_hint` names is signed in.
    OtherPerson,
}

impl Reason {
    /// Whether picking an account that is signed in settles it without a password.
    pub const fn password_needed(self) -> bool {
        !matches!(self, Self::SelectAccount)
    }
}

/// The next step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    SignIn {
        reasons: Vec<Reason>,
    },
    /// The person is signed in, and proves more, up to this level.
    ProveMore(Level),
    /// The person has nothing to prove more by, and sets something up first that reaches this level.
    SetUp(Level),
    Consent,
    /// Write the grant and send the code.
    Grant,
    /// Send this error back to the client.
    Refuse(OAuthError),
}

/// Everything that stands between the person and the next step, as far as signing in goes.
pub fn reasons_to_sign_in(
    request: &AuthorizationRequest,
    sign_in: Option<&SignIn<'_>>,
    hint: Hint<'_>,
    now: UnixTime,
) -> Vec<Reason> {
    let asked_for = |prompt| request.prompt.contains(prompt);
    let Some(sign_in) = sign_in else {
        let create = asked_for(Prompt::Create).then_some(Reason::Create);
        return [Reason::NoSession].into_iter().chain(create).collect();
    };
    let proved = sign_in.for_this_request;
    let other = matches!(hint, Hint::Subject(subject) if subject != sign_in.subject);
    let rules = [
        (Reason::Create, asked_for(Prompt::Create) && !proved),
        (
            Reason::SelectAccount,
            asked_for(Prompt::SelectAccount) && !proved && !sign_in.chosen_for_this_request,
        ),
        (Reason::PromptLogin, asked_for(Prompt::Login) && !proved),
        (
            Reason::MaxAge,
            !proved && request.max_age.is_some_and(|limit| is_older(sign_in.auth_time, limit, now)),
        ),
        (Reason::OtherPerson, other),
    ];
    rules.into_iter().filter(|(_, holds)| *holds).map(|(reason, _)| reason).collect()
}

/// How far an `auth_time` may lie ahead, because the clocks of two nodes differ, in seconds.
const AHEAD: i64 = 60;

/// `max_age=0` is always exceeded, as `prompt=login` (OIDC Core §3.1.2.1). An `auth_time` in the
/// future, after a clock was set back, says nothing of when the password was proved.
fn is_older(auth_time: UnixTime, max_age: i64, now: UnixTime) -> bool {
    let age = now.saturating_sub(auth_time);
    max_age == 0 || age > max_age || age < -AHEAD
}

/// The next step of this request.
pub fn next(
    request: &AuthorizationRequest,
    (client, policy): (&Client, &Policy),
    sign_in: Option<&SignIn<'_>>,
    consent: Consent,
    hint: Hint<'_>,
    now: UnixTime,
) -> Step {
    let silent = request.prompt.contains(Prompt::None);
    if hint == Hint::Unverifiable {
        return refuse(ErrorCode::InvalidRequest, "The id_token_hint is not an ID token of this provider.");
    }
    let reasons = reasons_to_sign_in(request, sign_in, hint, now);
    let proved = sign_in.is_some_and(|sign_in| sign_in.for_this_request);
    if proved && reasons.contains(&Reason::OtherPerson) {
        // Asking a third time would not help: this person is not the one the client means.
        return refuse(ErrorCode::LoginRequired, "Another person signed in than the id_token_hint names.");
    }
    if !reasons.is_empty() {
        return match silent {
            true => refuse(ErrorCode::LoginRequired, "The person must sign in."),
            false => Step::SignIn { reasons },
        };
    }
    if let Some(step) = sign_in.and_then(|sign_in| prove_more(request, (client, policy), sign_in, silent)) {
        return step;
    }
    if consent_is_due(request, client, consent) {
        return match silent {
            true => refuse(ErrorCode::ConsentRequired, "The person must agree first."),
            false => Step::Consent,
        };
    }
    Step::Grant
}

/// What a sign-in lacks. Silently, a wish is left a wish, and a demand is refused.
fn prove_more(
    request: &AuthorizationRequest,
    (client, policy): (&Client, &Policy),
    sign_in: &SignIn<'_>,
    silent: bool,
) -> Option<Step> {
    let least = policy.least_of(client).max(sign_in.least);
    let is_demanded = request.context.essential || sign_in.level < least;
    Some(match request.context.missing(sign_in.level, sign_in.able, least)? {
        Missing::Proof(_) if silent && !is_demanded => return None,
        Missing::Proof(_) if silent => refuse(ErrorCode::LoginRequired, "The person must prove more."),
        Missing::Proof(level) => Step::ProveMore(level),
        Missing::Means(level) if silent || level > policy.highest => refuse(
            ErrorCode::UnmetAuthenticationRequirements,
            "The person cannot be proven as strongly as this asks for.",
        ),
        Missing::Means(level) => Step::SetUp(level),
    })
}

/// A trusted client needs no consent unless it asks for the page. A public one cannot prove that it
/// is the program that was agreed to earlier, so an earlier consent does not serve it (RFC 6749 §10.2).
fn consent_is_due(request: &AuthorizationRequest, client: &Client, consent: Consent) -> bool {
    match consent {
        Consent::GivenNow => false,
        _ if request.prompt.contains(Prompt::Consent) => true,
        _ if client.trusted => false,
        Consent::Remembered => client.is_public(),
        Consent::Missing => true,
    }
}

fn refuse(code: ErrorCode, description: &'static str) -> Step {
    Step::Refuse(OAuthError::new(code, description))
}

#[cfg(test)]
mod tests;
