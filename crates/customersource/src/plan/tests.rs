//! Who may come in on which day.
use super::*;

/// Noon in UTC.
fn noon(day: &str) -> Today {
    let mut parts = day.split('-').map(|part| part.parse::<i32>().unwrap());
    let (year, month, day) = (parts.next().unwrap(), parts.next().unwrap(), parts.next().unwrap());
    let at = Moment::of_calendar((year, month as u8, day as u8), (12, 0, 0)).unwrap();
    Today::at(&Zone::utc(), at)
}

fn plan(name: &str, rank: i32, starts_on: &str, ends_on: &str) -> Entitlement {
    Entitlement {
        plan_name: name.into(),
        category: "service".into(),
        rank,
        is_active: true,
        starts_on: starts_on.into(),
        ends_on: ends_on.into(),
    }
}

#[test]
fn cs_02_a_plan_opens_on_its_first_day_and_closes_a_day_after_its_last() {
    let plans = [plan("Basic", 1, "2026-01-10", "2026-12-31")];
    let granted = |today| matches!(decide(Kind::Customer, &plans, &noon(today)), Coverage::Granted(_));
    assert!(!granted("2026-01-09"));
    assert!(granted("2026-01-10"));
    assert!(granted("2026-12-31"));
    // A day of grace, and no more.
    assert!(granted("2027-01-01"));
    assert!(!granted("2027-01-02"));
}

#[test]
fn cs_02_a_renewed_plan_opens_again_beside_the_old_one() {
    let plans = [plan("Old", 1, "2025-01-01", "2025-12-31"), plan("New", 1, "2026-11-01", "2027-10-31")];
    assert_eq!(decide(Kind::Customer, &plans, &noon("2026-05-01")), Coverage::Lapsed(Some(plans[1].clone())));
    assert_eq!(
        decide(Kind::Customer, &plans, &noon("2026-11-01")),
        Coverage::Granted(Some(plans[1].clone()))
    );
}

#[test]
fn the_best_running_plan_is_named() {
    let plans =
        [plan("Basic", 1, "2026-01-01", "2027-12-31"), plan("Premium", 3, "2026-01-01", "2026-12-31")];
    assert_eq!(
        decide(Kind::Customer, &plans, &noon("2026-06-01")),
        Coverage::Granted(Some(plans[1].clone()))
    );
}

#[test]
fn a_cancelled_plan_opens_nothing_and_is_named() {
    let cancelled = Entitlement { is_active: false, ..plan("Basic", 1, "2026-01-01", "2026-12-31") };
    assert_eq!(
        decide(Kind::Customer, std::slice::from_ref(&cancelled), &noon("2026-06-01")),
        Coverage::Lapsed(Some(cancelled.clone()))
    );
    assert_eq!(decide(Kind::Customer, &[], &noon("2026-06-01")), Coverage::Lapsed(None));
}

#[test]
fn cs_04_partners_and_employees_need_no_plan() {
    for kind in [Kind::Partner, Kind::Employee] {
        assert_eq!(decide(kind, &[], &noon("2026-06-01")), Coverage::Granted(None));
    }
}

#[test]
fn a_last_day_ends_at_midnight_where_the_company_is_and_a_day_of_grace_later() {
    let plans = [plan("Basic", 1, "2026-01-10", "2026-12-31")];
    let seattle = Zone::named("America/Los_Angeles").unwrap();
    let granted = |zone: &Zone, day: u8, hour: u8, minute: u8| {
        let at = Moment::of_calendar((2027, 1, day), (hour, minute, 0)).unwrap();
        matches!(decide(Kind::Customer, &plans, &Today::at(zone, at)), Coverage::Granted(_))
    };
    // Midnight of January 1 in Seattle is 08:00 UTC; a day later the grace is over.
    assert!(granted(&seattle, 1, 0, 1) && granted(&seattle, 1, 8, 0) && granted(&seattle, 2, 7, 59));
    assert!(!granted(&seattle, 2, 8, 0));
    assert!(granted(&Zone::utc(), 1, 23, 59) && !granted(&Zone::utc(), 2, 0, 0));
    // In São Paulo the first day begins three hours after it does in UTC.
    let paulo = Zone::named("America/Sao_Paulo").unwrap();
    let begun = |zone: &Zone, hour: u8| {
        let at = Moment::of_calendar((2026, 1, 10), (hour, 59, 0)).unwrap();
        matches!(decide(Kind::Customer, &plans, &Today::at(zone, at)), Coverage::Granted(_))
    };
    assert!(begun(&Zone::utc(), 0) && !begun(&paulo, 2) && begun(&paulo, 3));
}
