//! Indices for the sweeps, which find what is over by its time, and for clients that go with all that they hold.
use migration_ground::prelude::*;

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0011_sweeps"
    }
}

/// Index, table, column.
const INDICES: [(&str, &str, &str); 13] = [
    ("session_ends", "session", "ends_at"),
    ("grants_ends", "grants", "ends_at"),
    ("grants_client", "grants", "client_id"),
    ("pushed_request_ends", "pushed_request", "ends_at"),
    ("link_ends", "link", "ends_at"),
    ("recovery_ends", "recovery", "ends_at"),
    ("event_at", "event", "at"),
    ("used_once_ends", "used_once", "ends_at"),
    ("device_request_ends", "device_request", "ends_at"),
    ("automatic_sign_in_ends", "automatic_sign_in", "ends_at"),
    ("computer_seen", "computer", "seen_at"),
    ("client_document_read", "client_document", "read_at"),
    ("budget_ends", "budget", "ends_at"),
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (name, table, column) in INDICES {
            let index = Index::create().name(name).table(table).col(column).to_owned();
            manager.create_index(index).await?;
        }
        Ok(())
    }
}
