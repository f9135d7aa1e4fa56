//! Tables of older business systems: mapped, dry, all or nothing, and never half of the customers.
use customersource::import::{
    Extent, Mapping, Report, Unfit, What,
    actions::{Work, carry_out, look},
    decode, rows,
};
use testkit::{Engine, on_both_engines};

use crate::{
    house::{Browser, House},
    uploads::number,
};

on_both_engines![
    portal_rule_13_em_11_a_changed_address_ends_links_to_the_old_one_and_tells_it_and_no_way_leads_back,
    companies_profiles_and_plans_come_from_tables_and_let_people_in,
    postgresql_counts_the_rows_that_a_large_file_brings_and_plans_by_them,
    a_dry_run_tells_every_change_and_makes_none,
    one_wrong_row_stores_nothing_and_every_one_is_told,
    a_truncated_full_file_closes_nobody_and_a_whole_one_closes_who_is_gone,
    whoever_is_gone_from_a_full_file_is_out_at_once,
    a_company_that_is_closed_by_its_row_or_gone_from_a_full_file_takes_its_people_along,
    a_removed_row_is_told_and_written_down_like_a_removal_by_hand,
    a_wish_for_no_bulk_mail_comes_from_a_table_and_stays_when_a_table_does_not_say,
];

pub const MAP: &str = "source = \"gp\"\nencoding = \"windows-1252\"\n[columns]\nexternal_id = \"CUSTNMBR\"\nname = \"CUSTNAME\"\n\
                   state = \"INACTIVE\"\n[values.state]\n\"0\" = \"active\"\n\"1\" = \"closed\"\n";

pub async fn bring(
    house: &House,
    what: What,
    map: &str,
    bytes: &[u8],
    extent: Extent,
    is_dry: bool,
) -> Result<Report, Unfit> {
    let mapping = Mapping::parse(map)?;
    let rows = rows(&decode(bytes, mapping.encoding.as_deref())?, &mapping, what)?;
    let portal = &house.portal;
    let work = Work { db: &portal.db, clock: &portal.clock, desk: portal.desk() };
    let staged = look(&work, what, (&rows, &mapping), extent).await?;
    if is_dry { Ok(staged.report) } else { carry_out(&work, staged, &mut |_| true).await }
}

pub const FULL: Extent = Extent { is_full: true, let_go: 0 };
pub const PART: Extent = Extent { is_full: false, let_go: 0 };

pub fn companies(numbers: impl IntoIterator<Item = u32>) -> Vec<u8> {
    let mut bytes = b"CUSTNMBR,CUSTNAME,INACTIVE\r\n".to_vec();
    for number in numbers {
        bytes.extend(format!("GP-{number:03}   ,").into_bytes());
        bytes.extend(b"Padaria S\xe3o Jo\xe3o   ,0\r\n");
    }
    bytes
}

pub const PROFILES: &str = "external_id;company;first_name;last_name;email;bill_to\r\n\
     1;GP-001;Jo\u{e3}o;Souza;joao@padaria.example;1\r\n2;GP-001;Ana;Lima;ana@padaria.example;0\r\n";
pub const PLANS: &str = "company\tplan\tstarts_on\tends_on\tplan_category\tplan_name\tplan_rank\r\n\
     GP-001\tbrz\t01/01/2026\t31/12/2026\tservice\tBronze\t5\r\n";

