//! What a link of the chain depends on.
use platform::secrets::Keyring;

use super::*;

fn line() -> Line {
    Line {
        seq: 7,
        at: Moment::from_unix_seconds(1_000),
        actor: "operator".into(),
        acting_profile: None,
        company: Some(Uuid::from_u128(1)),
        action: "staff.added".into(),
        target: "staff:x".into(),
        detail: "{}".into(),
    }
}

#[test]
fn every_field_and_the_line_before_are_part_of_a_link() {
    let mac = Keyring::from_bytes([3; 32]).mac("audit");
    let hash = line().link(&mac, &BEGINNING);
    assert!(line().is_linked(&mac, &BEGINNING, &hash));
    let changed = [
        Line { seq: 8, ..line() },
        Line { at: Moment::from_unix_seconds(1_001), ..line() },
        Line { actor: "clock".into(), ..line() },
        Line { acting_profile: Some(Uuid::from_u128(1)), company: None, ..line() },
        Line { company: None, ..line() },
        Line { action: "staff.addeds".into(), target: "taff:x".into(), ..line() },
        Line { detail: "{ }".into(), ..line() },
    ];
    for line in changed {
        assert!(!line.is_linked(&mac, &BEGINNING, &hash), "{line:?}");
    }
    assert!(!line().is_linked(&mac, &[1; 32], &hash), "another line before");
    let other = Keyring::from_bytes([4; 32]).mac("audit");
    assert!(!line().is_linked(&other, &BEGINNING, &hash), "made without our key");
}
