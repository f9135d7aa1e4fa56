//! A person's account: its address, its facts and what proves the person. Knows no session and no page.
pub mod acting;
pub mod birthdate;
pub mod country;
pub mod entity;
pub mod information;
pub mod letters;
pub mod password;
pub mod question;
pub mod store;

use oidc::{
    assurance::{Level, Method, Methods},
    claims::StandardClaims,
    client::Client,
};
use platform::{clock::Moment, language::Language};
use serde::{Deserialize, Serialize};

/// Whether an account may be used. Everything but [`State::Active`] is refused alike, wherever one signs in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Active,
    /// By the operator.
    Disabled,
    /// By its owner, who saw something that was not theirs; recovering it makes it active again.
    Frozen,
    /// By its owner, for good.
    Closed,
}

impl State {
    pub const ALL: [Self; 4] = [Self::Active, Self::Disabled, Self::Frozen, Self::Closed];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Disabled => "disabled",
            Self::Frozen => "frozen",
            Self::Closed => "closed",
        }
    }

    /// True where a proof of the owner leads back into the account.
    pub const fn may_be_recovered(self) -> bool {
        matches!(self, Self::Active | Self::Frozen)
    }
}

platform::id!(
    /// Names an account; also the `sub` that clients are told (OIDC Core §5.1): it never changes.
    AccountId
);

/// The address beside the account's own, where a forgotten password may be reset.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alternate {
    pub address: String,
    /// Its reader showed, signed in to this account, that it is theirs.
    #[serde(default)]
    pub verified: bool,
}

/// The domain of names that we give: nobody receives mail there, ever (RFC 2606).
pub const GIVEN_NAMES: &str = "@renamed.invalid";

/// An account without what proves the person: no hash leaves the store in this.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    pub id: AccountId,
    /// As typed at sign-up.
    pub email: String,
    pub email_verified: bool,
    pub state: State,
    /// What the person said about themselves. The address of the account is not in here.
    pub claims: StandardClaims,
    pub language: Language,
    /// The secret question, in the person's words.
    pub question: Option<String>,
    pub alternate: Option<Alternate>,
    pub created_at: Moment,
    pub updated_at: Moment,
    pub signed_in_at: Option<Moment>,
    /// Looks after this installation: sees what strangers must not.
    pub is_admin: bool,
    /// Raised whenever what proves the person changes or all of it is ended: see [`acting`].
    pub epoch: i32,
    /// What the account has to be proven by, besides the password.
    pub factors: Methods,
}

/// Claims without the account's own facts, which are not kept twice.
pub(crate) fn said(claims: &StandardClaims) -> StandardClaims {
    StandardClaims { email: None, email_verified: None, updated_at: None, ..claims.clone() }
}

impl Account {
    pub fn is_active(&self) -> bool {
        self.state == State::Active
    }

    /// How strongly its owner can be proven, where passkeys are taken or not.
    pub fn able(&self, takes_passkeys: bool) -> Level {
        let factors = if takes_passkeys { self.factors } else { self.factors.without(Method::Passkey) };
        factors.with(Method::Password).level()
    }

    /// An authenticator app is set up.
    pub fn has_app(&self) -> bool {
        self.factors.contains(Method::Code)
    }

    /// A password alone opens nothing: a code or a passkey follows.
    pub fn asks_more(&self, takes_passkeys: bool) -> bool {
        self.able(takes_passkeys) > Level::Password
    }

    /// Whether these proofs are all that its owner can give: enough to change what the account is proven and recovered
    /// by. A recovery code stands for whatever is not at hand, and so does having waited (decision 0084).
    pub fn is_fully_proven(&self, methods: Methods, takes_passkeys: bool) -> bool {
        let by_code = methods.contains(Method::Password) && methods.contains(Method::RecoveryCode);
        methods.level() >= self.able(takes_passkeys) || by_code || methods.contains(Method::Waived)
    }

