//! What a freeze puts back. Pure: from what was replaced, and on whose word.
use std::collections::BTreeMap;

use oidc::claims::StandardClaims;

use super::Former;
use crate::{account::Alternate, second_step::FormerStep};

/// On whose word an account is frozen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Word<'a> {
    /// Somebody signed in to the account says so, who proved two factors or only one.
    SignedIn { by_more: bool },
    /// Whoever reads the mail of this address, by a link that was sent there.
    Mailbox(&'a str),
    /// A link of before, of which nobody wrote down where it went.
    Unknown,
}

impl Word<'_> {
    /// Whether an address would come back on nothing but its own word.
    fn is_of(self, address: &str) -> bool {
        match self {
            Self::SignedIn { .. } => false,
            Self::Mailbox(own) => super::is_one(own, address),
            Self::Unknown => true,
        }
    }

    /// Whether what proves the account may come back by it. A mailbox may be a stranger's, whose passkey or app the owner
    /// took away: to give that back would let the stranger in.
    const fn brings_factors_back(self) -> bool {
        matches!(self, Self::SignedIn { by_more: true })
    }
}

/// The newest change undone first, so that the oldest state stands at the end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RollBack {
    /// The name, and whether it still counts as proven.
    pub email: Option<(String, bool)>,
    pub alternate: Option<Option<Alternate>>,
    /// Question and hash of the answer.
    pub question: Option<(Option<String>, Option<String>)>,
    pub claims: Option<Box<StandardClaims>>,
    pub second_step: Option<Option<FormerStep>>,
    /// Tags of recovery codes.
    pub codes: Option<Vec<String>>,
    /// What became of passkeys, in the order in which it is undone.
    pub passkeys: Vec<Former>,
    /// App, codes and passkeys that are gone come back; else only those go that came.
    pub brings_factors_back: bool,
    /// By site: what it had filed before, if anything.
    pub billing: BTreeMap<String, Option<[Vec<u8>; 4]>>,
}

/// `formers` begin with the newest. No address is restored on that address's word: an alternate one stays out, so
/// that neither side of the dispute holds the channel; the account's own comes back as its name, which the owner
/// knows it by, and proves nothing until it is proven anew.
pub fn roll_back(formers: impl IntoIterator<Item = Former>, word: Word<'_>) -> RollBack {
    let mut back = RollBack { brings_factors_back: word.brings_factors_back(), ..RollBack::default() };
    for former in formers {
        match former {
            Former::Nothing => {}
            Former::Email { address, verified } => back.email = Some((address, verified)),
            Former::Alternate { address, verified } => {
                back.alternate = Some(address.map(|address| Alternate { address, verified }));
            }
            Former::Question { question, answer_hash } => back.question = Some((question, answer_hash)),
            Former::Information { claims } => back.claims = Some(claims),
            Former::SecondStep { former } => {
                back.codes = Some(former.as_ref().map(|former| former.codes.clone()).unwrap_or_default());
                back.second_step = Some(former);
            }
            Former::NoPasskey { ref codes, .. } | Former::Passkey { ref codes, .. } => {
                back.codes = codes.clone().or(back.codes);
                back.passkeys.push(former);
            }
            Former::Billing { client_id, filed } => {
                back.billing.insert(client_id, filed);
            }
        }
    }
    if let Some((address, verified)) = &mut back.email
        && word.is_of(address)
    {
        *verified = false;
    }
    if let Some(Some(alternate)) = &back.alternate
        && word.is_of(&alternate.address)
    {
        back.alternate = Some(None);
    }
    back
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alternate(address: Option<&str>) -> Former {
        Former::Alternate { address: address.map(str::to_owned), verified: true }
    }

    #[test]
    fn the_oldest_of_several_changes_is_what_comes_back() {
        let back = roll_back(
            [alternate(Some("thief@evil.test")), alternate(Some("ann@home.test"))],
            Word::SignedIn { by_more: false },
        );
        let expected = Alternate { address: "ann@home.test".into(), verified: true };
        assert_eq!(back.alternate, Some(Some(expected)));
        assert_eq!(back.email, None, "what nobody changed stays as it is");
    }

    #[test]
    fn what_proves_the_account_comes_back_on_no_mailboxes_word() {
        for (word, brings) in [
            (Word::SignedIn { by_more: true }, true),
            (Word::SignedIn { by_more: false }, false),
            (Word::Mailbox("ann@acme.test"), false),
            (Word::Unknown, false),
        ] {
            assert_eq!(roll_back([], word).brings_factors_back, brings, "{word:?}");
        }
    }

    #[test]
    fn fx_04_no_address_comes_back_on_its_own_word() {
        let own = Word::Mailbox("Ann@HOME.test");
        assert_eq!(roll_back([alternate(Some("ann@home.test"))], own).alternate, Some(None));
        assert_eq!(roll_back([alternate(Some("ann@home.test"))], Word::Unknown).alternate, Some(None));
        let email = Former::Email { address: "ann@home.test".into(), verified: true };
        assert_eq!(roll_back([email.clone()], own).email, Some(("ann@home.test".into(), false)));
        let other = Word::Mailbox("ann@acme.test");
        assert_eq!(roll_back([email], other).email, Some(("ann@home.test".into(), true)));
        assert!(roll_back([alternate(Some("ann@home.test"))], other).alternate.flatten().is_some());
    }
}
