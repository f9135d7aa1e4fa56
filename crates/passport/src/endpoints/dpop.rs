//! DPoP proofs at our endpoints (RFC 9449): read, judged, used up once; and the nonces that they may have to carry.
use axum::http::HeaderValue;
use oidc::{
    dpop::{self, Proof},
    error::{ErrorCode, OAuthError},
    token::binding::Binding,
};
use platform::{clock::Moment, db::Tx, once::Once, web::Visit};

use crate::{response::Refused, state::Passport};

/// The header of a proof.
pub const HEADER: &str = "dpop";

/// A proof that is good but for its gate.
#[derive(Clone, Debug)]
pub struct Shown {
    /// The thumbprint of the key.
    pub jkt: String,
    pub binding: Binding,
    once: Once,
}

impl Shown {
    /// Whether it may still be used up, for what may come to nothing: a refusal writes nothing.
    ///
    /// # Errors
    /// `invalid_dpop_proof` when it was used before.
    pub async fn check_unused(&self, tx: &Tx) -> Result<(), Refused> {
        if self.once.is_spent(tx).await? { Err(used_before().into()) } else { Ok(()) }
    }

    /// Uses the proof up, in the transaction of what it was sent for.
    ///
    /// # Errors
    /// `invalid_dpop_proof` when it was used before.
    pub async fn spend(&self, tx: &Tx) -> Result<(), Refused> {
        match self.once.spend(tx).await? {
            true => Ok(()),
            false => Err(used_before().into()),
        }
    }
}

fn used_before() -> OAuthError {
    dpop::refused("The DPoP proof was used before; sign a new one for each request.")
}

/// The proof of this request, if it has one. `path` is that of the endpoint, `access_token` the one that is
/// presented to it.
///
/// # Errors
/// `invalid_dpop_proof`, or `use_dpop_nonce` where nonces are demanded.
pub fn shown(
    passport: &Passport,
    visit: &Visit,
    method: &str,
    path: &str,
    access_token: Option<&str>,
) -> Result<Option<Shown>, OAuthError> {
    let values: Vec<_> = visit.headers.get_all(HEADER).iter().map(HeaderValue::as_bytes).collect();
    let Some(text) = dpop::header(&values)? else { return Ok(None) };
    let url = format!("{}{path}", passport.issuer());
    let proof =
        dpop::check(text, &dpop::Expected { method, url: &url, access_token }, visit.now.unix_seconds())?;
    if passport.settings.tokens.dpop_nonce {
        let good = proof.nonce.as_deref().is_some_and(|nonce| passport.nonces.is_good(nonce, visit.now));
        if !good {
            let text = "The DPoP proof must carry the nonce that stands in the DPoP-Nonce header.";
            return Err(OAuthError::new(ErrorCode::UseDpopNonce, text));
        }
    }
    let Proof { jkt, jti, ends_at, .. } = proof;
    let binding =
        Binding::key(&jkt).ok_or_else(|| dpop::refused("The jwk of the DPoP proof has no thumbprint."))?;
    let once = Once::new("DPoP proof", &[&jkt, &jti], Moment::from_unix_seconds(ends_at));
    Ok(Some(Shown { jkt, binding, once }))
}

/// The thumbprint that a pushed authorization request shows beside its parameters (§10.1); its proof is used up.
///
/// # Errors
/// As [`shown`].
pub async fn thumbprint_of(
    passport: &Passport,
    visit: &Visit,
    path: &str,
) -> Result<Option<String>, Refused> {
    let Some(shown) = shown(passport, visit, "POST", path, None)? else { return Ok(None) };
    let tx = passport.db.begin().await?;
    shown.spend(&tx).await?;
    tx.commit().await?;
    Ok(Some(shown.jkt))
}
