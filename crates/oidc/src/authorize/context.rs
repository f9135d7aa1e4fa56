//! Authentication contexts: the `acr` that is published, asked for and returned (OIDC Core §2, §3.1.2.1,
//! §5.5.1.1). It does not know how a person signed in, only how strongly.

use serde::{Deserialize, Serialize};

use crate::{
    assurance::Level,
    claims::wishes::ClaimsRequest,
    error::{ErrorCode, OAuthError},
};

/// A context by name. Each is met by its level and by every stronger one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Context {
    /// OpenID EAP ACR Values 1.0 §2.
    #[serde(rename = "phrh")]
    PhishingResistantHardware,
    #[serde(rename = "phr")]
    PhishingResistant,
    /// Of the OpenID Provider Authentication Policy Extension, which providers and libraries kept the name of.
    #[serde(rename = "http://schemas.openid.net/pape/policies/2007/06/multi-factor")]
    MultiFactor,
    /// The same in the words of research and education.
    #[serde(rename = "https://refeds.org/profile/mfa")]
    RefedsMfa,
    /// A password over an encrypted connection, in the words of SAML 2.0 Authentication Context §3.4.
    #[serde(rename = "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport")]
    PasswordProtected,
    #[serde(rename = "urn:oasis:names:tc:SAML:2.0:ac:classes:Password")]
    Password,
}

impl Context {
    /// The strongest first; of the same level, the one first that is named when none was asked for.
    pub const ALL: [Self; 6] = [
        Self::PhishingResistantHardware,
        Self::PhishingResistant,
        Self::MultiFactor,
        Self::RefedsMfa,
        Self::PasswordProtected,
        Self::Password,
    ];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PhishingResistantHardware => "phrh",
            Self::PhishingResistant => "phr",
            Self::MultiFactor => "http://schemas.openid.net/pape/policies/2007/06/multi-factor",
            Self::RefedsMfa => "https://refeds.org/profile/mfa",
            Self::PasswordProtected => "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport",
            Self::Password => "urn:oasis:names:tc:SAML:2.0:ac:classes:Password",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.as_str() == name)
    }

    pub const fn level(self) -> Level {
        match self {
            Self::PhishingResistantHardware => Level::PhishingResistantHardware,
            Self::PhishingResistant => Level::PhishingResistant,
            Self::MultiFactor | Self::RefedsMfa => Level::TwoFactors,
            Self::PasswordProtected | Self::Password => Level::Password,
        }
    }

    /// What a sign-in of this level is called when nobody asked for a name.
    pub fn of(level: Level) -> Self {
        Self::ALL.into_iter().find(|context| context.level() <= level).unwrap_or(Self::PasswordProtected)
    }

    /// All that can be met where `highest` is the strongest way to sign in: `acr_values_supported`.
    pub fn up_to(highest: Level) -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(move |context| context.level() <= highest)
    }
}

/// The contexts that a request asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wanted {
    /// Those that can be met here, by preference. Empty: any will do.
    pub contexts: Vec<Context>,
    /// One of them or nothing (OIDC Core §5.5.1.1); otherwise they are wishes.
    pub essential: bool,
}

/// What keeps a sign-in from being enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// The person can prove what is missing up to this level.
    Proof(Level),
    /// The person has nothing that reaches this level, and would have to set it up first.
    Means(Level),
}

impl Wanted {
    /// The `claims` parameter speaks first, then `acr_values`, then the client's defaults.
    ///
    /// # Errors
    /// `unmet_authentication_requirements` when an essential `acr` names only contexts that cannot be met here.
    pub fn of(
        claims: &ClaimsRequest,
        acr_values: &[String],
        defaults: &[String],
        highest: Level,
    ) -> Result<Self, OAuthError> {
        let known = |asked: &str| Context::parse(asked).filter(|context| context.level() <= highest);
        if let Some(wish) = claims.id_token.get("acr") {
            let contexts: Vec<_> = wish.texts().filter_map(known).collect();
            if !contexts.is_empty() {
                return Ok(Self { contexts, essential: wish.essential });
            }
            if wish.essential && !wish.values.is_empty() {
                return Err(OAuthError::new(
                    ErrorCode::UnmetAuthenticationRequirements,
                    "None of the essential acr values can be met here.",
                ));
            }
        }
        let asked = if acr_values.is_empty() { defaults } else { acr_values };
        Ok(Self { contexts: asked.iter().filter_map(|asked| known(asked)).collect(), essential: false })
    }

    /// The context to name for a sign-in of this level: the first one asked for that it meets, else its own name.
    pub fn met_by(&self, level: Level) -> Context {
        let met = self.contexts.iter().copied().find(|context| context.level() <= level);
        met.unwrap_or_else(|| Context::of(level))
    }

    /// What is missing of a sign-in of the level `has`, where the person can reach `able`, and `least` is demanded in
    /// any case. A wish is followed as far as the person can, and never more.
    pub fn missing(&self, has: Level, able: Level, least: Level) -> Option<Missing> {
        let able = able.max(has);
        if has < least {
            return Some(if able < least { Missing::Means(least) } else { Missing::Proof(least) });
        }
        let reached = self.contexts.iter().map(|context| context.level()).find(|level| *level <= able);
        match reached {
            Some(level) if level > has && !(self.essential && self.is_met_by(has)) => {
                Some(Missing::Proof(level))
            }
            None if self.essential => {
                let weakest = self.contexts.iter().map(|context| context.level()).min();
                weakest.map(Missing::Means)
            }
            _ => None,
        }
    }

