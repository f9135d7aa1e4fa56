//! The one question of the home page.
use std::time::Duration;

use platform::{Fault, clock::Moment};
use sea_orm::{ConnectionTrait, QueryResult, Statement};
use uuid::Uuid;

use super::{Kind, Line, NEWS_DAYS, Row};
use crate::{
    access::Rule,
    profile::{Administrator, Profile},
};

/// So many of a kind are looked at, for the sake of those that this reader may read.
const LOOKED_AT: &str = "60";

/// The newest updates, in every language that they have. $3 is now, $4 since when something is news.
const UPDATES: &str = "SELECT 'update' AS kind, found.id, found.slug, words.title, words.language, found.product || ' ' \
     || found.version AS about, found.rule, found.published_at AS at, found.product FROM (SELECT * \
     FROM resource WHERE section = 'product_update' AND state = 'published' AND published_at <= $3 \
     AND published_at > $4 ORDER BY published_at DESC LIMIT {most}) AS found JOIN resource_text AS \
     words ON words.resource_id = found.id";

/// The courses on which the profile $1 has a seat.
const COURSES: &str = "SELECT 'course', course.id, course.slug, words.title, words.language, held.place, course.rule, \
     held.starts_at, '' FROM (SELECT course_date.* FROM enrolment JOIN course_date ON course_date.id \
     = enrolment.course_date_id WHERE enrolment.profile_id = $1 AND course_date.ends_at > $3 AND \
     course_date.cancelled_at IS NULL ORDER BY course_date.starts_at LIMIT {most}) AS held JOIN \
     resource AS course ON course.id = held.resource_id JOIN resource_text AS words ON \
     words.resource_id = course.id";

/// The threads with posts that the profile has not seen. What a moderator hid gives no thread its name.
const THREADS: &str = "SELECT 'thread', found.id, newsgroup.slug, found.subject, newsgroup.language, newsgroup.name, \
     newsgroup.rule, found.last_at, '' FROM (SELECT thread.* FROM thread LEFT JOIN thread_read AS \
     seen ON seen.thread_id = thread.id AND seen.profile_id = $1 WHERE thread.last_at > $4 AND \
     (seen.read_at IS NULL OR seen.read_at < thread.last_at) AND NOT EXISTS (SELECT 1 FROM post WHERE \
     post.thread_id = thread.id AND post.parent_id IS NULL AND post.state <> 'visible') ORDER BY \
     thread.last_at DESC LIMIT {most}) AS found JOIN newsgroup ON newsgroup.id = found.newsgroup_id";

/// The invitations of the company $2 that wait for an answer.
const INVITATIONS: &str = "SELECT 'invitation', found.id, '', found.name, '', '', '{}', found.expires_at, '' FROM (SELECT \
     profile.id, profile.first_name || ' ' || profile.last_name AS name, invitation.expires_at FROM \
     invitation JOIN profile ON profile.id = invitation.profile_id WHERE profile.organization_id = $2 \
     AND profile.state = 'active' AND invitation.state IN ('queued', 'pending') AND \
     invitation.purpose IN ('admin_invite', 'support_invite') AND invitation.expires_at > $3 AND \
     invitation.sent_to_key = profile.email_key ORDER BY invitation.expires_at LIMIT {most}) AS found";

/// Everything that waits for somebody who acts as this profile; a company's invitations wait for its administrators.
pub async fn list(
    db: &impl ConnectionTrait,
    now: Moment,
    reader: &Profile,
    administers: Option<&Administrator>,
) -> Result<Vec<Row>, Fault> {
    let mut sql = [UPDATES, COURSES, THREADS].join(" UNION ALL ");
    if administers.is_some() {
        sql = format!("{sql} UNION ALL {INVITATIONS}");
    } else {
        // Every value is used, as PostgreSQL wants it.
        sql = format!("{sql} UNION ALL {INVITATIONS} WHERE 1 = 0");
    }
    let since = now - Duration::from_secs(NEWS_DAYS * 86_400);
    let values =
        [reader.id.0.into(), reader.company.0.into(), now.unix_millis().into(), since.unix_millis().into()];
    let sql = sql.replace("{most}", LOOKED_AT);
    let found =
        db.query_all_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, values)).await?;
    let mut rows = Vec::new();
    for row in &found {
        rows.extend(of_row(row)?);
    }
    // Courses begin with the next one, everything else with the newest; invitations with what ends first.
    rows.sort_by_key(|row: &Row| {
        let at = row.line.at.unix_millis();
        if matches!(row.line.kind, Kind::Course | Kind::Invitation) { at } else { -at }
    });
    Ok(rows)
}

fn of_row(row: &QueryResult) -> Result<Option<Row>, Fault> {
    let text = |name: &str| row.try_get::<String>("", name);
    let Some(kind) = Kind::of_text(&text("kind")?) else { return Ok(None) };
    let line = Line {
        kind,
        id: row.try_get::<Uuid>("", "id")?,
        slug: text("slug")?,
        title: text("title")?,
        language: text("language")?,
        about: text("about")?.trim().to_owned(),
        at: Moment::from_unix_millis(row.try_get("", "at")?),
    };
    Ok(Some(Row { line, product: text("product")?, rule: Rule::of_text(&text("rule")?) }))
}
