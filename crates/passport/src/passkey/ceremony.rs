//! What a browser is asked when a passkey is made or used, and the challenge in it: a MACed name bound to the browser
//! and to what it is for. No row stands behind one until it was used, which is once on all nodes.
use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use platform::{
    clock::Moment,
    once::Once,
    random::Random,
    secrets::{Keyring, Named},
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    Passkey,
    webauthn::{RelyingParty, attestation::Models, key::OFFERED, registration::Manner},
};
use crate::account::{Account, AccountId};

/// How long a page may lie open before its challenge is refused.
pub const LIVES: Duration = Duration::from_secs(30 * 60);

/// What a challenge is for. One for signing in makes no passkey, nor one of this account one of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ceremony {
    Make(AccountId, Manner),
    Use,
}

impl Ceremony {
    /// What the name counts together with: the browser and the purpose.
    fn beside(self, browser: &str) -> Vec<u8> {
        let (kind, account) = match self {
            Self::Make(account, Manner::Asked) => ("make", account.0.into_bytes().to_vec()),
            Self::Make(account, Manner::Quietly) => ("make quietly", account.0.into_bytes().to_vec()),
            Self::Use => ("use", Vec::new()),
        };
        [kind.as_bytes(), &[0], browser.as_bytes(), &[0], &account].concat()
    }
}

/// Makes and reads challenges.
#[derive(Clone)]
pub struct Challenges {
    names: Named<(Uuid, (Uuid, Moment))>,
    /// The models that the operator insists on.
    models: Option<Models>,
}

/// A challenge of ours that came back in time.
#[derive(Clone, Debug)]
pub struct Returned {
    /// What the authenticator was told to call the account.
    pub user_handle: Uuid,
    /// Spent by whoever acts on it: once, ever, on all nodes.
    pub once: Once,
}

impl Challenges {
    pub fn new(keyring: &Keyring, models: Option<Models>) -> Self {
        Self { names: Named::new(keyring, "passkey challenge"), models }
    }

    pub fn models(&self) -> Option<&Models> {
        self.models.as_ref()
    }

    fn issue(
        &self,
        now: Moment,
        random: &Random,
        browser: &str,
        ceremony: Ceremony,
        user_handle: Uuid,
    ) -> String {
        let nonce = Uuid::from_bytes(random.bytes());
        self.names.name_beside(&(nonce, (user_handle, now)), &ceremony.beside(browser))
    }

    /// What a challenge names, if this browser was given it for this ceremony, lately.
    pub fn read(&self, now: Moment, challenge: &str, browser: &str, ceremony: Ceremony) -> Option<Returned> {
        let (_, (user_handle, at)) = self.names.read_beside(challenge, &ceremony.beside(browser))?;
        let once = Once::new("passkey challenge", &[challenge], at + LIVES);
        now.is_within(LIVES, at).then_some(Returned { user_handle, once })
    }

    /// The question of signing in (§5.5, as JSON), for whoever it is or for the owner of these passkeys.
    pub fn to_use(
        &self,
        now: Moment,
        random: &Random,
        browser: &str,
        rp: &RelyingParty,
        of: &[Passkey],
    ) -> Value {
        json!({
            "challenge": self.issue(now, random, browser, Ceremony::Use, Uuid::nil()),
            "rpId": rp.id,
            "allowCredentials": of.iter().map(described).collect::<Vec<_>>(),
            "userVerification": "required",
            "timeout": TIMEOUT,
        })
    }

    /// The question of making a passkey (§5.4, as JSON), for an account that has those.
    pub fn to_make(
        &self,
        now: Moment,
        random: &Random,
        browser: &str,
        (rp, name): (&RelyingParty, &str),
        (account, manner): (&Account, Manner),
        has: &[Passkey],
    ) -> Value {
        // The same for all of an account, so that an authenticator shows them as one person's.
        let handle =
            has.first().map_or_else(|| Uuid::from_bytes(random.bytes()), |passkey| passkey.user_handle);
        let ceremony = Ceremony::Make(account.id, manner);
        json!({
            "challenge": self.issue(now, random, browser, ceremony, handle),
            "rp": { "id": rp.id, "name": name },
            "user": {
                "id": URL_SAFE_NO_PAD.encode(handle.as_bytes()),
                "name": account.email, "displayName": account.email,
            },
            "pubKeyCredParams": OFFERED.map(|alg| json!({ "type": "public-key", "alg": alg })),
            "excludeCredentials": has.iter().map(described).collect::<Vec<_>>(),
            "authenticatorSelection": {
                "residentKey": "required", "requireResidentKey": true, "userVerification": "required",
            },
            "attestation": if self.models.is_some() { "direct" } else { "none" },
            "timeout": TIMEOUT,
        })
    }
}

/// Milliseconds that a browser waits for the person.
const TIMEOUT: u32 = 5 * 60 * 1000;

fn described(passkey: &Passkey) -> Value {
    json!({
        "type": "public-key", "id": URL_SAFE_NO_PAD.encode(&passkey.credential_id), "transports": passkey.transports,
    })
}

/// What a browser is told so that whoever keeps passkeys shows those that there are (§5.1.10).
pub fn signals(rp: &RelyingParty, account: &Account, all: &[Passkey]) -> Vec<Value> {
    let Some(newest) = all.first() else { return Vec::new() };
    let handle = newest.user_handle;
    let of_handle = all.iter().filter(|passkey| passkey.user_handle == handle);
    let ids: Vec<_> = of_handle.map(|passkey| URL_SAFE_NO_PAD.encode(&passkey.credential_id)).collect();
    let user = URL_SAFE_NO_PAD.encode(handle.as_bytes());
    vec![
        json!(["signalAllAcceptedCredentials", {
            "rpId": rp.id, "userId": user, "allAcceptedCredentialIds": ids,
        }]),
        json!(["signalCurrentUserDetails", {
            "rpId": rp.id, "userId": user, "name": account.email, "displayName": account.email,
        }]),
    ]
}

/// The same of a passkey that is not, or not any more, known here.
pub fn unknown(rp: &RelyingParty, credential_id: &[u8]) -> Value {
    json!(["signalUnknownCredential", { "rpId": rp.id, "credentialId": URL_SAFE_NO_PAD.encode(credential_id) }])
}
