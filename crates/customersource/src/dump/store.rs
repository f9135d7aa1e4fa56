//! The queries of the dump. What a row may not tell (digests, sealed tokens) its entity leaves out.
use platform::Fault;
use sea_orm::{ConnectionTrait, EntityTrait, QueryOrder as _, Select};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::{claim, company, profile, session};

/// Every table by name, its rows in the order of what identifies them.
pub async fn all(db: &impl ConnectionTrait) -> Result<Value, Fault> {
    let mut tables = Map::new();
    let mut add = |name: &str, rows: Vec<Value>| tables.insert(name.to_owned(), Value::Array(rows));
    {
        use company::entity::{Column, Entity};
        add("organization", rows(db, Entity::find().order_by_asc(Column::Id)).await?);
    }
    {
        use crate::plan::entity::{entitlement, plan};
        add("plan", rows(db, plan::Entity::find().order_by_asc(plan::Column::Code)).await?);
        let found = entitlement::Entity::find().order_by_asc(entitlement::Column::Id);
        add("entitlement", rows(db, found).await?);
    }
    {
        use profile::entity::{Column, Entity};
        add("profile", rows(db, Entity::find().order_by_asc(Column::Id)).await?);
    }
    {
        use crate::difference::entity::{Column, Entity};
        add("difference", rows(db, Entity::find().order_by_asc(Column::Id)).await?);
    }
    {
        use crate::import::entity::{Column, Entity};
        add("import_run", rows(db, Entity::find().order_by_asc(Column::Id)).await?);
    }
    {
        use crate::association::entity::{association, invitation};
        let found = invitation::Entity::find().order_by_asc(invitation::Column::Id);
        add("invitation", rows(db, found).await?);
        let found = association::Entity::find().order_by_asc(association::Column::Id);
        add("association", rows(db, found).await?);
    }
    {
        use crate::mailing::entity::{Column, Entity};
        add("mailing", rows(db, Entity::find().order_by_asc(Column::Id)).await?);
    }
    {
        use crate::address::entity::{Column, Entity};
        add("new_address", rows(db, Entity::find().order_by_asc(Column::ProfileId)).await?);
    }
    {
        use claim::entity::{Column, Entity};
        add("claim", rows(db, Entity::find().order_by_asc(Column::Id)).await?);
    }
    {
        use crate::bulk::entity::{bulk, line};
        add("bulk", rows(db, bulk::Entity::find().order_by_asc(bulk::Column::Id)).await?);
        let found = line::Entity::find();
        let found = found.order_by_asc(line::Column::BulkId).order_by_asc(line::Column::Number);
        add("bulk_line", rows(db, found).await?);
    }
    {
        use crate::admin_case::entity::{Column, Entity};
        add("admin_case", rows(db, Entity::find().order_by_asc(Column::Id)).await?);
    }
    {
        use crate::maintenance::entity::{Column, Entity};
        add("maintenance", rows(db, Entity::find().order_by_asc(Column::Id)).await?);
    }
    {
        use crate::audit::entity::{Column, Entity};
        add("audit", rows(db, Entity::find().order_by_asc(Column::Seq)).await?);
    }
    {
        use session::entity::{Column, Entity};
        let found = Entity::find().order_by_asc(Column::CreatedAt).order_by_asc(Column::Sub);
        add("portal_session", rows(db, found).await?);
    }
    {
        use crate::staff::entity::{Column, Entity};
        add("staff", rows(db, Entity::find().order_by_asc(Column::Iss).order_by_asc(Column::Sub)).await?);
    }
    {
        use crate::resource::entity::{file, resource, text};
        add("resource", rows(db, resource::Entity::find().order_by_asc(resource::Column::Id)).await?);
        let found = text::Entity::find().order_by_asc(text::Column::ResourceId);
        add("resource_text", rows(db, found.order_by_asc(text::Column::Language)).await?);
        let found = file::Entity::find().order_by_asc(file::Column::ResourceId);
        add("resource_file", rows(db, found.order_by_asc(file::Column::Name)).await?);
    }
    exchanges(db, &mut add).await?;
    Ok(Value::Object(tables))
}

/// Newsletters, newsgroups and courses.
async fn exchanges(
    db: &impl ConnectionTrait,
    add: &mut impl FnMut(&str, Vec<Value>) -> Option<Value>,
) -> Result<(), Fault> {
    {
        use crate::newsletter::entity::{newsletter, subscription};
        add("newsletter", rows(db, newsletter::Entity::find().order_by_asc(newsletter::Column::Slug)).await?);
        let found = subscription::Entity::find().order_by_asc(subscription::Column::NewsletterId);
        let found = found.order_by_asc(subscription::Column::ProfileId);
        add("newsletter_subscription", rows(db, found).await?);
    }
    {
        use crate::newsgroup::entity::{newsgroup, post, read, thread, watch};
        add("newsgroup", rows(db, newsgroup::Entity::find().order_by_asc(newsgroup::Column::Slug)).await?);
        add("thread", rows(db, thread::Entity::find().order_by_asc(thread::Column::Id)).await?);
        add("post", rows(db, post::Entity::find().order_by_asc(post::Column::Id)).await?);
        let found = watch::Entity::find().order_by_asc(watch::Column::ThreadId);
        add("thread_watch", rows(db, found.order_by_asc(watch::Column::ProfileId)).await?);
        let found = read::Entity::find().order_by_asc(read::Column::ProfileId);
        add("thread_read", rows(db, found.order_by_asc(read::Column::ThreadId)).await?);
    }
    {
        use crate::training::entity::{course_date, enrolment};
        add(
            "course_date",
            rows(db, course_date::Entity::find().order_by_asc(course_date::Column::Id)).await?,
        );
        let found = enrolment::Entity::find().order_by_asc(enrolment::Column::CourseDateId);
        add("enrolment", rows(db, found.order_by_asc(enrolment::Column::ProfileId)).await?);
    }
    Ok(())
}

async fn rows<E>(db: &impl ConnectionTrait, select: Select<E>) -> Result<Vec<Value>, Fault>
where
    E: EntityTrait,
    E::Model: Serialize,
{
    let rows = select.all(db).await?;
    rows.iter().map(|row| serde_json::to_value(row).map_err(Fault::bug)).collect()
}
