//! What a portal with many of everything is told: people and plans by the business system, articles by editors.
use std::{fmt::Write as _, path::Path};

use serde_json::json;

/// People and companies, as the business system tells them.
pub fn people(many: usize) -> serde_json::Value {
    let person = |id: &str, company: &str| {
        json!({"external_id": id, "company": company, "first_name": "Ann", "last_name": id,
               "email": format!("{id}@contoso.example")})
    };
    let each = |name: &str| (0..many).map(|number| format!("{name}-{number}")).collect::<Vec<_>>();
    let companies: Vec<_> = each("company")
        .iter()
        .map(|id| json!({"external_id": id, "name": format!("Company {id}")}))
        .collect();
    let mut plans = vec![json!({"code": "all", "category": "service", "name": "All", "rank": 1})];
    let mut entitlements = Vec::new();
    for (number, id) in each("plan").iter().enumerate() {
        plans.push(json!({"code": id, "category": "support", "name": id, "rank": number + 2}));
        entitlements.push(
            json!({"company": "contoso", "plan": id, "starts_on": "2026-01-01", "ends_on": "2027-01-01"}),
        );
    }
    let mut profiles = Vec::new();
    for name in ["member", "chief"] {
        profiles.extend(each(name).iter().map(|id| person(id, "contoso")));
    }
    for (number, id) in each("late-also").iter().chain(&each("many-also")).enumerate() {
        let company = format!("company-{}", number % many);
        entitlements.push(json!({"company": company, "plan": "all", "starts_on": format!("2026-01-{:02}", 1 + number / many), "ends_on": "2027-01-01"}));
        profiles.push(person(id, &company));
    }
    let staff: Vec<_> = each("helper")
        .iter()
        .map(|id| json!({"subject": id, "name": id, "role": "support"}))
        .chain([
            json!({"subject": "al", "name": "Al", "role": "approver"}),
            json!({"subject": "ed", "name": "Ed", "role": "editor"}),
        ])
        .collect();
    json!({"companies": companies, "plans": plans, "entitlements": entitlements, "profiles": profiles, "staff": staff})
}

/// Articles of every section, newsletters with issues, newsgroups.
pub fn folder(many: usize) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |path: String, text: &str| {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap_or(Path::new("/"))).unwrap();
        std::fs::write(path, text).unwrap();
    };
    let article = |place: String, number: usize, more: &str| {
        write(format!("{place}/resource.toml"), &format!("files = [\"a.txt\", \"b.txt\"]\n{more}"));
        for (language, title) in [("en-US", "How to post a journal"), ("pt-BR", "Como lançar um diário")] {
            let text = format!("# {title} {number}\n\nThe journal, in short.\n\nEvery journal is posted.\n");
            write(format!("{place}/{language}.md"), &text);
        }
        for name in ["a.txt", "b.txt"] {
            write(format!("{place}/{name}"), "A file.\n");
        }
    };
    for number in 0..many {
        for section in ["self-help", "product-updates", "documentation"] {
            article(format!("{section}/item-{number}"), number, "");
        }
        let mut dates = String::new();
        for day in 0..if number == 0 { many } else { 1 } {
            let day = day + 1;
            writeln!(
                dates,
                "[[dates]]\nstarts_at = \"2027-01-{day:02}T09:00\"\nends_at = \"2027-01-{day:02}T17:00\"\nplace = \"Online\"\nseats = 100"
            )
            .unwrap();
        }
        article(format!("training/item-{number}"), number, &dates);
        let letter = format!("newsletters/letter-{number}");
        write(
            format!("{letter}/newsletter.toml"),
            "language = \"en-US\"\nname = \"News\"\nabout = \"Once a month.\"\n",
        );
        for issue in 0..if number == 0 { many } else { 1 } {
            article(format!("{letter}/issue-{number}-{issue}"), issue, "");
        }
        write(
            format!("newsgroups/group-{number}/newsgroup.toml"),
            "language = \"en-US\"\nname = \"Group\"\nabout = \"Questions.\"\n",
        );
    }
    folder
}
