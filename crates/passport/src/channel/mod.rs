//! What an account is recovered by, and since when each of it stands as it does: something new or changed waits
//! before it counts (decision 0023). Knows no proof and no page.
pub mod entity;
pub mod store;

use std::time::Duration;

use platform::clock::Moment;

/// A fact, or several that go together, by which an account is recovered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Channel {
    /// The account's own address.
    Email,
    /// The alternate address.
    Alternate,
    /// Secret question and answer, and the account information without which they are nothing.
    Answer,
    /// What paid services filed.
    Billing,
}

impl Channel {
    pub const ALL: [Self; 4] = [Self::Email, Self::Alternate, Self::Answer, Self::Billing];

    /// The stored word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Alternate => "alternate",
            Self::Answer => "answer",
            Self::Billing => "billing",
        }
    }
}

/// Whether a channel is so new that it waits on this computer. `changed` is when it became what it is, if that is
/// known; `computer` is since when the account knows the computer. One that was known before the change was at
/// hand when the owner made it.
pub fn is_new(now: Moment, cool_down: Duration, changed: Option<Moment>, computer: Option<Moment>) -> bool {
    let Some(changed) = changed else { return false };
    now < changed + cool_down && computer.is_none_or(|since| since >= changed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_waits_but_on_a_computer_that_was_known_before_it() {
        let at = Moment::from_unix_seconds;
        let day = Duration::from_secs(86_400);
        let new = |changed, computer| is_new(at(100_000), day, changed, computer);
        assert!(!new(None, None), "it stood there before anybody wrote such things down");
        assert!(new(Some(at(100_000)), None));
        assert!(new(Some(at(13_601)), None));
        assert!(!new(Some(at(13_600)), None), "a day is over");
        assert!(!new(Some(at(50_000)), Some(at(49_999))), "the computer was known before");
        assert!(new(Some(at(50_000)), Some(at(50_000))), "and not only since");
    }

    #[test]
    fn every_channel_has_a_word_of_its_own() {
        let mut words: Vec<_> = Channel::ALL.iter().map(|channel| channel.as_str()).collect();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), Channel::ALL.len());
    }
}
