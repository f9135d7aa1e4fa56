//! The token endpoint: numbered phases that no grant can forget; a grant only decides.
use axum::{
    body::Bytes,
    extract::{State, rejection::BytesRejection},
    http::StatusCode,
    response::Response,
};
use oidc::{
    client::{Client, Rules},
    error::{ErrorCode, OAuthError},
    token::{
        binding::{self, Binding},
        request::{TokenRequest, known, parse, permitted},
    },
};
use platform::{Fault, clock::Moment, db::Tx, web::Visit};

use super::{caller, cors, dpop, form_of};

mod client_credentials;
mod code;
mod device;
mod exchange;
pub(super) mod issue;
mod refresh;

use issue::{Issue, Mint};

use crate::{
    account::acting::Acting,
    client::{self, store::Held},
    device::{self as devices, DeviceId},
    grant,
    paths::TOKEN,
    response::{Refused, json},
    state::Passport,
};

fn replaced_proof() -> OAuthError {
    OAuthError::new(ErrorCode::InvalidClient, "The client proved itself with what counts no more.")
}

/// What every grant of one request works with.
struct Exchange<'a> {
    passport: &'a Passport,
    now: Moment,
    client: &'a Client,
    /// In which the client proved itself, and still does.
    epoch: i32,
    rules: &'a Rules,
    /// What the caller showed that it holds.
    binding: Option<Binding>,
}

/// What a grant decided. Its gates are passed and its consequences written, in the transaction that is committed
/// in either case.
enum Outcome {
    Issue(Box<Issue>),
    Refuse(OAuthError),
}

impl From<OAuthError> for Outcome {
    fn from(error: OAuthError) -> Self {
        Self::Refuse(error)
    }
}

