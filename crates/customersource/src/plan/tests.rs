//! Who may come in on which day.
use super::*;

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
fn cs_02_a_plan_opens_on_its_first_day_and_closes_after_its_last() {
    let plans = [plan("Basic", 1, "2026-01-10", "2026-12-31")];
    let granted = |today| matches!(decide(Kind::Customer, &plans, today), Access::Granted(_));
    assert!(!granted("2026-01-09"));
    assert!(granted("2026-01-10"));
    assert!(granted("2026-12-31"));
    assert!(!granted("2027-01-01"));
}

#[test]
fn cs_02_a_renewed_plan_opens_again_beside_the_old_one() {
    let plans = [plan("Old", 1, "2025-01-01", "2025-12-31"), plan("New", 1, "2026-11-01", "2027-10-31")];
    assert_eq!(decide(Kind::Customer, &plans, "2026-05-01"), Access::Lapsed(Some(plans[1].clone())));
    assert_eq!(decide(Kind::Customer, &plans, "2026-11-01"), Access::Granted(Some(plans[1].clone())));
}

#[test]
fn the_best_running_plan_is_named() {
    let plans =
        [plan("Basic", 1, "2026-01-01", "2027-12-31"), plan("Premium", 3, "2026-01-01", "2026-12-31")];
    assert_eq!(decide(Kind::Customer, &plans, "2026-06-01"), Access::Granted(Some(plans[1].clone())));
}

#[test]
fn a_cancelled_plan_opens_nothing_and_is_named() {
    let cancelled = Entitlement { is_active: false, ..plan("Basic", 1, "2026-01-01", "2026-12-31") };
    assert_eq!(
        decide(Kind::Customer, std::slice::from_ref(&cancelled), "2026-06-01"),
        Access::Lapsed(Some(cancelled.clone()))
    );
    assert_eq!(decide(Kind::Customer, &[], "2026-06-01"), Access::Lapsed(None));
}

#[test]
fn cs_04_partners_and_employees_need_no_plan() {
    for kind in [Kind::Partner, Kind::Employee] {
        assert_eq!(decide(kind, &[], "2026-06-01"), Access::Granted(None));
    }
}
