//! Authorization requests that clients pushed before they sent the browser (RFC 9126). Knows no page and
//! no parameter's meaning.
pub mod entity;
pub mod store;

use oidc::{authorize::object::PUSHED, parameters::Parameters};
use platform::{
    clock::Moment,
    secrets::{Keyring, Named},
};

platform::id!(
    /// Names a pushed request; the `request_uri` is a MACed name of it.
    PushedId
);

/// A pushed request as it was found.
pub struct Pushed {
    pub id: PushedId,
    pub client_id: String,
    pub parameters: Parameters,
    /// The parameters stood in a signed object.
    pub signed: bool,
    pub ends_at: Moment,
    pub is_used: bool,
}

impl Pushed {
    /// Good for an interaction that began at `begun`: the request must be begun in its time, and may
    /// take as long as a person takes.
    pub fn is_good(&self, begun: Moment) -> bool {
        !self.is_used && begun < self.ends_at
    }
}

/// How long a request is kept once it can no longer be begun: a person takes less long between two pages, see
/// `request/interaction.rs`.
const KEPT: std::time::Duration = std::time::Duration::from_secs(2 * 3600);

fn names(keyring: &Keyring) -> Named<PushedId> {
    Named::new(keyring, "pushed request")
}

/// The `request_uri` of a pushed request. The database alone does not give it away.
pub fn uri(keyring: &Keyring, id: PushedId) -> String {
    format!("{PUSHED}{}", names(keyring).name(&id))
}

/// Reads what follows the prefix of a `request_uri`.
pub fn read(keyring: &Keyring, name: &str) -> Option<PushedId> {
    names(keyring).read(name)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_request_uri_is_read_back_and_a_changed_one_is_not() {
        let keyring = Keyring::from_bytes([3; 32]);
        let id = PushedId(Uuid::from_u128(7));
        let uri = uri(&keyring, id);
        let name = uri.strip_prefix(PUSHED).unwrap();
        assert_eq!(read(&keyring, name), Some(id));
        assert_eq!(read(&Keyring::from_bytes([4; 32]), name), None);
        for changed in ["", "AAAA", &format!("{name}A"), &format!("A{name}"), &name.to_lowercase()] {
            assert_eq!(read(&keyring, changed), None, "{changed}");
        }
    }
}
