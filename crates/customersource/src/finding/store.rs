//! The one question about all that was found.
use std::{collections::HashMap, sync::LazyLock};

use platform::{
    Fault,
    db::joined::{columns, joined},
};
use sea_orm::{ConnectionTrait, Statement, Value};
use uuid::Uuid;

use super::Found;
use crate::{
    newsgroup::{self, entity as groups},
    newsletter::{self, entity as letters},
    resource::{self, entity as resources},
    search::{Kind, store::Hit},
};

/// Resources and threads, each in rows of its own: no two things have one id.
static QUESTION: LazyLock<String> = LazyLock::new(|| {
    format!(
        "SELECT {}, {}, {}, {}, {} AS hidden \
         FROM (SELECT * FROM resource WHERE {{resources}}) AS r \
         FULL JOIN (SELECT * FROM thread WHERE {{threads}}) AS t ON t.id = r.id \
         LEFT JOIN newsletter AS n ON n.id = r.newsletter_id LEFT JOIN newsgroup AS g ON g.id = t.newsgroup_id",
        columns::<resources::resource::Entity>("r"),
        columns::<letters::newsletter::Entity>("n"),
        columns::<groups::thread::Entity>("t"),
        columns::<groups::newsgroup::Entity>("g"),
        newsgroup::store::HIDDEN_BEGINNINGS,
    )
});

/// What these hits are, each by the id that it has; what is gone, or says what nobody understands, is left out.
pub async fn list(db: &impl ConnectionTrait, hits: &[Hit]) -> Result<HashMap<(Kind, Uuid), Found>, Fault> {
    let mut values = Vec::<Value>::new();
    let mut of = |kind: Kind| {
        let ids: Vec<Uuid> = hits.iter().filter(|hit| hit.kind == kind).map(|hit| hit.id).collect();
        if ids.is_empty() {
            return "1 = 0".to_owned();
        }
        let places: Vec<_> = (values.len() + 1..).take(ids.len()).map(|at| format!("${at}")).collect();
        values.extend(ids.into_iter().map(Value::from));
        format!("id IN ({})", places.join(", "))
    };
    let (resources, threads) = (of(Kind::Resource), of(Kind::Thread));
    let mut found = HashMap::new();
    if values.is_empty() {
        return Ok(found);
    }
    let sql = QUESTION.replace("{resources}", &resources).replace("{threads}", &threads);
    for row in
        db.query_all_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, values)).await?
    {
        if let Some(resource) = joined::<resources::resource::Model>(&row, "r")? {
            let letter = joined(&row, "n")?.and_then(newsletter::store::of_row);
            let slug = letter.as_ref().map(|letter| letter.slug.clone());
            if let Some(resource) = resource::store::of_row(resource, letter.map(|letter| letter.rule)) {
                found.insert((Kind::Resource, resource.id.0), Found::Resource(resource, slug));
            }
        }
        if let Some((thread, group)) = newsgroup::store::of_joined(&row)? {
            found.insert((Kind::Thread, thread.id.0), Found::Thread(thread, group));
        }
    }
    Ok(found)
}
