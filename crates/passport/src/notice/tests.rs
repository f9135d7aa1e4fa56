//! Who is told: every address once, the lost ones too while they can still undo.
use platform::clock::Moment;

use super::*;
use crate::{
    account::{AccountId, Alternate},
    link::{LinkId, Purpose},
};

fn account() -> Account {
    Account {
        email: "new@acme.test".into(),
        alternate: Some(Alternate { address: "other@acme.test".into(), verified: true }),
        ..Account::sample()
    }
}

fn link(former: &Former) -> Link {
    let now = Moment::from_unix_seconds(0);
    Link {
        id: LinkId(uuid::Uuid::nil()),
        account: AccountId(uuid::Uuid::nil()),
        purpose: Purpose::NotMe,
        detail: serde_json::to_string(&Told { former: former.clone(), ..Told::default() }).unwrap(),
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
        Former::Alternate { address: None, verified: false },
        Former::Billing { client_id: "shop".into(), filed: Some(Default::default()) },
        Former::Question { question: Some("Who?".into()), answer_hash: None },
        Former::Information { claims: Box::new(claims) },
    ] {
        let told = Told { former, to: Some("a@b.test".into()), ..Told::default() };
        assert_eq!(Told::read(&serde_json::to_string(&told).unwrap()), told);
    }
}

#[test]
fn an_alternate_address_that_was_never_proven_is_not_written_to() {
    let mut account = account();
    account.alternate = Some(Alternate { address: "other@acme.test".into(), verified: false });
    let typed = link(&Former::Alternate { address: Some("typed@acme.test".into()), verified: false });
    assert_eq!(addresses(&account, &[typed], None), ["new@acme.test"]);
    account.email = "passport-x@renamed.invalid".into();
    assert!(addresses(&account, &[], None).is_empty(), "nor is a name that we gave");
}

#[test]
fn a_link_of_before_is_read_without_its_address() {
    let told = Told::read(r#"{"what":"alternate","address":"a@b.test"}"#);
    let former = Former::Alternate { address: Some("a@b.test".into()), verified: false };
    assert_eq!(told, Told { former, ..Told::default() });
    assert_eq!(Told::read("{}"), Told::default());
}
