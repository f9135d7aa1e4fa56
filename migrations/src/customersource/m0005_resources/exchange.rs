//! The tables of newsletters, newsgroups and courses.
use migration_ground::{prelude::*, schema};

pub async fn newsletters(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("newsletter")
        .col(schema::uuid("id").primary_key())
        .col(schema::text_uniq("slug"))
        .col(schema::text("language"))
        .col(schema::text("name"))
        .col(schema::text("about"))
        .col(schema::text("rule"))
        .to_owned();
    manager.create_table(table).await?;
    let subscriptions = Table::create()
        .table("newsletter_subscription")
        .col(schema::uuid("newsletter_id"))
        .col(schema::uuid("profile_id"))
        .col(schema::big_integer("since"))
        .primary_key(Index::create().col("newsletter_id").col("profile_id"))
        .foreign_key(
            ForeignKey::create().from("newsletter_subscription", "newsletter_id").to("newsletter", "id"),
        )
        .foreign_key(ForeignKey::create().from("newsletter_subscription", "profile_id").to("profile", "id"))
        .to_owned();
    manager.create_table(subscriptions).await?;
    of_profile(manager, "newsletter_subscription").await
}

pub async fn newsgroups(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let groups = Table::create()
        .table("newsgroup")
        .col(schema::uuid("id").primary_key())
        .col(schema::text_uniq("slug"))
        .col(schema::text("language"))
        .col(schema::text("name"))
        .col(schema::text("about"))
        .col(schema::text("rule"))
        .col(schema::boolean("is_readonly"))
        .to_owned();
    manager.create_table(groups).await?;
    let threads = Table::create()
        .table("thread")
        .col(schema::uuid("id").primary_key())
        .col(schema::uuid("newsgroup_id"))
        .col(schema::text("subject"))
        .col(schema::boolean("is_locked"))
        .col(schema::big_integer("started_at"))
        .col(schema::big_integer("last_at"))
        .foreign_key(ForeignKey::create().from("thread", "newsgroup_id").to("newsgroup", "id"))
        .to_owned();
    manager.create_table(threads).await?;
    let newest =
        Index::create().name("thread_last").table("thread").col("newsgroup_id").col("last_at").to_owned();
    manager.create_index(newest).await?;
    let posts = Table::create()
        .table("post")
        .col(schema::uuid("id").primary_key())
        .col(schema::uuid("thread_id"))
        .col(schema::uuid_null("parent_id"))
        // As NNTP names it (RFC 5536 §3.1.3), so that such a door can follow.
        .col(schema::text_uniq("message_id"))
        .col(schema::uuid("author_profile_id"))
        .col(schema::text("body"))
        .col(schema::text("state").check(Expr::col("state").is_in(["visible", "hidden"])))
        .col(schema::big_integer("posted_at"))
        .foreign_key(ForeignKey::create().from("post", "thread_id").to("thread", "id"))
        .foreign_key(ForeignKey::create().from("post", "author_profile_id").to("profile", "id"))
        .to_owned();
    manager.create_table(posts).await?;
    let of_thread = Index::create().name("post_thread").table("post").col("thread_id").col("id").to_owned();
    manager.create_index(of_thread).await?;
    let watches = Table::create()
        .table("thread_watch")
        .col(schema::uuid("thread_id"))
        .col(schema::uuid("profile_id"))
        .primary_key(Index::create().col("thread_id").col("profile_id"))
        .foreign_key(ForeignKey::create().from("thread_watch", "thread_id").to("thread", "id"))
        .foreign_key(ForeignKey::create().from("thread_watch", "profile_id").to("profile", "id"))
        .to_owned();
    manager.create_table(watches).await?;
    of_profile(manager, "thread_watch").await
}

pub async fn courses(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let dates = Table::create()
        .table("course_date")
        .col(schema::uuid("id").primary_key())
        .col(schema::uuid("resource_id"))
        .col(schema::big_integer("starts_at"))
        .col(schema::big_integer("ends_at"))
        .col(schema::text("place"))
        .col(schema::integer("seats"))
        .check(Expr::cust("starts_at < ends_at"))
        .foreign_key(ForeignKey::create().from("course_date", "resource_id").to("resource", "id"))
        .to_owned();
    manager.create_table(dates).await?;
    let of_course = Index::create()
        .name("course_date_of")
        .table("course_date")
        .col("resource_id")
        .col("starts_at")
        .col("place")
        .unique()
        .to_owned();
    manager.create_index(of_course).await?;
    let enrolments = Table::create()
        .table("enrolment")
        .col(schema::uuid("course_date_id"))
        .col(schema::uuid("profile_id"))
        .col(schema::big_integer("enrolled_at"))
        .primary_key(Index::create().col("course_date_id").col("profile_id"))
        .foreign_key(ForeignKey::create().from("enrolment", "course_date_id").to("course_date", "id"))
        .foreign_key(ForeignKey::create().from("enrolment", "profile_id").to("profile", "id"))
        .to_owned();
    manager.create_table(enrolments).await?;
    of_profile(manager, "enrolment").await
}

/// What hangs on a profile ends with it, and is found by it.
async fn of_profile(manager: &SchemaManager<'_>, table: &'static str) -> Result<(), DbErr> {
    let index = Index::create().name(format!("{table}_profile")).table(table).col("profile_id").to_owned();
    manager.create_index(index).await
}
