//! The token endpoint: numbered phases that no grant can forget; a grant only decides.
use axum::{
    body::Bytes,
    extract::{State, rejection::BytesRejection},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use oidc::token::request::{TokenRequest, parse, permitted};
use platform::web::Visit;

use super::{client_authentication::authenticate, form_of};
use crate::{
    response::{Refused, json},
    state::Passport,
};

mod code;
pub(super) mod issue;
mod refresh;

use issue::Mint;

pub async fn exchange(
    State(passport): State<Passport>,
    visit: Visit,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Refused> {
    // 1. What is said, each thing once.
    let form = form_of(&headers, body)?;
    // 2. Who says it.
    let client = authenticate(&passport, &headers, &form).await?;
    // 3. Which grant, with exactly the fields that it declares, and may this client use it.
    let request = parse(&form)?;
    permitted(&request, &client)?;
    // 4. The grant decides and goes through its gate; 5. the mint issues, on a commit whatever the verdict.
    let mint = Mint::open(&passport, visit.now, &client).await?;
    let issued = match request {
        TokenRequest::AuthorizationCode(request) => code::redeem(&mint, &request).await?,
        TokenRequest::RefreshToken(request) => refresh::redeem(&mint, &request).await?,
    };
    // 6. JSON that nobody keeps.
    Ok(json(StatusCode::OK, &issued))
}
