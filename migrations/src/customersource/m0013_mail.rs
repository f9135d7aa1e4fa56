//! What became of each letter, why an invitation is undeliverable, and addresses that wait for their proof.
use migration_ground::{prelude::*, schema};

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0013_mail"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let why = Table::alter().table("invitation").add_column(schema::text_null("why")).to_owned();
        manager.alter_table(why).await?;
        mailings(manager).await?;
        new_addresses(manager).await
    }
}

/// One row a letter, under the name of its job in the outbox.
async fn mailings(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let states = ["queued", "sent", "given_up", "returned"];
    let table = Table::create()
        .table("mailing")
        .col(schema::uuid("id").primary_key())
        .col(schema::text("kind"))
        .col(schema::text("subject"))
        .col(schema::text("sent_to"))
        .col(schema::text("to_key"))
        .col(schema::uuid_null("profile_id"))
        .col(schema::uuid_null("invitation_id"))
        .col(schema::uuid_null("newsletter_id"))
        .col(schema::text("state").check(Expr::col("state").is_in(states)))
        .col(schema::text_null("why"))
        .col(schema::big_integer("made_at"))
        .col(schema::big_integer("state_at"))
        .to_owned();
    manager.create_table(table).await?;
    for column in ["to_key", "profile_id", "made_at"] {
        let name = format!("mailing_{column}");
        let index = Index::create().name(name).table("mailing").col(column).to_owned();
        manager.create_index(index).await?;
    }
    let waiting = Index::create()
        .name("mailing_waiting")
        .table("mailing")
        .col("id")
        .cond_where(Expr::col("state").eq("queued"))
        .to_owned();
    manager.create_index(waiting).await
}

/// The address that somebody wants for their own profile, until its mailbox has proved it.
async fn new_addresses(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("new_address")
        .col(schema::uuid("profile_id").primary_key())
        .col(schema::text("email"))
        .col(schema::text("email_key"))
        .col(schema::blob("digest").unique_key())
        .col(schema::text("iss"))
        .col(schema::text("sub"))
        .col(schema::big_integer("asked_at"))
        .col(schema::big_integer("expires_at"))
        .foreign_key(ForeignKey::create().from("new_address", "profile_id").to("profile", "id"))
        .to_owned();
    manager.create_table(table).await?;
    let over = Index::create().name("new_address_over").table("new_address").col("expires_at").to_owned();
    manager.create_index(over).await
}
