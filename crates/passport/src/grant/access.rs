//! Access tokens: MACed names of a grant, or of a client that asks for itself, with times, audience and binding.
//! Whether what they name lives is for its row to say.
use oidc::{scope::Scopes, token::binding::Binding};
use platform::{
    clock::Moment,
    secrets::{Field, Keyring, Named, Rest},
};
use uuid::Uuid;

use super::GrantId;

/// What an access token hangs on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Holder {
    Grant(GrantId),
    /// No person stands behind it; the client's epoch ends it.
    Client {
        id: String,
        epoch: i32,
    },
}

/// What an access token says once its MAC was found good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessToken {
    pub holder: Holder,
    pub issued_at: Moment,
    pub ends_at: Moment,
    /// Less than the grant's scope, or the scope of a token without a grant.
    pub scope: Option<Scopes>,
    /// Resources (RFC 8707); nobody but ourselves when empty.
    pub audience: Vec<String>,
    pub binding: Option<Binding>,
    /// Whom it was given to, when that is not the holder's own client: an exchanged token.
    pub given_to: Option<String>,
    /// What tells it from its like, so that it can be revoked by itself: all but a grant's own tokens have one.
    pub serial: Option<[u8; 8]>,
}

/// Makes and reads the names of access tokens: as they stand, and for the `jti` of those that are JWTs. A `jti`
/// is logged by resources, so it is no token by itself.
#[derive(Clone)]
pub struct AccessNames {
    opaque: Named<AccessToken>,
    jti: Named<AccessToken>,
}

const VERSION: u8 = 1;
const CLIENT: u8 = 1;
const SCOPE: u8 = 1 << 1;
const AUDIENCE: u8 = 1 << 2;
const KEY: u8 = 1 << 3;
const CERTIFICATE: u8 = 1 << 4;
const GIVEN_TO: u8 = 1 << 5;
const SERIAL: u8 = 1 << 6;

impl AccessNames {
    pub fn new(keyring: &Keyring) -> Self {
        let names = |purpose| Named::new(keyring, purpose);
        Self { opaque: names("access token"), jti: names("access token as JWT") }
    }

    pub fn opaque(&self, access: &AccessToken) -> String {
        self.opaque.name(access)
    }

    pub fn read_opaque(&self, text: &str) -> Option<AccessToken> {
        self.opaque.read(text)
    }

    pub fn jti(&self, access: &AccessToken) -> String {
        self.jti.name(access)
    }

    pub fn read_jti(&self, text: &str) -> Option<AccessToken> {
        self.jti.read(text)
    }
}

impl Field for AccessToken {
    fn write(&self, to: &mut Vec<u8>) {
        to.extend(write(self));
    }

    fn read(from: &mut Rest<'_>) -> Option<Self> {
        read(from)
    }
}

fn write(access: &AccessToken) -> Vec<u8> {
    let mut flags = 0;
    let mut out = Vec::new();
    match &access.holder {
        Holder::Grant(id) => out.extend(id.0.as_bytes()),
        Holder::Client { id, epoch } => {
            flags |= CLIENT;
            text(&mut out, id);
            out.extend(epoch.to_be_bytes());
        }
    }
    out.extend(access.issued_at.unix_millis().to_be_bytes());
    out.extend(access.ends_at.unix_millis().to_be_bytes());
    if let Some(scope) = &access.scope {
        flags |= SCOPE;
        text(&mut out, &scope.to_string());
    }
    if !access.audience.is_empty() {
        flags |= AUDIENCE;
        out.push(u8::try_from(access.audience.len()).unwrap_or(u8::MAX));
        access.audience.iter().take(usize::from(u8::MAX)).for_each(|one| text(&mut out, one));
    }
    match &access.binding {
        None => {}
        Some(Binding::Key(digest)) => {
            flags |= KEY;
            out.extend(digest);
        }
        Some(Binding::Certificate(digest)) => {
            flags |= CERTIFICATE;
            out.extend(digest);
        }
    }
    if let Some(client) = &access.given_to {
        flags |= GIVEN_TO;
        text(&mut out, client);
    }
    if let Some(serial) = &access.serial {
        flags |= SERIAL;
        out.extend(serial);
    }
    [&[VERSION, flags], out.as_slice()].concat()
}

