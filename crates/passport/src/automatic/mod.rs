//! “Sign me in automatically”: a token in a lasting cookie that is used once and begins a session. Knows no page.
//!
//! The token is a MACed name of (row, generation); the row keeps its digest. Every use raises the generation, and
//! token and session of a generation follow from it, so that requests sent at the same time by one browser end in
//! the same session with the same cookies.
pub mod entity;
pub mod letters;
pub mod store;

use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use oidc::assurance::Methods;
use platform::{
    clock::Moment,
    secrets::{Field as _, Keyring, Mac, Named, digest},
};

use crate::{account::AccountId, history, session::SessionId};

platform::id!(
    /// Names one automatic sign-in: one account on one computer.
    AutomaticId
);

/// The cookie's name, after the product's.
pub const COOKIE: &str = "automatic";

/// Within this time after a use the token before is a request of the same browser that was on its way as well.
pub const GRACE: Duration = Duration::from_secs(10);

/// An automatic sign-in as it was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Automatic {
    pub id: AutomaticId,
    pub account: AccountId,
    pub digest: Vec<u8>,
    pub generation: i32,
    /// The generation whose holder was given the newest token: it stays good until that one was presented.
    pub predecessor: i32,
    pub session: SessionId,
    pub auth_time: Moment,
    pub methods: Methods,
    pub created_at: Moment,
    pub rotated_at: Moment,
    pub ends_at: Moment,
    pub ended_at: Option<Moment>,
    pub source: history::Source,
}

impl Automatic {
    pub fn is_live(&self, now: Moment) -> bool {
        self.ended_at.is_none() && now < self.ends_at
    }
}

/// What a presented token leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Raise the generation and begin a session.
    Rotate,
    /// Another request of the same browser was faster: the same session again.
    Repeat,
    /// Its successor was presented since, or another successor was given out instead: two browsers use what one was
    /// given.
    Stolen,
    /// Ended, too old, or never given out.
    Refuse,
}

/// Decides over a token whose name was found authentic. Answers get lost, and browsers write cookies down late: the
/// token before the newest goes on to be good until the newest was presented, and its holder is given another
/// successor. Whoever then comes with the one that was lost was given it after all, so somebody has a copy.
pub fn decide(found: &Automatic, presented: i32, token: &str, now: Moment) -> Verdict {
    if !found.is_live(now) {
        return Verdict::Refuse;
    }
    let is_current = || platform::secrets::same(&found.digest, &digest(token.as_bytes()));
    // A clock that went back is no grace.
    let is_soon = found.rotated_at <= now && now.since(found.rotated_at) <= GRACE;
    match presented {
        _ if presented == found.generation && is_current() => Verdict::Rotate,
        _ if presented == found.predecessor && is_soon => Verdict::Repeat,
        _ if presented == found.predecessor => Verdict::Rotate,
        _ if presented < found.generation => Verdict::Stolen,
        _ => Verdict::Refuse,
    }
}

/// Makes and reads tokens, and makes the secrets of the sessions that they begin.
#[derive(Clone)]
pub struct Tokens {
    token: Named<(AutomaticId, i32)>,
    session: Mac,
}

impl Tokens {
    pub fn new(keyring: &Keyring) -> Self {
        let token = Named::new(keyring, "automatic sign-in");
        Self { token, session: keyring.mac("automatic session") }
    }

    pub fn token(&self, id: AutomaticId, generation: i32) -> String {
        self.token.name(&(id, generation))
    }

    /// The secret of the session that this generation began.
    pub fn session_secret(&self, id: AutomaticId, generation: i32) -> String {
        let mut name = Vec::new();
        (id, generation).write(&mut name);
        URL_SAFE_NO_PAD.encode(self.session.sign(&name))
    }

    /// Whose token it is and of which generation, if it is one of ours.
    pub fn read(&self, token: &str) -> Option<(AutomaticId, i32)> {
        self.token.read(token)
    }
}

#[cfg(test)]
mod tests {
    use platform::random::Random;

    use super::*;

    fn tokens() -> Tokens {
        Tokens::new(&Keyring::from_bytes([3; 32]))
    }

    fn found(generation: i32) -> Automatic {
        let (now, random) = (Moment::from_unix_seconds(1_000), Random::seeded(1));
        let id = AutomaticId::new(now, &random);
        Automatic {
            id,
            account: AccountId::new(now, &random),
            digest: digest(tokens().token(id, generation).as_bytes()).to_vec(),
            generation,
            predecessor: generation - 1,
            session: SessionId::new(now, &random),
            auth_time: now,
            methods: Methods::PASSWORD,
            created_at: now,
            rotated_at: now,
            ends_at: now + Duration::from_secs(1_000),
            ended_at: None,
            source: history::Source::default(),
        }
    }

    #[test]
    fn a_token_names_its_row_and_generation_and_cannot_be_made_up() {
        let (tokens, row) = (tokens(), found(4));
        let token = tokens.token(row.id, 4);
        assert_eq!(tokens.read(&token), Some((row.id, 4)));
        assert_eq!(token.len(), 70);
        let other = Tokens::new(&Keyring::from_bytes([4; 32])).token(row.id, 4);
        for wrong in [other.as_str(), &token.replacen('A', "B", 1), &format!("{token}A"), "", "~"] {
            assert_eq!(tokens.read(wrong), None, "{wrong}");
        }
        assert_ne!(tokens.session_secret(row.id, 4), tokens.session_secret(row.id, 5));
    }

    #[test]
    fn fx_06_a_predecessor_is_good_until_its_successor_was_presented_and_theft_after_that() {
        let row = found(5);
        let after = |seconds, presented| {
            let now = row.rotated_at + Duration::from_secs(seconds);
            decide(&row, presented, &tokens().token(row.id, presented), now)
        };
        assert_eq!(after(500, 5), Verdict::Rotate);
        assert_eq!(after(10, 4), Verdict::Repeat);
        assert_eq!(after(11, 4), Verdict::Rotate, "the answer was lost");
        let moved_on = Automatic { generation: 6, digest: vec![], ..row.clone() };
        let later = row.rotated_at + Duration::from_secs(500);
        let lost = |presented| decide(&moved_on, presented, &tokens().token(row.id, presented), later);
        assert_eq!(lost(4), Verdict::Rotate, "lost again");
        assert_eq!(lost(5), Verdict::Stolen, "it was not lost, but given to somebody");
        let earlier = row.rotated_at - Duration::from_secs(48 * 3600);
        let turned_back = |presented| decide(&row, presented, &tokens().token(row.id, presented), earlier);
        assert_eq!(turned_back(4), Verdict::Rotate, "no grace before the use");
        assert_eq!(turned_back(3), Verdict::Stolen);
        assert_eq!(after(0, 3), Verdict::Stolen, "two uses ago is no parallel request");
        assert_eq!(after(0, 6), Verdict::Refuse, "not given out yet");
        assert_eq!(after(1_000, 5), Verdict::Refuse, "over");
        assert_eq!(after(1_000, 4), Verdict::Refuse);
        let ended = Automatic { ended_at: Some(row.created_at), ..row.clone() };
        assert_eq!(decide(&ended, 4, "", row.rotated_at), Verdict::Refuse, "no alarm for what has ended");
        assert_eq!(decide(&row, 5, "another token", row.rotated_at), Verdict::Refuse);
    }
}
