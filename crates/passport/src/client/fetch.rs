//! Reading from a client's own site, through the guard and within what visitors may cause; knows not what it means.
use std::time::Duration;

use platform::{
    Fault,
    clock::Moment,
    db::attempt::step,
    limits::{self, Limit},
    outbound::Outbound,
};
use serde_json::Value;

use super::Clients;

/// What visitors from one block of addresses can have us fetch from sites that nobody vouched for.
const PER_BLOCK: Limit = Limit::new("client fetch", 60, Duration::from_secs(600));

/// Whether a visitor of this block may cause one more fetch. Asked before anything else is written or sent; a refusal
/// writes nothing.
pub async fn may(clients: &Clients, now: Moment, address_block: &str) -> Result<bool, Fault> {
    step(format!("client fetch\0{address_block}"), may_now(clients, now, address_block)).await
}

async fn may_now(clients: &Clients, now: Moment, address_block: &str) -> Result<bool, Fault> {
    let limit = PER_BLOCK.scaled(clients.scale);
    if !limits::has_room(clients.db.reader(), now, limit, address_block).await? {
        return Ok(false);
    }
    let tx = clients.db.begin().await?;
    let may = limits::spend(&tx, now, limit, address_block).await?;
    tx.commit().await?;
    Ok(may)
}

/// The JSON at `url`, at most `most` bytes of it. Redirects are not followed.
///
/// # Errors
/// In words, for the log: nothing of what the other side said is in them.
pub async fn json(outbound: &Outbound, url: &str, most: usize) -> Result<Value, String> {
    let url = url::Url::parse(url).map_err(|error| error.to_string())?;
    let request = outbound.client().get(url).header("accept", "application/json");
    let request = request.build().map_err(|error| error.without_url().to_string())?;
    let answer = outbound.send(request).await.map_err(|error| error.to_string())?;
    if answer.status() != http::StatusCode::OK {
        return Err(format!("answered {}", answer.status().as_u16()));
    }
    if answer.body().len() > most {
        return Err(format!("is larger than {most} bytes"));
    }
    oidc::plain::json(answer.body()).ok_or_else(|| "is not JSON, or holds control characters".to_owned())
}
