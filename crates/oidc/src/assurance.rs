//! What a person was proven by (`amr`, RFC 8176 §2) and what that is worth: the levels behind every `acr`. It does not
//! know how a proof is made, nor the names of contexts ([`crate::authorize::context`]).

use std::fmt;

use serde::{Deserialize, Serialize};

/// One thing that a person proved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Method {
    Password,
    /// A one-time code of an authenticator app (RFC 6238).
    Code,
    /// One of the recovery codes: also a one-time password, on paper.
    RecoveryCode,
    /// A passkey that verified its holder.
    Passkey,
    /// The same, with an attestation that the key cannot leave its device.
    AttestedPasskey,
    /// Nothing: the account's owner said that what more is asked for is lost, was told everywhere and did not object. It
    /// is worth nothing to sites.
    Waived,
}

impl Method {
    pub const ALL: [Self; 6] =
        [Self::Password, Self::Code, Self::RecoveryCode, Self::Passkey, Self::AttestedPasskey, Self::Waived];

    /// The stored word: never changes.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Password => "pwd",
            Self::Code => "otp",
            Self::RecoveryCode => "recovery",
            Self::Passkey => "passkey",
            Self::AttestedPasskey => "passkey_attested",
            Self::Waived => "waived",
        }
    }

    /// What sites are told of it. `pop` says nothing of where the key is kept (OpenID EAP ACR Values 1.0 §3), `hwk` does.
    const fn amr(self) -> &'static [&'static str] {
        match self {
            Self::Password => &["pwd"],
            Self::Code | Self::RecoveryCode => &["otp"],
            Self::Passkey => &["pop", "user"],
            Self::AttestedPasskey => &["hwk", "pop", "user"],
            Self::Waived => &[],
        }
    }

    const fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// How strongly a person was proven; each includes those before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// One factor that can be told to somebody else.
    #[default]
    Password,
    /// Two factors of different kinds.
    TwoFactors,
    /// What was shown cannot be used by a page that pretends to be ours (EAP ACR Values 1.0 §2, `phr`).
    PhishingResistant,
    /// And its key is in hardware (`phrh`).
    PhishingResistantHardware,
}

/// All that a person proved, on the way into one session.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", from = "String")]
pub struct Methods(u8);

impl Methods {
    pub const PASSWORD: Self = Self(Method::Password.bit());

    pub const fn of(method: Method) -> Self {
        Self(method.bit())
    }

    #[must_use]
    pub const fn with(self, method: Method) -> Self {
        Self(self.0 | method.bit())
    }

    #[must_use]
    pub const fn without(self, method: Method) -> Self {
        Self(self.0 & !method.bit())
    }

    pub const fn contains(self, method: Method) -> bool {
        self.0 & method.bit() != 0
    }

    /// From [`Methods::to_string`]. Words of a later version prove nothing here.
    pub fn parse(words: &str) -> Self {
        let known =
            Method::ALL.into_iter().filter(|method| words.split(' ').any(|word| word == method.as_str()));
        known.fold(Self::default(), Self::with)
    }

    pub const fn level(self) -> Level {
        let code = self.contains(Method::Code) || self.contains(Method::RecoveryCode);
        if self.contains(Method::AttestedPasskey) {
            Level::PhishingResistantHardware
        } else if self.contains(Method::Passkey) {
            Level::PhishingResistant
        } else if self.contains(Method::Password) && code {
            Level::TwoFactors
        } else {
            Level::Password
        }
    }

    /// The `amr` claim: each word once.
    pub fn amr(self) -> Vec<&'static str> {
        let methods = Method::ALL.into_iter().filter(|method| self.contains(*method));
        let mut words: Vec<_> = methods.flat_map(|method| method.amr().iter().copied()).collect();
        if self.level() >= Level::TwoFactors {
            words.push("mfa");
        }
        words.sort_unstable();
        words.dedup();
        words
    }
}

impl fmt::Display for Methods {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let methods = Method::ALL.into_iter().filter(|method| self.contains(*method));
        f.write_str(&methods.map(Method::as_str).collect::<Vec<_>>().join(" "))
    }
}

impl From<Methods> for String {
    fn from(methods: Methods) -> Self {
        methods.to_string()
    }
}

impl From<String> for Methods {
    fn from(words: String) -> Self {
        Self::parse(&words)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amr_tells_what_was_proven_and_whether_it_was_more_than_one_factor() {
        let pwd = Methods::PASSWORD;
        let table = [
            (pwd, Level::Password, vec!["pwd"]),
            (Methods::of(Method::Code), Level::Password, vec!["otp"]),
            (pwd.with(Method::Code), Level::TwoFactors, vec!["mfa", "otp", "pwd"]),
            (pwd.with(Method::RecoveryCode).with(Method::Code), Level::TwoFactors, vec!["mfa", "otp", "pwd"]),
            (Methods::of(Method::Passkey), Level::PhishingResistant, vec!["mfa", "pop", "user"]),
            (pwd.with(Method::Passkey), Level::PhishingResistant, vec!["mfa", "pop", "pwd", "user"]),
            (
                Methods::of(Method::AttestedPasskey),
                Level::PhishingResistantHardware,
                vec!["hwk", "mfa", "pop", "user"],
            ),
            (pwd.with(Method::Waived), Level::Password, vec!["pwd"]),
            (Methods::default(), Level::Password, vec![]),
        ];
        for (methods, level, amr) in table {
            assert_eq!((methods.level(), methods.amr()), (level, amr), "{methods}");
            assert_eq!(Methods::parse(&methods.to_string()), methods);
        }
    }

    #[test]
    fn words_of_a_later_version_prove_nothing() {
        assert_eq!(Methods::parse("pwd telepathy"), Methods::PASSWORD);
        assert_eq!(Methods::parse("PWD otps"), Methods::default());
    }
}