    /// How strongly its owner wants to be proven in any case.
    pub fn least(&self) -> Level {
        if self.has_app() { Level::TwoFactors } else { Level::Password }
    }

    /// The alternate address as its owner sees it, proven or not.
    pub fn alternate_email(&self) -> Option<&str> {
        self.alternate.as_ref().map(|alternate| alternate.address.as_str())
    }

    /// The alternate address where it may be written to about this account: only when it was proven. One that
    /// somebody merely typed may be anybody's.
    pub fn proven_alternate(&self) -> Option<&str> {
        self.alternate
            .as_ref()
            .filter(|alternate| alternate.verified)
            .map(|alternate| alternate.address.as_str())
    }

    /// The account's own address where a link to it may lead back in: only when it was proven.
    pub fn proven_email(&self) -> Option<&str> {
        Some(self.email.as_str()).filter(|_| self.email_verified)
    }

    /// Where this account's owner is written to: its own address, unless that is a name that we gave, and the
    /// alternate one, when it was proven.
    pub fn mailboxes(&self) -> impl Iterator<Item = &str> {
        let own = Some(self.email.as_str()).filter(|own| !own.to_ascii_lowercase().ends_with(GIVEN_NAMES));
        own.into_iter().chain(self.proven_alternate())
    }

    /// Whether the account showed that its owner reads the mail of this address. Any other may be anybody's.
    pub fn has_proven(&self, address: &str) -> bool {
        self.proven_email().into_iter().chain(self.proven_alternate()).any(|proven| proven == address)
    }

    /// Every standard claim that is known (OIDC Core §5.1); [`oidc::claims::released`] picks by scope.
    /// Address and language are the account's own facts, whatever the stored claims say. For the person's own eyes:
    /// sites are told of [`Account::known_to`].
    pub fn known_claims(&self) -> StandardClaims {
        let said = &self.claims;
        StandardClaims {
            email: Some(self.email.clone()),
            email_verified: Some(self.email_verified),
            locale: said.locale.clone().or_else(|| Some(self.language.tag().to_owned())),
            updated_at: Some(self.updated_at.unix_seconds()),
            ..said.clone()
        }
    }

    /// What of it this client may be told, whatever its scopes release.
    pub fn known_to(&self, client: &Client) -> StandardClaims {
        let known = self.known_claims();
        match client.verified_email_only && !self.email_verified {
            true => StandardClaims { email: None, email_verified: None, ..known },
            false => known,
        }
    }

    /// For operators: what is known, and nothing that proves the person.
    pub fn as_json(&self) -> serde_json::Value {
        serde_json::json!({
            "id": self.id,
            "email": self.email,
            "email_verified": self.email_verified,
            "state": self.state.as_str(),
            "claims": self.claims,
            "language": self.language,
            "question": self.question,
            "alternate_email": self.alternate_email(),
            "alternate_email_verified": self.proven_alternate().is_some(),
            "created_at": self.created_at.rfc3339(),
            "updated_at": self.updated_at.rfc3339(),
            "signed_in_at": self.signed_in_at.map(Moment::rfc3339),
            "admin": self.is_admin,
            "factors": self.factors,
        })
    }

    /// What to call the person on a page.
    pub fn display_name(&self) -> &str {
        self.claims.name.as_deref().filter(|name| !name.is_empty()).unwrap_or(&self.email)
    }
}

#[cfg(test)]
impl Account {
    /// Somebody with everything that is compulsory.
    pub(crate) fn sample() -> Self {
        let now = Moment::from_unix_seconds(0);
        Self {
            id: AccountId(uuid::Uuid::nil()),
            email: "ann@acme.test".into(),
            email_verified: true,
            state: State::Active,
            claims: StandardClaims::default(),
            language: Language::EnUs,
            question: None,
            alternate: None,
            created_at: now,
            updated_at: now,
            signed_in_at: None,
            is_admin: false,
            epoch: 0,
            factors: Methods::default(),
        }
    }
}
