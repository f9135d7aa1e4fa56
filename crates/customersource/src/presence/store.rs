//! The one question about a visit.
use std::sync::LazyLock;

use platform::{
    Fault,
    clock::Moment,
    db::joined::{columns, joined},
};
use sea_orm::{ConnectionTrait, QueryResult, Statement};

use super::{Presence, Recognized};
use crate::{
    association::{self, Standing, entity::association as associations},
    company, maintenance, profile,
    session::{self, Lifetime},
    staff,
};

/// A row for each profile of the Passport; one with nothing of it for whoever has none, or is not signed in.
static QUESTION: LazyLock<String> = LazyLock::new(|| {
    format!(
        "SELECT {}, {}, {}, {}, {}, {} FROM (SELECT 1 AS one) AS here \
         LEFT JOIN maintenance AS w ON w.starts_at <= $1 AND w.ends_at > $1 \
         LEFT JOIN portal_session AS s ON s.digest = $2 \
         LEFT JOIN staff AS m ON m.iss = s.iss AND m.sub = s.sub \
         LEFT JOIN association AS a ON a.iss = s.iss AND a.sub = s.sub AND a.state = 'active' \
         LEFT JOIN profile AS p ON p.id = a.profile_id AND p.state = 'active' \
         LEFT JOIN organization AS company ON company.id = p.organization_id AND company.state = 'active' ORDER BY a.id",
        columns::<maintenance::entity::Entity>("w"),
        columns::<session::entity::Entity>("s"),
        columns::<staff::entity::Entity>("m"),
        columns::<associations::Entity>("a"),
        columns::<profile::entity::Entity>("p"),
        columns::<company::entity::Entity>("company"),
    )
});

/// Who comes with this session's digest, and which window runs; idle and overdue sessions are not found, whether swept
/// or not.
pub async fn find(
    db: &impl ConnectionTrait,
    now: Moment,
    lifetime: Lifetime,
    digest: Option<[u8; 32]>,
) -> Result<Presence, Fault> {
    let Some(digest) = digest else {
        let window = maintenance::store::find_running(db, now).await?;
        return Ok(Presence { window, known: None });
    };
    let values = [now.into(), digest.to_vec().into()];
    let statement = Statement::from_sql_and_values(db.get_database_backend(), QUESTION.as_str(), values);
    let rows = db.query_all_raw(statement).await?;
    let mut presence = Presence::default();
    if let Some(row) = rows.first() {
        let session = joined(row, "s")?.and_then(|row| session::store::live(row, now, lifetime, digest));
        let member = joined(row, "m")?.and_then(staff::store::of_row);
        presence.known = session.map(|session| Recognized { session, member, all: vec![] });
    }
    for row in &rows {
        // Of several windows the one that ends last.
        let window = joined(row, "w")?.map(maintenance::store::of_row);
        if window.as_ref().map(|window| window.ends_at) > presence.window.as_ref().map(|last| last.ends_at) {
            presence.window = window;
        }
        if let (Some(known), Some(standing)) = (&mut presence.known, standing(row)?)
            && known.all.last().is_none_or(|last| last.association.id != standing.association.id)
        {
            known.all.push(standing);
        }
    }
    Ok(presence)
}

fn standing(row: &QueryResult) -> Result<Option<Standing>, Fault> {
    let (Some(association), Some(profile), Some(company)) =
        (joined(row, "a")?, joined(row, "p")?, joined(row, "company")?)
    else {
        return Ok(None);
    };
    Ok(Some(Standing {
        association: association::store::association_of(association),
        profile: profile::store::of_row(profile),
        company: company::store::of_row(company),
    }))
}
