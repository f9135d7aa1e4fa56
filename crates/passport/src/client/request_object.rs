//! Request objects of a client: fetched where it registered them, verified with its keys. What they may
//! say is for `oidc` to judge.
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use oidc::{
    authorize::{
        Demands,
        object::{accept, content_digest, invalid_object, invalid_uri, read},
    },
    client::Client,
    error::OAuthError,
    jws::MAX_TOKEN,
    parameters::Parameters,
};
use platform::{Fault, clock::Moment, outbound::Unreached, secrets};
use url::Url;

use super::{Clients, keys};

/// The parameters of an object that this client signed for us, for a request that began at `at`.
pub async fn verified(
    clients: &Clients,
    client: &Client,
    demands: &Demands,
    object: &str,
    at: Moment,
) -> Result<Result<Parameters, OAuthError>, Fault> {
    let taken = match read(object, client, demands) {
        Ok(taken) => taken,
        Err(error) => return Ok(Err(error)),
    };
    let alg = taken.header.alg;
    let keys = keys::find_public(clients, client, taken.header.kid.as_deref(), alg).await?;
    let message = taken.signing_input.as_bytes();
    let good = keys.iter().any(|key| key.verify(alg, message, &taken.signature));
    if !good {
        return Ok(Err(invalid_object(
            "The request object is not signed with a registered key of the client.",
        )));
    }
    Ok(accept(&taken.payload, client, demands, &clients.policy.issuer, at.unix_seconds()))
}

/// When a visit began, and whether a page of ours was opened in it before.
#[derive(Clone, Copy, Debug)]
pub struct Coming {
    pub at: Moment,
    pub again: bool,
}

/// The object at this address, where it was fetched already: for good, when the address carries the digest of its
/// content (OIDC Core §6.2), else in this visit.
pub fn kept(clients: &Clients, client: &Client, uri: &str, begun: Coming) -> Option<String> {
    let for_good = clients.request_objects.get(uri);
    for_good.or_else(|| {
        begun.again.then(|| clients.request_objects.get(&of_visit(client, uri, begun.at))).flatten()
    })
}

/// No address holds a zero byte.
fn of_visit(client: &Client, uri: &str, began: Moment) -> String {
    format!("{uri}\0{}\0{}", client.client_id, began.unix_millis())
}

/// The object that stands at a registered address. It is kept for the visit as it stands: the page where one signs in
/// and the one that asks for consent speak of the same request.
pub async fn fetched(
    clients: &Clients,
    client: &Client,
    uri: &str,
    begun: Coming,
) -> Result<Result<String, OAuthError>, Fault> {
    let digest = content_digest(uri);
    let Ok(mut url) = Url::parse(uri) else {
        return Ok(Err(invalid_uri("The request_uri is not a URL.")));
    };
    url.set_fragment(None);
    let request = clients
        .outbound
        .client()
        .get(url)
        .header("accept", "application/oauth-authz-req+jwt, application/jwt");
    let body = match clients.outbound.send(request.build().map_err(Fault::bug)?).await {
        Ok(answer) if answer.status().is_success() && answer.body().len() <= MAX_TOKEN => answer.into_body(),
        Ok(answer) => {
            tracing::info!(status = %answer.status(), bytes = answer.body().len(), "A request_uri gave no request object");
            return Ok(Err(invalid_uri("There is no request object at the request_uri.")));
        }
        Err(Unreached::Refused(_)) => return Ok(Err(invalid_uri("The request_uri must not be fetched."))),
        Err(Unreached::Failed(error)) => {
            tracing::info!(error, "A request_uri could not be fetched");
            return Ok(Err(invalid_uri("The request_uri cannot be fetched.")));
        }
    };
    let never_changes = digest.is_some_and(|digest| digest == URL_SAFE_NO_PAD.encode(secrets::digest(&body)));
    let Ok(object) = String::from_utf8(body) else {
        return Ok(Err(invalid_object("The request object is not text.")));
    };
    let object = object.trim().to_owned();
    let name = if never_changes { uri.to_owned() } else { of_visit(client, uri, begun.at) };
    clients.request_objects.insert(name, object.clone());
    Ok(Ok(object))
}
