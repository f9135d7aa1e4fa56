//! What an operator watches for: sign-ins that failed, accounts that were frozen, clients that changed, as one kind
//! of log line with stable names, and counted. Knows no account and no session.
//!
//! `docs/LOGGING.md` repeats the table of names. A line holds ids and blocks of addresses, and nothing that opens
//! anything or that somebody is called by.
use std::sync::atomic::{AtomicU64, Ordering};

macro_rules! events {
    ($($(#[$about:meta])* $event:ident = $name:literal, $sentence:literal;)+) => {
        /// What happened. The names never change: alarms hang on them.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Event {
            $($(#[$about])* $event,)+
        }

        impl Event {
            pub const ALL: &[Self] = &[$(Self::$event,)+];

            /// The field `security_event`, and the label of the figure.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$event => $name,)+
                }
            }

            /// The message: a sentence that reads alone.
            pub const fn sentence(self) -> &'static str {
                match self {
                    $(Self::$event => $sentence,)+
                }
            }
        }
    };
}

events! {
    SignedUp = "signed_up", "An account was made";
    SignInSucceeded = "sign_in_succeeded", "Somebody signed in";
    SignInFailed = "sign_in_failed", "A sign-in failed";
    SignInThrottled = "sign_in_throttled", "A sign-in was refused unseen: a budget of guesses is used up";
    SessionEnded = "session_ended", "A session ended";
    SessionLapsed = "session_lapsed", "A session ended by its time";
    SessionsEnded = "sessions_ended", "Sessions of an account were ended";
    TheftSuspected = "theft_suspected", "An automatic sign-in was presented twice, or a passkey’s counter went back: somebody may have a copy";
    PasswordChanged = "password_changed", "A password was changed";
    CredentialChanged = "credential_changed", "What an account is recovered or signed in by was changed";
    ResetBegun = "reset_begun", "A recovery of an account was begun";
    ResetFailed = "reset_failed", "A recovery was asked for with proofs that do not hold";
    ResetStopped = "reset_stopped", "A recovery was stopped by its owner";
    ResetDone = "reset_done", "A password was reset";
    AccountFrozen = "account_frozen", "An account was frozen: “this was not me”";
    AccountDisabled = "account_disabled", "An account was disabled";
    AccountReleased = "account_released", "An account was made active again";
    AccountClosing = "account_closing", "The closing of an account was asked for, taken back or carried out";
    TokenReused = "token_reused", "A code or a token was used twice: its grant is revoked";
    ClientAdded = "client_added", "A client was registered";
    ClientChanged = "client_changed", "A client was changed";
    ClientSecretChanged = "client_secret_changed", "A client has a new secret";
    ClientRemoved = "client_removed", "A client was removed";
    RegistrationToken = "registration_token", "A token for registrations was made or withdrawn";
    SignInRefused = "sign_in_refused", "What the provider answered was refused";
    DeedDone = "deed_done", "Something was written into the audit";
}

/// Who did it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum By {
    /// Somebody at a page, whoever they are.
    #[default]
    Visitor,
    /// A site, with its own credentials.
    Client,
    /// The provider of sign-ins.
    Provider,
    /// Staff in the portal.
    Staff,
    /// The command line.
    Operator,
    /// Time alone.
    Clock,
}

impl By {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Visitor => "visitor",
            Self::Client => "client",
            Self::Provider => "provider",
            Self::Staff => "staff",
            Self::Operator => "operator",
            Self::Clock => "clock",
        }
    }
}

/// One line of the log, before it is told.
#[derive(Clone, Debug)]
#[must_use = "a note that nobody tells is lost: `tell` it, or give it to the transaction"]
pub struct Note {
    event: Event,
    by: By,
    account: String,
    client: String,
    block: String,
    detail: &'static str,
}

impl Note {
    pub const fn of(event: Event) -> Self {
        Self {
            event,
            by: By::Visitor,
            account: String::new(),
            client: String::new(),
            block: String::new(),
            detail: "",
        }
    }

    /// The account's id; never what it is called.
    pub fn account(self, id: impl std::fmt::Display) -> Self {
        Self { account: id.to_string(), ..self }
    }

    pub fn client(self, id: &str) -> Self {
        Self { client: id.chars().take(200).collect(), ..self }
    }

    /// [`crate::web::Visit::address_block`]; no whole address is told.
    pub fn block(self, block: &str) -> Self {
        Self { block: block.to_owned(), ..self }
    }

    pub fn by(self, by: By) -> Self {
        Self { by, ..self }
    }

    /// Which of several, by a word of the program's own.
    pub fn detail(self, word: &'static str) -> Self {
        Self { detail: word, ..self }
    }

    /// Writes the line and counts it: at once, for what is decided. What a transaction does is told by
    /// [`crate::db::Tx::tell`], once it is so.
    pub fn tell(self) {
        let Self { event, by, account, client, block, detail } = self;
        if let Some(count) = COUNTS.get(event as usize) {
            count.fetch_add(1, Ordering::Relaxed);
        }
        tracing::info!(
            security_event = event.name(),
            by = by.as_str(),
            account = (!account.is_empty()).then_some(account),
            client = (!client.is_empty()).then_some(client),
            block = (!block.is_empty()).then_some(block),
            detail = (!detail.is_empty()).then_some(detail),
            "{}",
            event.sentence()
        );
    }
}

/// One figure for each event of this process: there is no way to make another.
static COUNTS: [AtomicU64; Event::ALL.len()] = [const { AtomicU64::new(0) }; Event::ALL.len()];

/// How often each event was told since the start.
pub fn counts() -> impl Iterator<Item = (Event, u64)> {
    Event::ALL.iter().zip(&COUNTS).map(|(event, count)| (*event, count.load(Ordering::Relaxed)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_document_names_every_event_and_no_other() {
        let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/LOGGING.md");
        let document = std::fs::read_to_string(file).unwrap();
        let line = |event: &Event| format!("| `{}` | {} |", event.name(), event.sentence());
        let table: Vec<String> = Event::ALL.iter().map(line).collect();
        let found: Vec<&str> = document.lines().filter(|line| line.starts_with("| `")).collect();
        assert_eq!(found, table, "docs/LOGGING.md must hold:\n{}", table.join("\n"));
    }

    #[test]
    fn names_are_different_and_what_is_told_is_counted() {
        let mut names: Vec<_> = Event::ALL.iter().map(|event| event.name()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Event::ALL.len());
        let before = counts().find(|(event, _)| *event == Event::TokenReused).unwrap().1;
        Note::of(Event::TokenReused).tell();
        assert_eq!(counts().find(|(event, _)| *event == Event::TokenReused).unwrap().1, before + 1);
    }
}