async fn companies_profiles_and_plans_come_from_tables_and_let_people_in(house: House) {
    let report = bring(&house, What::Companies, MAP, &companies(1..=20), PART, false).await.unwrap();
    assert_eq!((report.rows, report.added, report.changed, report.closed), (20, 20, 0, 0));
    assert_eq!(report.lines[0], "+ GP-001 (Padaria São João)");
    let utf16: Vec<u8> =
        [0xff, 0xfe].into_iter().chain(PROFILES.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let report = bring(&house, What::Profiles, "source = \"gp\"", &utf16, PART, false).await.unwrap();
    assert_eq!(report.added, 2);
    let map = "source = \"gp\"\ndays = \"dmy\"";
    bring(&house, What::Plans, map, PLANS.as_bytes(), PART, false).await.unwrap();

    let mut joao = house.browser();
    joao.associate("joao", "joao@padaria.example").await;
    let home = joao.get("/").await;
    home.shows(200, "João Souza");
    home.shows(200, "Padaria São João");
    home.shows(200, "Bronze, until December 31, 2026");
    joao.get("/account/professionals").await.shows(200, "Ana Lima");

    // The same files again change nothing.
    let again = bring(&house, What::Companies, MAP, &companies(1..=20), FULL, false).await.unwrap();
    assert_eq!((again.unchanged, again.changed, again.closed), (20, 0, 0));
    let again = bring(&house, What::Plans, map, PLANS.as_bytes(), FULL, false).await.unwrap();
    assert_eq!((again.unchanged, again.added), (1, 0));
}

/// Else it takes an empty table for one that stayed so, and walks through all rows for each of them.
async fn postgresql_counts_the_rows_that_a_large_file_brings_and_plans_by_them(house: House) {
    let counted = async || match house.portal.db.is_sqlite() {
        true => None,
        false => Some(number(&house, "pg_class WHERE relname = 'organization' AND reltuples >= 1000").await),
    };
    assert!(counted().await.is_none_or(|tables| tables == 0));
    let report = bring(&house, What::Companies, MAP, &companies(1..=1_200), PART, false).await.unwrap();
    assert_eq!(report.added, 1_200);
    assert!(counted().await.is_none_or(|tables| tables == 1));
}

async fn a_dry_run_tells_every_change_and_makes_none(house: House) {
    bring(&house, What::Companies, MAP, &companies(1..=20), PART, false).await.unwrap();
    let before = house.dump().await;
    let text = "CUSTNMBR,CUSTNAME,INACTIVE\nGP-001,Padaria Nova,1\nGP-021,New,0\n";
    let report = bring(&house, What::Companies, MAP, text.as_bytes(), PART, true).await.unwrap();
    assert_eq!((report.added, report.changed, report.closed), (1, 1, 1));
    let name = "~ GP-001 (Padaria São João) name: Padaria São João → Padaria Nova";
    assert_eq!(report.lines, ["- GP-001 (Padaria São João)", name, "+ GP-021 (New)"]);
    assert_eq!(house.dump().await, before);
}

async fn one_wrong_row_stores_nothing_and_every_one_is_told(house: House) {
    bring(&house, What::Companies, MAP, &companies(1..=2), PART, false).await.unwrap();
    let before = house.dump().await;
    let text = "external_id,company,first_name,last_name,email,bill_to\n\
                1,GP-001,Ann,Lee,ann@padaria.example,0\n2,GP-001,B,C,no address,0\n3,GP-999,D,E,d@x.example,0\n4,GP-001,F,G,f@x.example,maybe\n";
    let error =
        bring(&house, What::Profiles, "source = \"gp\"", text.as_bytes(), PART, false).await.unwrap_err();
    let said = error.to_string();
    for part in ["line 3: ", "no address", "line 4: ", "GP-999", "line 5: bill_to: maybe"] {
        assert!(said.contains(part), "{part} in {said}");
    }
    assert!(!said.contains("line 2"), "{said}");
    let error =
        bring(&house, What::Companies, "source = \"gp\"", &companies(1..=2), PART, false).await.unwrap_err();
    assert!(error.to_string().contains("not UTF-8"), "{error}");
    assert_eq!(house.dump().await, before);
}

async fn a_truncated_full_file_closes_nobody_and_a_whole_one_closes_who_is_gone(house: House) {
    bring(&house, What::Companies, MAP, &companies(1..=20), PART, false).await.unwrap();
    let error = bring(&house, What::Companies, MAP, &companies(1..=17), FULL, false).await.unwrap_err();
    assert!(error.to_string().contains("3 of 20 companies would be closed"), "{error}");
    let empty = bring(&house, What::Companies, MAP, &companies([]), FULL, false).await.unwrap_err();
    assert!(empty.to_string().contains("20 of 20"), "{empty}");
    assert_eq!(house.count("organization", "closed").await, 1);
    let report = bring(&house, What::Companies, MAP, &companies(1..=18), FULL, false).await.unwrap();
    assert_eq!(
        (report.closed, report.lines.as_slice()),
        (2, ["GP-019", "GP-020"].map(|id| format!("- {id} (Padaria São João)")).as_slice())
    );
    let told = Extent { is_full: true, let_go: 8 };
    assert_eq!(bring(&house, What::Companies, MAP, &companies(1..=10), told, false).await.unwrap().closed, 8);
    // Other sources are none of its business.
    assert_eq!(house.count("organization", "closed").await, 11);
}

async fn whoever_is_gone_from_a_full_file_is_out_at_once(house: House) {
    bring(&house, What::Companies, MAP, &companies(1..=1), PART, false).await.unwrap();
    bring(&house, What::Profiles, "source = \"gp\"", PROFILES.as_bytes(), PART, false).await.unwrap();
    let mut ana: Browser<'_> = house.browser();
    ana.associate("ana", "ana@padaria.example").await;
    let text: String = PROFILES.lines().take(2).map(|line| format!("{line}\n")).collect();
    let told = Extent { is_full: true, let_go: 1 };
    let map = "source = \"gp\"";
    assert_eq!(bring(&house, What::Profiles, map, text.as_bytes(), told, false).await.unwrap().closed, 1);
    assert_eq!(house.count("association", "revoked").await, 1);
    assert!(ana.get("/account").await.leads_to().starts_with("/signin"));
    let mail = house.mail().await;
    assert!(mail.iter().any(|mail| mail.to == "ana@padaria.example"), "they are told");
    assert_eq!(house.deeds("import").await, 3);
}

pub const GP: &str = "source = \"gp\"";

async fn portal_rule_13_em_11_a_changed_address_ends_links_to_the_old_one_and_tells_it_and_no_way_leads_back(
    house: House,
) {
    bring(&house, What::Companies, MAP, &companies(1..=1), PART, false).await.unwrap();
    bring(&house, What::Profiles, GP, PROFILES.as_bytes(), PART, false).await.unwrap();
    let (mut joao, mut ana) = (house.browser(), house.browser());
    joao.associate("joao", "joao@padaria.example").await;
    ana.associate("ana", "ana@padaria.example").await;
    let invite = format!("/account/professionals/{}/invite", house.profile("2").await);
    joao.fill_in("/account/professionals", &invite, &[]).await.leads_to();
    let link = house.mail().await[0].link();

    let moved = PROFILES.replace("ana@padaria.example", "ana.lima@padaria.example");
    let before = house.dump().await;
    bring(&house, What::Profiles, GP, moved.as_bytes(), PART, true).await.unwrap();
    assert_eq!(house.dump().await, before, "a dry run revokes nothing");
    assert!(house.mail().await.is_empty(), "and writes to nobody");
    bring(&house, What::Profiles, GP, moved.as_bytes(), PART, false).await.unwrap();
    let mails = house.mail().await;
    assert_eq!((mails.len(), mails[0].to.as_str()), (1, "ana@padaria.example"), "{mails:?}");
    assert!(mails[0].subject.contains("was changed") && !mails[0].text.contains("ana.lima@"));
    house.browser().get(&link).await.shows(410, "This link was withdrawn");
    ana.get("/account").await.shows(200, "ana.lima@padaria.example");
    let dump = house.dump().await;
    let saved =
        dump["audit"].as_array().unwrap().iter().find(|line| line["action"] == "profile.saved").unwrap();
    assert_eq!(saved["actor"], "operator");
    for address in ["ana@padaria.example", "ana.lima@padaria.example"] {
        assert!(saved["detail"].to_string().contains(address), "{saved}");
    }
    // The old address again: the old link stays dead.
    bring(&house, What::Profiles, GP, PROFILES.as_bytes(), PART, false).await.unwrap();
    house.browser().get(&link).await.shows(410, "This link was withdrawn");
    assert_eq!(house.mail().await.len(), 1);
    // The same file once more is no change.
    bring(&house, What::Profiles, GP, PROFILES.as_bytes(), PART, false).await.unwrap();
    assert_eq!((house.mail().await.len(), house.deeds("profile.saved").await), (0, 2));
}

async fn a_company_that_is_closed_by_its_row_or_gone_from_a_full_file_takes_its_people_along(engine: Engine) {
    for by_row in [true, false] {
        let house = House::open(engine).await;
        bring(&house, What::Companies, MAP, &companies(1..=20), PART, false).await.unwrap();
        bring(&house, What::Profiles, GP, PROFILES.as_bytes(), PART, false).await.unwrap();
        let mut ana = house.browser();
        ana.associate("ana", "ana@padaria.example").await;
        if by_row {
            let text = "CUSTNMBR,CUSTNAME,INACTIVE\nGP-001,Padaria,1\n";
            bring(&house, What::Companies, MAP, text.as_bytes(), PART, false).await.unwrap();
        } else {
            bring(&house, What::Companies, MAP, &companies(2..=20), FULL, false).await.unwrap();
        }
        assert!(ana.get("/account").await.leads_to().starts_with("/signin"), "by row: {by_row}");
        assert_eq!(house.count("association", "revoked").await, 1);
        assert_eq!((house.deeds("company.closed").await, house.deeds("association.ended").await), (1, 1));
        let mails = house.mail().await;
        assert_eq!((mails.len(), mails[0].to.as_str()), (1, "ana@padaria.example"), "only who was in");
        // Opened again, it has its people, and none of them is in.
        bring(&house, What::Companies, MAP, &companies(1..=1), PART, false).await.unwrap();
        ana.sign_in("/account", "ana").await;
        assert_eq!(ana.get("/account").await.leads_to(), "/associate");
        assert!(house.current("1").await.is_admin);
    }
}

async fn a_removed_row_is_told_and_written_down_like_a_removal_by_hand(house: House) {
    bring(&house, What::Companies, MAP, &companies(1..=1), PART, false).await.unwrap();
    bring(&house, What::Profiles, GP, PROFILES.as_bytes(), PART, false).await.unwrap();
    let mut joao = house.browser();
    joao.associate("joao", "joao@padaria.example").await;
    let text = "external_id,company,first_name,last_name,email,bill_to,state\n\
                1,GP-001,Jo,Souza,joao@padaria.example,1,removed\n2,GP-001,Ana,Lima,ana@padaria.example,0,removed\n";
    let told = Extent { let_go: 2, ..PART };
    bring(&house, What::Profiles, GP, text.as_bytes(), told, false).await.unwrap();
    assert!(joao.get("/account").await.leads_to().starts_with("/signin"));
    let mails = house.mail().await;
    assert_eq!(
        (mails.len(), mails[0].to.as_str()),
        (1, "joao@padaria.example"),
        "who never came hears nothing"
    );
    assert_eq!((house.deeds("profile.removed").await, house.deeds("association.ended").await), (2, 1));
    assert!(!house.current("1").await.is_admin, "the mark goes with the profile");
    // Back on file, an administrator no more: that is the portal's business now (CS-42).
    bring(&house, What::Profiles, GP, PROFILES.as_bytes(), PART, false).await.unwrap();
    assert!(!house.current("1").await.is_active, "a file without the column says nothing of it");
    let back = text.replace(",removed", ",active");
    bring(&house, What::Profiles, GP, back.as_bytes(), PART, false).await.unwrap();
    let joao = house.current("1").await;
    assert!(joao.is_active && !joao.is_admin);
}

async fn a_wish_for_no_bulk_mail_comes_from_a_table_and_stays_when_a_table_does_not_say(house: House) {
    bring(&house, What::Companies, MAP, &companies(1..=1), PART, false).await.unwrap();
    let table = |wish: &str| {
        format!(
            "external_id;company;first_name;last_name;email;donotbulkemail\r\n1;GP-001;Ana;Lima;ana@padaria.example;{wish}\r\n"
        )
    };
    let map = "source = \"gp\"\n[columns]\nno_bulk_mail = \"donotbulkemail\"\n";
    let wish = async || {
        let dump = house.dump().await;
        let all = dump["profile"].as_array().unwrap();
        all.iter().find(|row| row["email"] == "ana@padaria.example").unwrap()["no_bulk_mail"]
            .as_bool()
            .unwrap()
    };
    for (said, is_wished, changed) in
        [("1", true, 0), ("", true, 0), ("yes", true, 0), ("0", false, 1), ("x", true, 1)]
    {
        let report = bring(&house, What::Profiles, map, table(said).as_bytes(), PART, false).await.unwrap();
        assert_eq!((wish().await, report.changed), (is_wished, changed), "{said}");
    }
    assert!(bring(&house, What::Profiles, map, table("maybe").as_bytes(), PART, false).await.is_err());
}