/// Two bytes of length, then the text. Nothing that is named here is longer than a URI.
fn text(out: &mut Vec<u8>, text: &str) {
    out.extend(u16::try_from(text.len()).unwrap_or(u16::MAX).to_be_bytes());
    out.extend(text.as_bytes());
}

fn read(rest: &mut Rest<'_>) -> Option<AccessToken> {
    let [version, flags] = rest.bytes::<2>()?;
    if version != VERSION {
        return None;
    }
    let has = |flag: u8| flags & flag != 0;
    let holder = match has(CLIENT) {
        true => Holder::Client { id: rest.text()?, epoch: i32::from_be_bytes(rest.bytes()?) },
        false => Holder::Grant(GrantId(Uuid::from_bytes(rest.bytes()?))),
    };
    let issued_at = Moment::from_unix_millis(i64::from_be_bytes(rest.bytes()?));
    let ends_at = Moment::from_unix_millis(i64::from_be_bytes(rest.bytes()?));
    let scope = if has(SCOPE) { Some(Scopes::parse(&rest.text()?).ok()?) } else { None };
    let mut audience = Vec::new();
    if has(AUDIENCE) {
        let [count] = rest.bytes::<1>()?;
        for _ in 0..count {
            audience.push(rest.text()?);
        }
    }
    let binding = match (has(KEY), has(CERTIFICATE)) {
        (true, false) => Some(Binding::Key(rest.bytes()?)),
        (false, true) => Some(Binding::Certificate(rest.bytes()?)),
        (false, false) => None,
        (true, true) => return None,
    };
    let given_to = if has(GIVEN_TO) { Some(rest.text()?) } else { None };
    let serial = if has(SERIAL) { Some(rest.bytes()?) } else { None };
    Some(AccessToken { holder, issued_at, ends_at, scope, audience, binding, given_to, serial })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> AccessNames {
        AccessNames::new(&Keyring::from_bytes([7; 32]))
    }

    fn least() -> AccessToken {
        AccessToken {
            holder: Holder::Grant(GrantId(Uuid::from_u128(1))),
            issued_at: Moment::from_unix_seconds(100),
            ends_at: Moment::from_unix_seconds(700),
            scope: None,
            audience: vec![],
            binding: None,
            given_to: None,
            serial: None,
        }
    }

    fn most() -> AccessToken {
        AccessToken {
            holder: Holder::Client { id: "svc é".into(), epoch: 3 },
            scope: Scopes::parse("a b").ok(),
            audience: vec!["https://api.test".into(), String::new()],
            binding: Some(Binding::Certificate([9; 32])),
            given_to: Some("web".into()),
            serial: Some([1; 8]),
            ..least()
        }
    }

    #[test]
    fn a_token_is_read_back_with_all_that_it_says() {
        for access in [least(), most(), AccessToken { binding: Some(Binding::Key([2; 32])), ..least() }] {
            assert_eq!(names().read_opaque(&names().opaque(&access)), Some(access.clone()));
            assert_eq!(names().read_jti(&names().jti(&access)), Some(access));
        }
    }

    #[test]
    fn inv_02_a_jti_is_no_token_and_a_token_is_no_jti() {
        assert_eq!(names().read_opaque(&names().jti(&least())), None);
        assert_eq!(names().read_jti(&names().opaque(&least())), None);
        assert_eq!(
            AccessNames::new(&Keyring::from_bytes([8; 32])).read_opaque(&names().opaque(&least())),
            None
        );
    }

    #[test]
    fn a_changed_or_cut_token_is_none() {
        let token = names().opaque(&most());
        for place in 0..token.len() {
            let mut changed = token.clone().into_bytes();
            changed[place] = if changed[place] == b'A' { b'B' } else { b'A' };
            assert_eq!(names().read_opaque(std::str::from_utf8(&changed).unwrap()), None, "{place}");
        }
        let name = write(&most());
        for end in 0..name.len() {
            assert_eq!(AccessToken::whole(&name[..end]), None, "{end}");
        }
        assert_eq!(AccessToken::whole(&[name.as_slice(), &[0]].concat()), None);
    }

    #[test]
    fn an_ordinary_token_is_short() {
        assert!(names().opaque(&least()).len() < 100, "{}", names().opaque(&least()).len());
    }
}
