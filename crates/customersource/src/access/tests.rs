//! Every face of a locked thing.
use platform::{clock::Moment, day::Zone};

use super::*;
use crate::company::CompanyId;

fn company(kind: Kind, region: &str) -> Company {
    Company {
        id: CompanyId(uuid::Uuid::from_u128(1)),
        name: "Contoso".into(),
        kind,
        region: region.into(),
        products: vec!["GP".into()],
        time_zone: String::new(),
        is_active: true,
        second_step_from: None,
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

/// 2026-06-01, noon.
fn june() -> Today {
    Today::at(&Zone::utc(), Moment::of_calendar((2026, 6, 1), (12, 0, 0)).unwrap())
}

fn decided(rule: &Rule, company: &Company, entitlements: &[Entitlement]) -> Access {
    let reader = Reader { company, entitlements, is_administrator: false, is_proven: true, today: &june() };
    decide(rule, Some(&reader))
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
    let over = plan("support", 30, "2026-05-30");
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

#[test]
fn a_product_is_asked_of_customers_alone() {
    let runs = [plan("support", 30, "2026-12-31")];
    let rule = |product: &str| Rule { products: vec![product.into()], ..Rule::default() };
    assert!(decided(&rule("gp"), &company(Kind::Customer, ""), &runs).is_allowed());
    assert_eq!(decided(&rule("NAV"), &company(Kind::Customer, ""), &runs), Access::OtherAudience);
    assert!(decided(&rule("NAV"), &company(Kind::Partner, ""), &[]).is_allowed());
}

#[test]
fn what_is_for_administrators_is_for_no_other_customer() {
    let runs = [plan("support", 30, "2026-12-31")];
    let rule = Rule { administrators: true, ..Rule::default() };
    let customer = company(Kind::Customer, "");
    assert_eq!(decided(&rule, &customer, &runs), Access::OtherAudience);
    let administrator = Reader {
        company: &customer,
        entitlements: &runs,
        is_administrator: true,
        is_proven: true,
        today: &june(),
    };
    assert!(decide(&rule, Some(&administrator)).is_allowed());
    assert!(decided(&rule, &company(Kind::Employee, ""), &[]).is_allowed());
}

#[test]
fn a_rule_comes_back_out_of_its_column_and_a_broken_one_is_none() {
    let rule =
        Rule { min_rank: Some(2), kinds: vec![Kind::Partner], regions: vec!["BR".into()], ..Rule::default() };
    assert_eq!(Rule::of_text(&rule.to_text()), Some(rule));
    assert_eq!(Rule::of_text("{}"), Some(Rule::default()));
    for broken in ["", "[]", r#"{"min_rank": "x"}"#, r#"{"everybody": true}"#] {
        assert_eq!(Rule::of_text(broken), None, "{broken}");
    }
}

#[test]
fn a_companys_own_time_zone_comes_first_then_its_regions_then_the_portals() {
    let zones = [("BR".to_owned(), "America/Sao_Paulo".to_owned())].into();
    let places = Places::new(&[], "Europe/Berlin", &zones);
    let zone = |region: &str, own: &str| {
        places.zone_of(&Company { time_zone: own.into(), ..company(Kind::Customer, region) })
    };
    let named = |name| Zone::named(name).unwrap();
    assert_eq!(zone(" br ", ""), named("America/Sao_Paulo"));
    assert_eq!(zone("BR", "America/Manaus"), named("America/Manaus"));
    assert_eq!(zone("US", ""), named("Europe/Berlin"));
}

#[test]
fn an_issue_is_for_whom_its_newsletter_is_for_and_never_stores_that() {
    let partners = Rule { kinds: vec![Kind::Partner], ..Rule::default() };
    let high = Rule { min_rank: Some(20), ..Rule::default() };
    let customer = company(Kind::Customer, "BR");
    let basic = plan("service", 10, "2026-12-31");
    let face = |rule: &Rule| decided(rule, &customer, std::slice::from_ref(&basic));
    assert_eq!(face(&Rule::default().under(partners.clone())), Access::OtherAudience);
    assert_eq!(face(&partners.clone().under(Rule::default())), Access::OtherAudience);
    assert_eq!(face(&Rule::default().under(high)), Access::PlanInsufficient(Some(basic.clone())));
    assert!(face(&Rule::default().under(Rule::default())).is_allowed());
    assert_eq!(partners.clone().under(Rule::default()).to_text(), partners.to_text());
}
