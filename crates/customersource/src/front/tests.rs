//! What of the rows stands on the home page.
use super::*;

fn row(kind: Kind, id: u128, language: &str, rule: Option<Rule>) -> Row {
    let line = Line {
        kind,
        id: Uuid::from_u128(id),
        slug: "x".into(),
        title: format!("{id} {language}"),
        language: language.into(),
        about: String::new(),
        at: Moment::from_unix_seconds(1),
    };
    Row { line, product: String::new(), rule }
}

fn titles(rows: Vec<Row>, language: Language) -> Vec<String> {
    let may = |rule: &Rule| !rule.administrators;
    lines(rows, &[], language, may).into_iter().map(|line| line.title).collect()
}

#[test]
fn each_thing_stands_once_and_in_the_readers_language() {
    let open = || Some(Rule::default());
    let rows = || {
        vec![
            row(Kind::Update, 1, "en-US", open()),
            row(Kind::Update, 1, "pt-BR", open()),
            row(Kind::Update, 2, "en-US", open()),
        ]
    };
    assert_eq!(titles(rows(), Language::PtBr), ["1 pt-BR", "2 en-US"]);
    assert_eq!(titles(rows(), Language::EnUs), ["1 en-US", "2 en-US"]);
}

#[test]
fn what_somebody_may_not_read_takes_no_place() {
    let closed = || Some(Rule { administrators: true, ..Rule::default() });
    let mut rows: Vec<_> = (0..9).map(|id| row(Kind::Thread, id, "en-US", closed())).collect();
    rows.push(row(Kind::Thread, 10, "en-US", None));
    rows.extend((20..30).map(|id| row(Kind::Thread, id, "en-US", Some(Rule::default()))));
    rows.push(row(Kind::Course, 40, "en-US", Some(Rule::default())));
    let expected = ["20 en-US", "21 en-US", "22 en-US", "23 en-US", "24 en-US", "40 en-US"];
    assert_eq!(titles(rows, Language::EnUs), expected);
}

#[test]
fn updates_for_other_products_are_left_out() {
    let of = |id, product: &str| Row {
        product: product.into(),
        ..row(Kind::Update, id, "en-US", Some(Rule::default()))
    };
    let rows = || vec![of(1, "GP"), of(2, "NAV"), of(3, "")];
    let ids = |products: &[String]| -> Vec<u128> {
        lines(rows(), products, Language::EnUs, |_| true).iter().map(|line| line.id.as_u128()).collect()
    };
    assert_eq!(ids(&["gp".to_owned()]), [1, 3]);
    assert_eq!(ids(&[]), [1, 2, 3]);
}
