//! Every face of a locked thing.
use super::*;
use crate::organization::OrganizationId;

fn company(kind: Kind, region: &str) -> Organization {
    Organization {
        id: OrganizationId(uuid::Uuid::from_u128(1)),
        name: "Contoso".into(),
        kind,
        region: region.into(),
        is_active: true,
    }
}

fn plan(category: &str, rank: i32, ends_on: &str) -> Entitlement {
    Entitlement {
        plan_name: category.into(),
        category: category.into(),
        rank,
        is_active: true,
        starts_on: "2026-01-01".into(),
        ends_on: ends_on.into(),
    }
}

fn decided(rule: &Rule, organization: &Organization, entitlements: &[Entitlement]) -> Access {
    decide(rule, Some(&Reader { organization, entitlements, today: "2026-06-01" }))
}

#[test]
fn the_three_faces_are_anonymous_insufficient_and_allowed() {
    let rule = Rule { min_rank: Some(20), ..Rule::default() };
    let customer = company(Kind::Customer, "BR");
    assert_eq!(decide(&rule, None), Access::Anonymous);
    let basic = plan("service", 10, "2026-12-31");
    assert_eq!(
        decided(&rule, &customer, std::slice::from_ref(&basic)),
        Access::PlanInsufficient(Some(basic.clone()))
    );
    let premier = plan("support", 30, "2026-12-31");
    assert_eq!(decided(&rule, &customer, &[basic, premier.clone()]), Access::Allowed(Some(premier)));
}

#[test]
fn cs_02_a_plan_that_is_over_suffices_for_nothing() {
    let over = plan("support", 30, "2026-05-31");
    let customer = company(Kind::Customer, "");
    let access = decided(&Rule::default(), &customer, std::slice::from_ref(&over));
    assert_eq!(access, Access::PlanInsufficient(Some(over.clone())));
    // A high plan that is over does not lift a low one that runs.
    let low = plan("service", 10, "2026-12-31");
    let rule = Rule { min_rank: Some(20), ..Rule::default() };
    assert_eq!(decided(&rule, &customer, &[over, low.clone()]), Access::PlanInsufficient(Some(low)));
}

#[test]
fn a_rule_may_ask_for_one_of_several_kinds_of_plan() {
    let rule = Rule { categories: vec!["enhancement".into(), "support".into()], ..Rule::default() };
    let customer = company(Kind::Customer, "");
    assert!(decided(&rule, &customer, &[plan("support", 1, "2026-12-31")]).is_allowed());
    assert!(!decided(&rule, &customer, &[plan("service", 9, "2026-12-31")]).is_allowed());
}

#[test]
fn cs_03_place_decides_and_employees_work_everywhere() {
    let rule = Rule { regions: vec!["US".into(), " ca ".into()], ..Rule::default() };
    let plans = [plan("service", 1, "2026-12-31")];
    assert!(decided(&rule, &company(Kind::Customer, "us"), &plans).is_allowed());
    assert!(decided(&rule, &company(Kind::Partner, "CA"), &[]).is_allowed());
    for elsewhere in ["BR", ""] {
        assert_eq!(decided(&rule, &company(Kind::Customer, elsewhere), &plans), Access::Elsewhere);
        assert_eq!(decided(&rule, &company(Kind::Partner, elsewhere), &[]), Access::Elsewhere);
        assert!(decided(&rule, &company(Kind::Employee, elsewhere), &[]).is_allowed());
    }
}

#[test]
fn cs_04_partners_and_employees_need_no_plan_and_see_what_is_theirs() {
    let partners = Rule { kinds: vec![Kind::Partner], min_rank: Some(99), ..Rule::default() };
    assert_eq!(decided(&partners, &company(Kind::Partner, ""), &[]), Access::Allowed(None));
    assert_eq!(decided(&partners, &company(Kind::Employee, ""), &[]), Access::Allowed(None));
    let plans = [plan("support", 99, "2026-12-31")];
    assert_eq!(decided(&partners, &company(Kind::Customer, ""), &plans), Access::OtherAudience);
    let employees = Rule { kinds: vec![Kind::Employee], ..Rule::default() };
    assert_eq!(decided(&employees, &company(Kind::Partner, ""), &[]), Access::OtherAudience);
}
