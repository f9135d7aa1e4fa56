//! A backup of the portal, put back somewhere else: links and sessions that were ended meanwhile stay ended, and the
//! audit's chain is read to its end.
use std::collections::BTreeSet;

use customersource::command::{AuditChain, half};
use testkit::{
    Engine, Town,
    engine::Ground,
    on_both_engines,
    shelf::{Shelf, Wanted},
    town::ANN,
};

on_both_engines![
    what_was_ended_after_a_backup_stays_ended_when_it_is_put_back,
    a_backup_whose_audit_was_changed_is_not_put_back,
];

fn shelf(town: &Town) -> Shelf {
    Shelf::new(half(), &town.portal().settings.database, &town.clock)
}

async fn count(ground: &Ground, from: &str) -> i64 {
    ground.count(&format!("SELECT COUNT(*) FROM {from}")).await
}

async fn what_was_ended_after_a_backup_stays_ended_when_it_is_put_back(engine: Engine) {
    let town = Town::open(engine).await;
    town.browser().associate(&town, "ann@mail.test", ANN).await;
    let before = &town.neighbour().ground;
    // Somebody else's link is on its way.
    before
        .execute("UPDATE invitation SET state = 'pending', accepted_at = NULL, accepted_iss = NULL, accepted_sub = NULL")
        .await;
    assert_eq!(count(before, "portal_session").await, 1);
    let (shelf, ground) = (shelf(&town), Ground::empty(engine).await);
    let manifest = shelf.take(&town.portal().db, "one").await.unwrap();
    let proven = shelf.read("one", &ground, Wanted::Verify, AuditChain).await.unwrap();
    assert_eq!(proven, [format!("The audit's {} lines are unbroken.", manifest.tables["audit"])]);
    shelf.read("one", &ground, Wanted::Restore, AuditChain).await.unwrap();
    assert_eq!(count(&ground, "portal_session").await, 0);
    assert_eq!(count(&ground, "invitation WHERE state = 'pending'").await, 0);
    for stays in ["profile", "association WHERE state = 'active'", "audit", "entitlement"] {
        assert_eq!(count(&ground, stays).await, count(before, stays).await, "{stays}");
    }
    town.leave_mail();
}

async fn a_backup_whose_audit_was_changed_is_not_put_back(engine: Engine) {
    let town = Town::open(engine).await;
    town.browser().associate(&town, "ann@mail.test", ANN).await;
    // The table takes no change; whoever owns the database does.
    let trigger = if engine == Engine::Sqlite { "audit_unchanged" } else { "audit_unchanged ON audit" };
    town.neighbour().ground.execute(&format!("DROP TRIGGER {trigger}")).await;
    town.neighbour().ground.execute("UPDATE audit SET actor = 'somebody else' WHERE seq = 1").await;
    let (shelf, ground) = (shelf(&town), Ground::empty(engine).await);
    shelf.take(&town.portal().db, "one").await.unwrap();
    for wanted in [Wanted::Verify, Wanted::Restore, Wanted::Restore] {
        let told = shelf.read("one", &ground, wanted, AuditChain).await.unwrap_err();
        assert!(told.contains("the audit's chain is broken at line 1"), "{told}");
    }
    town.leave_mail();
}

#[tokio::test(flavor = "multi_thread")]
async fn of_every_table_it_is_said_whether_an_older_copy_of_it_ends() {
    /// What people and their business system said, and what happened: as it was then.
    const STAYS: [&str; 52] = [
        "admin_case",
        "association",
        "audit",
        "blob_chunk",
        "blob_idle",
        "budget",
        "bulk",
        "bulk_line",
        "claim",
        "course_date",
        "difference",
        "enrolment",
        "entitlement",
        "former_key",
        "import_run",
        "issue_figures",
        "mailing",
        "maintenance",
        "newsgroup",
        "newsletter",
        "newsletter_subscription",
        "organization",
        "outbox",
        "plan",
        "post",
        "profile",
        "public_url",
        "resource",
        "resource_file",
        "resource_text",
        "seaql_migrations",
        "search_entry",
        "search_entry_config",
        "search_entry_content",
        "search_entry_data",
        "search_entry_docsize",
        "search_entry_idx",
        "search_row",
        "search_scheme",
        "search_text",
        "search_text_config",
        "search_text_content",
        "search_text_data",
        "search_text_docsize",
        "search_text_idx",
        "search_word",
        "spent",
        "staff",
        "thread",
        "thread_read",
        "thread_watch",
        "used_once",
    ];
    let town = Town::open(Engine::Sqlite).await;
    let manifest = shelf(&town).take(&town.portal().db, "one").await.unwrap();
    let said: BTreeSet<&str> = STAYS.into_iter().chain(half().ends.iter().map(|ends| ends.table)).collect();
    assert_eq!(manifest.tables.keys().map(String::as_str).collect::<BTreeSet<_>>(), said);
}
