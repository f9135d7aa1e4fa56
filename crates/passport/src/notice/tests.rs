//! Who is told: every address once, the lost ones too while they can still undo.
use platform::{clock::Moment, language::Language};

use super::*;
use crate::{
    account::{AccountId, State},
    link::{LinkId, Purpose},
};

fn account() -> Account {
    let now = Moment::from_unix_seconds(0);
    Account {
        is_admin: false,
        epoch: 0,
        id: AccountId(uuid::Uuid::nil()),
        email: "new@acme.test".into(),
        email_verified: true,
        state: State::Active,
        claims: StandardClaims::default(),
        language: Language::EnUs,
        question: None,
        alternate_email: Some("other@acme.test".into()),
        created_at: now,
        updated_at: now,
        signed_in_at: None,
    }
}

fn link(former: &Former) -> Link {
    let now = Moment::from_unix_seconds(0);
    Link {
        id: LinkId(uuid::Uuid::nil()),
        account: AccountId(uuid::Uuid::nil()),
        purpose: Purpose::NotMe,
        detail: serde_json::to_string(former).unwrap(),
        created_at: now,
        ends_at: now,
    }
}

#[test]
fn an_address_that_was_lost_is_told_as_long_as_it_can_undo() {
    let lost = link(&Former::Email { address: "Old@acme.test".into(), verified: true });
    let again = link(&Former::Email { address: "old@ACME.test".into(), verified: true });
    let none = link(&Former::Nothing);
    assert_eq!(
        addresses(&account(), &[lost, again, none], Some("OTHER@acme.test")),
        ["new@acme.test", "other@acme.test", "Old@acme.test"]
    );
}

#[test]
fn what_was_replaced_survives_being_stored() {
    let claims = StandardClaims { birthdate: Some("1970-01-02".into()), ..StandardClaims::default() };
    for former in [
        Former::Nothing,
        Former::Email { address: "a@b.test".into(), verified: false },
        Former::Alternate { address: None },
        Former::Question { question: Some("Who?".into()), answer_hash: None },
        Former::Information { claims: Box::new(claims) },
    ] {
        let stored = serde_json::to_string(&former).unwrap();
        assert_eq!(serde_json::from_str::<Former>(&stored).unwrap(), former);
    }
}
