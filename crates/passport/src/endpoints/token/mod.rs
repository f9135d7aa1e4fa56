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
    account::{AccountId, acting::Acting},
    client,
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
    if !client::serving::proof_stands(tx.tx(), &client.client_id, caller.epoch).await? {
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
    Acting(Box<Acting>),
    Nobodys(Tx),
}

impl Transaction {
    /// Whose the grant is never changes, so it is read outside; whatever may change is read again inside.
    async fn open(exchange: &Exchange<'_>, request: &TokenRequest) -> Result<Self, Fault> {
        let passport = exchange.passport;
        if let Some(account) = whose(passport, request).await?
            && let Some(acting) = Acting::on(&passport.db, account).await?
        {
            return Ok(Self::Acting(Box::new(acting)));
        }
        Ok(Self::Nobodys(passport.db.begin().await?))
    }

    fn tx(&self) -> &Tx {
        match self {
            Self::Acting(acting) => acting.tx(),
            Self::Nobodys(tx) => tx,
        }
    }

    fn acting(&self) -> Option<&Acting> {
        match self {
            Self::Acting(acting) => Some(acting),
            Self::Nobodys(_) => None,
        }
    }

    async fn commit(self) -> Result<(), Fault> {
        match self {
            Self::Acting(acting) => acting.commit().await,
            Self::Nobodys(tx) => tx.commit().await,
        }
    }
}

/// The account of the grant that a request names.
async fn whose(passport: &Passport, request: &TokenRequest) -> Result<Option<AccountId>, Fault> {
    let reader = passport.db.reader();
    let named = match request {
        TokenRequest::AuthorizationCode(request) => passport.names.read_code(&request.code),
        TokenRequest::RefreshToken(request) => {
            passport.names.read_refresh(&request.refresh_token).map(|(id, _)| id)
        }
        TokenRequest::DeviceCode(request) => match passport.names.read_device(&request.device_code) {
            Some(id) => devices::store::find(reader, DeviceId(id)).await?.and_then(|found| found.grant),
            None => None,
        },
        TokenRequest::ClientCredentials(_) | TokenRequest::TokenExchange(_) => None,
    };
    Ok(match named {
        Some(id) => grant::store::find(reader, id).await?.map(|grant| grant.account),
        None => None,
    })
}

async fn decided(
    exchange: &Exchange<'_>,
    tx: &Transaction,
    request: &TokenRequest,
    brought: Option<super::live_token::LiveToken>,
) -> Result<Outcome, Fault> {
    match request {
        TokenRequest::AuthorizationCode(request) => code::redeem(exchange, tx.acting(), request).await,
        TokenRequest::RefreshToken(request) => refresh::redeem(exchange, tx.acting(), request).await,
        TokenRequest::ClientCredentials(request) => Ok(client_credentials::redeem(exchange, request)),
        TokenRequest::DeviceCode(request) => device::redeem(exchange, tx, request).await,
        TokenRequest::TokenExchange(request) => exchange::redeem(exchange, tx.tx(), request, brought).await,
    }
}
