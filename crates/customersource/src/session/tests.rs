//! How long a session lasts, by its settings.
use super::*;

#[test]
fn cs_33_thirty_minutes_idle_and_eight_hours_in_all_are_the_default() {
    let lifetime = Lifetime::from(&config::Portal::default());
    assert_eq!(lifetime.idle, Duration::from_secs(30 * 60));
    assert_eq!(lifetime.absolute, Duration::from_secs(8 * 3600));
}
