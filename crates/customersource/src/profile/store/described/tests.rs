//! Who decides a field.
use uuid::Uuid;

use super::*;

fn said() -> Described<'static> {
    Described {
        company: CompanyId(Uuid::from_u128(1)),
        source: "gp",
        external_id: "1",
        first_name: "Ana",
        last_name: "Lima",
        email: "ana@x.example",
        email_key: "ana@x.example",
        is_bill_to: None,
        is_admin: false,
        is_active: None,
        no_bulk_mail: None,
    }
}

fn known() -> entity::Model {
    said().added(ProfileId(Uuid::from_u128(2)))
}

#[test]
fn what_says_the_same_changes_nothing() {
    let merged = said().onto(&known());
    assert_eq!((merged.after, merged.differs), (known(), vec![]));
}

#[test]
fn a_field_that_nobody_changed_here_is_the_business_systems() {
    let merged = Described { email: "Ana@y.example", email_key: "ana@y.example", ..said() }.onto(&known());
    assert_eq!(
        (merged.after.email.as_str(), merged.after.email_key.as_str()),
        ("Ana@y.example", "ana@y.example")
    );
    assert_eq!((merged.after.version, merged.differs), (2.into(), vec![]));
}

#[test]
fn a_field_that_somebody_changed_here_stays_until_both_say_the_same() {
    let ours = entity::Model { first_name: "Anna".into(), held: "first_name".into(), ..known() };
    let merged = said().onto(&ours);
    assert_eq!((merged.after.first_name.as_str(), merged.after.version), ("Anna", 1.into()));
    assert_eq!(merged.differs, [(Field::FirstName, "Ana".to_owned())]);
    let agreed = Described { first_name: "Anna", ..said() }.onto(&ours);
    assert_eq!((agreed.after.held.as_str(), agreed.differs), ("", vec![]));
    let again = said().onto(&agreed.after);
    assert_eq!(again.after.first_name, "Ana", "it is the business system's again");
}

#[test]
fn who_was_removed_here_stays_removed_and_who_was_only_left_out_is_back() {
    let removed = entity::Model { state: Stored::Removed, held: "state".into(), ..known() };
    for is_active in [None, Some(true)] {
        let merged = Described { is_active, ..said() }.onto(&removed);
        assert_eq!((merged.after.state, merged.differs.len()), (Stored::Removed, 1), "{is_active:?}");
    }
    let agreed = Described { is_active: Some(false), ..said() }.onto(&removed);
    assert_eq!((agreed.after.held.as_str(), agreed.differs.len()), ("", 0));
    let left_out = entity::Model { state: Stored::Removed, left_out: true, ..known() };
    assert_eq!(said().onto(&left_out).after.state, Stored::Active);
    let by_file = entity::Model { state: Stored::Removed, ..known() };
    assert_eq!(said().onto(&by_file).after.state, Stored::Removed, "a column that is not there says nothing");
}