pub async fn exchange(
    State(passport): State<Passport>,
    visit: Visit,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Refused> {
    // 1. What is said, each thing once.
    let form = form_of(&visit.headers, body)?;
    known(&form)?;
    // 2. Who says it, and what keys it shows.
    let caller = caller::identify(&passport, &visit, &form, TOKEN).await?;
    let shown = dpop::shown(&passport, &visit, "POST", TOKEN, None)?;
    // 3. Which grant, with exactly the fields that it declares, and may this client use it.
    let request = parse(&form)?;
    permitted(&request, &caller.client)?;
    let key = shown.as_ref().map(|shown| shown.binding);
    let binding = binding::decide(&caller.client, &caller.rules, key, caller.certificate)?;
    // The keys are fetched before the transaction: who waits inside of one for a second connection keeps others
    // from ending theirs.
    let mint = Mint::open(&passport, visit.now, &caller.client, binding).await?;
    let (client, rules) = (&caller.client, &caller.rules);
    let exchange =
        Exchange { passport: &passport, now: visit.now, client, epoch: caller.epoch, rules, binding };
    // What a client is given for itself writes nothing: it names the epoch that was read, and ends with it.
    if let TokenRequest::ClientCredentials(request) = &request
        && shown.is_none()
        && caller.once.is_none()
    {
        return answer(&mint, client_credentials::redeem(&exchange, request));
    }
    // A token that is brought is looked up outside as well.
    let brought = match &request {
        TokenRequest::TokenExchange(request) => exchange::find(&exchange, request).await?,
        _ => None,
    };
    let tx = Transaction::open(&exchange, &request).await?;
    // What it proved itself with still counts, and goes on to until all is written.
    if !tx.proof_stands(&exchange).await? {
        return Err(replaced_proof().into());
    }
    // 4. The grant decides and goes through its gate; that is kept whatever the verdict. A proof of a key, which
    // anybody can make, is used up by what is issued for it and leaves nothing behind where nothing is.
    caller.spend(tx.tx()).await?;
    if let Some(shown) = &shown {
        shown.check_unused(tx.tx()).await?;
    }
    let outcome = decided(&exchange, &tx, &request, brought).await?;
    if let (Outcome::Issue(_), Some(shown)) = (&outcome, &shown) {
        shown.spend(tx.tx()).await?;
    }
    tx.commit().await?;
    answer(&mint, outcome)
}

/// 5. The mint issues; 6. JSON that nobody keeps.
fn answer(mint: &Mint<'_>, outcome: Outcome) -> Result<Response, Refused> {
    match outcome {
        Outcome::Issue(what) => {
            Ok(cors::only(json(StatusCode::OK, &issue::tokens(mint, &what)?), mint.client))
        }
        Outcome::Refuse(error) => Err(error.into()),
    }
}

/// The transaction of one request: for the account of the grant that it names, if it names one.
enum Transaction {
    /// A code or a refresh token names it: all that it stands on is read and held.
    OfGrant(Box<(Acting, Held)>),
    /// A device does.
    Acting(Box<Acting>),
    Nobodys(Tx),
}

impl Transaction {
    async fn open(exchange: &Exchange<'_>, request: &TokenRequest) -> Result<Self, Fault> {
        let Exchange { passport, client, .. } = *exchange;
        let named = match request {
            TokenRequest::AuthorizationCode(request) => passport.names.read_code(&request.code),
            TokenRequest::RefreshToken(request) => {
                passport.names.read_refresh(&request.refresh_token).map(|(id, _)| id)
            }
            TokenRequest::DeviceCode(request) => {
                return Self::of_device(passport, &request.device_code).await;
            }
            TokenRequest::ClientCredentials(_) | TokenRequest::TokenExchange(_) => None,
        };
        let Some(id) = named else { return Self::nobodys(passport).await };
        Ok(match client::store::hold(&passport.db, id, &client.client_id).await? {
            Ok(held) => Self::OfGrant(Box::new(held)),
            Err(tx) => Self::Nobodys(tx),
        })
    }

    /// Whose a device's grant is never changes, so it is read outside; whatever may change is read again inside.
    async fn of_device(passport: &Passport, code: &str) -> Result<Self, Fault> {
        let reader = passport.db.reader();
        if let Some(id) = passport.names.read_device(code)
            && let Some(device) = devices::store::find(reader, DeviceId(id)).await?
            && let Some(grant) = device.grant
            && let Some(grant) = grant::store::find(reader, grant).await?
            && let Some(acting) = Acting::on(&passport.db, grant.account).await?
        {
            return Ok(Self::Acting(Box::new(acting)));
        }
        Self::nobodys(passport).await
    }

    async fn nobodys(passport: &Passport) -> Result<Self, Fault> {
        Ok(Self::Nobodys(passport.db.begin().await?))
    }

    /// Whether what the client proved itself with still counts; it goes on to until the transaction ends.
    async fn proof_stands(&self, exchange: &Exchange<'_>) -> Result<bool, Fault> {
        let read;
        let now = match self {
            Self::OfGrant(held) => Some(&held.1.caller),
            Self::Acting(_) | Self::Nobodys(_) => {
                read = client::store::find_held(self.tx(), &exchange.client.client_id).await?;
                read.as_ref()
            }
        };
        Ok(client::serving::proof_stands(now, exchange.epoch))
    }

    fn tx(&self) -> &Tx {
        match self {
            Self::OfGrant(held) => held.0.tx(),
            Self::Acting(acting) => acting.tx(),
            Self::Nobodys(tx) => tx,
        }
    }

    /// The grant of a code or a refresh token, with the transaction for its account.
    fn of_grant(&self) -> Option<(&Acting, &Held)> {
        match self {
            Self::OfGrant(held) => Some((&held.0, &held.1)),
            Self::Acting(_) | Self::Nobodys(_) => None,
        }
    }

    /// For the account of a device.
    fn acting(&self) -> Option<&Acting> {
        match self {
            Self::Acting(acting) => Some(acting),
            Self::OfGrant(_) | Self::Nobodys(_) => None,
        }
    }

    async fn commit(self) -> Result<(), Fault> {
        match self {
            Self::OfGrant(held) => held.0.commit().await,
            Self::Acting(acting) => acting.commit().await,
            Self::Nobodys(tx) => tx.commit().await,
        }
    }
}

async fn decided(
    exchange: &Exchange<'_>,
    tx: &Transaction,
    request: &TokenRequest,
    brought: Option<super::live_token::LiveToken>,
) -> Result<Outcome, Fault> {
    match request {
        TokenRequest::AuthorizationCode(request) => code::redeem(exchange, tx.of_grant(), request).await,
        TokenRequest::RefreshToken(request) => refresh::redeem(exchange, tx.of_grant(), request).await,
        TokenRequest::ClientCredentials(request) => Ok(client_credentials::redeem(exchange, request)),
        TokenRequest::DeviceCode(request) => device::redeem(exchange, tx, request).await,
        TokenRequest::TokenExchange(request) => exchange::redeem(exchange, tx.tx(), request, brought).await,
    }
}
