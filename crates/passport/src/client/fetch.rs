//! Reading JSON from a client's own site, through the guard; knows not what it means.
use platform::outbound::Outbound;
use serde_json::Value;

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