    /// Whether one of the contexts asked for is met.
    pub fn is_met_by(&self, level: Level) -> bool {
        self.contexts.iter().any(|context| context.level() <= level)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PASSWORD: &str = Context::Password.as_str();
    const PROTECTED: &str = Context::PasswordProtected.as_str();
    const MFA: &str = Context::MultiFactor.as_str();
    const TOP: Level = Level::PhishingResistant;

    fn claims(acr: &str) -> ClaimsRequest {
        ClaimsRequest::parse(&format!("{{\"id_token\":{{\"acr\":{acr}}}}}")).unwrap()
    }

    fn texts(all: &[&str]) -> Vec<String> {
        all.iter().map(|text| (*text).to_owned()).collect()
    }

    fn wished(acr_values: &[&str], defaults: &[&str]) -> Wanted {
        Wanted::of(&ClaimsRequest::default(), &texts(acr_values), &texts(defaults), TOP).unwrap()
    }

    fn essential(values: &[&str]) -> Wanted {
        let asked =
            claims(&format!("{{\"essential\":true,\"values\":{}}}", serde_json::to_string(values).unwrap()));
        Wanted::of(&asked, &[], &[], TOP).unwrap()
    }

    #[test]
    fn every_context_has_one_name_also_in_json() {
        for context in Context::ALL {
            assert_eq!(Context::parse(context.as_str()), Some(context));
            assert_eq!(serde_json::to_value(context).unwrap(), context.as_str());
        }
        let names: Vec<_> = Context::up_to(Level::TwoFactors).map(Context::as_str).collect();
        assert_eq!(names, [MFA, Context::RefedsMfa.as_str(), PROTECTED, PASSWORD]);
    }

    #[test]
    fn one_of_the_contexts_asked_for_is_returned_by_preference() {
        let named = |wanted: Wanted, level| wanted.met_by(level).as_str();
        assert_eq!(named(wished(&["1", PASSWORD, PROTECTED], &[]), Level::Password), PASSWORD);
        assert_eq!(named(wished(&["1", "2"], &[]), Level::Password), PROTECTED, "a wish, never an error");
        assert_eq!(named(wished(&[], &[PASSWORD]), Level::Password), PASSWORD);
        assert_eq!(named(wished(&[PROTECTED], &[PASSWORD]), Level::Password), PROTECTED);
        assert_eq!(named(wished(&[], &[]), Level::TwoFactors), MFA, "by its own name");
        assert_eq!(named(wished(&[PASSWORD], &[]), Level::TwoFactors), PASSWORD, "met by more");
        assert_eq!(named(wished(&[MFA, PASSWORD], &[]), Level::Password), PASSWORD);
        assert_eq!(named(wished(&[MFA], &[]), Level::Password), PROTECTED, "never a name that was not met");
    }

    #[test]
    fn an_essential_context_is_met_or_the_request_fails() {
        assert_eq!(essential(&["x", PASSWORD]).met_by(Level::Password), Context::Password);
        let unmet = |acr: &str, highest| Wanted::of(&claims(acr), &[], &[], highest).unwrap_err().code;
        let code = ErrorCode::UnmetAuthenticationRequirements;
        assert_eq!(unmet("{\"essential\":true,\"values\":[\"x\"]}", TOP), code);
        assert_eq!(
            unmet("{\"essential\":true,\"value\":\"phrh\"}", TOP),
            code,
            "known, and not offered here"
        );
        let wish = Wanted::of(&claims("{\"essential\":false,\"values\":[\"x\"]}"), &[], &[], TOP).unwrap();
        assert_eq!(wish, Wanted::default());
        let any = Wanted::of(&claims("{\"essential\":true}"), &[], &[], TOP).unwrap();
        assert_eq!(
            any.missing(Level::Password, Level::Password, Level::Password),
            None,
            "any value would do"
        );
    }

    #[test]
    fn only_what_is_missing_is_asked_and_a_wish_goes_no_further_than_the_person_can() {
        use Level::{Password, PhishingResistant, TwoFactors};
        let missing = |wanted: &Wanted, has, able| wanted.missing(has, able, Password);
        let wish = wished(&["phr", MFA, PASSWORD], &[]);
        assert_eq!(missing(&wish, Password, Password), None);
        assert_eq!(missing(&wish, Password, TwoFactors), Some(Missing::Proof(TwoFactors)));
        assert_eq!(missing(&wish, TwoFactors, TwoFactors), None);
        assert_eq!(missing(&wish, TwoFactors, PhishingResistant), Some(Missing::Proof(PhishingResistant)));
        assert_eq!(missing(&wished(&["phr"], &[]), Password, TwoFactors), None, "out of reach");
        let must = essential(&[MFA]);
        assert_eq!(missing(&must, Password, TwoFactors), Some(Missing::Proof(TwoFactors)));
        assert_eq!(missing(&must, Password, Password), Some(Missing::Means(TwoFactors)));
        assert_eq!(missing(&must, PhishingResistant, Password), None, "more than enough");
        assert_eq!(missing(&essential(&[MFA, PASSWORD]), Password, TwoFactors), None, "met as it is");
        let none = Wanted::default();
        assert_eq!(none.missing(Password, TwoFactors, TwoFactors), Some(Missing::Proof(TwoFactors)));
        assert_eq!(none.missing(Password, Password, TwoFactors), Some(Missing::Means(TwoFactors)));
        assert_eq!(none.missing(TwoFactors, Password, TwoFactors), None);
    }
}
