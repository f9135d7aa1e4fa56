//! Queries on invitations and associations; the gates that let one acceptance through.
mod invitations;
mod languages;
mod undoable;

use platform::{Fault, backup::Ends, clock::Moment, language::Language, sweep::Over};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _,
    sea_query::{Expr, ExprTrait as _},
};

use super::{
    Association, AssociationId, Invitation, InvitationId, Purpose, Standing, State, Visitor,
    entity::{association, invitation},
};
use crate::{
    company::{self, CompanyId},
    profile::{self, ProfileId},
    rp::Subject,
};

/// Invitations that ended without an answer say so.
pub const OVER: Over = Over::of("invitation", "expires_at")
    .kept(std::time::Duration::ZERO)
    .and("state IN ('queued', 'pending')")
    .setting("state = 'expired'");

/// When an older copy of the table comes back: a link may have been revoked since.
pub const ENDS: Ends = Ends {
    table: "invitation",
    sql: "UPDATE invitation SET state = 'expired' WHERE state IN ('queued', 'pending')",
};

/// What ended without an association goes half a year after it could have been used; what was accepted is where an
/// association came from.
pub const FORGOTTEN: Over = Over::of("invitation", "expires_at")
    .kept(std::time::Duration::from_secs(180 * 86_400))
    .and("state NOT IN ('queued', 'pending', 'accepted')");

pub(crate) fn of_row(row: invitation::Model) -> Invitation {
    use invitation::Stored;
    let subject = |iss: Option<String>, sub: Option<String>| Some(Subject { iss: iss?, sub: sub? });
    let accepted = subject(row.accepted_iss, row.accepted_sub);
    Invitation {
        id: row.id,
        profile: row.profile_id,
        purpose: Purpose::of_text(&row.purpose),
        company: row.organization_id,
        asked_by: row.asked_by,
        sent_to_key: row.sent_to_key,
        bound: subject(row.bound_iss, row.bound_sub),
        claim: row.claim_id,
        state: match (row.state, accepted) {
            (Stored::Queued, _) => State::Queued,
            (Stored::Pending, _) => State::Pending,
            (Stored::Accepted, Some(by)) => State::Accepted(by),
            (Stored::Declined, _) => State::Declined,
            (Stored::Superseded, _) => State::Superseded,
            (Stored::Expired, _) => State::Expired,
            (Stored::Undeliverable, _) => State::Undeliverable,
            // The table's CHECK knows no accepted one without a Passport.
            (Stored::Revoked | Stored::Accepted, _) => State::Revoked,
        },
        why: row.why,
        created_at: row.created_at,
        expires_at: row.expires_at,
    }
}

pub(crate) fn association_of(row: association::Model) -> Association {
    Association {
        id: row.id,
        profile: row.profile_id,
        subject: Subject { iss: row.iss, sub: row.sub },
        since: row.created_at,
        seen_at: row.seen_at,
        language: row.language.as_deref().and_then(Language::of_tag),
        notice_to: row.notice_to,
    }
}

pub use invitations::{
    Which, count_declined, find_last, is_declined, is_wanted, list_invitations, revoke_links, spend_declined,
};
pub use undoable::find_undoable;

pub use languages::{find_company_language, find_language};

pub async fn find_link(db: &impl ConnectionTrait, digest: [u8; 32]) -> Result<Option<Invitation>, Fault> {
    let row = invitation::Entity::find()
        .filter(invitation::Column::TokenDigest.eq(digest.to_vec()))
        .one(db)
        .await?;
    Ok(row.map(of_row))
}

pub async fn add_invitation(db: &impl ConnectionTrait, row: invitation::ActiveModel) -> Result<(), Fault> {
    invitation::Entity::insert(row).exec_without_returning(db).await?;
    Ok(())
}

/// Takes the live links of one request out of force: profile, purpose and requester are the same.
pub async fn supersede_links(
    db: &impl ConnectionTrait,
    profile: ProfileId,
    purpose: &str,
    requester: &str,
) -> Result<u64, Fault> {
    let updated = invitation::Entity::update_many()
        .col_expr(invitation::Column::State, Expr::value(invitation::Stored::Superseded))
        .filter(invitation::Column::ProfileId.eq(profile))
        .filter(invitation::Column::Purpose.eq(purpose))
        .filter(invitation::Column::Requester.eq(requester))
        .filter(invitation::Column::State.is_in(invitation::Stored::LIVE))
        .exec(db)
        .await?;
    Ok(updated.rows_affected)
}

/// The mail of an invitation is out; a link that moved on meanwhile stays where it is. One that was undeliverable was
/// tried again.
pub async fn set_mailed(db: &impl ConnectionTrait, id: InvitationId) -> Result<(), Fault> {
    invitation::Entity::update_many()
        .col_expr(invitation::Column::State, Expr::value(invitation::Stored::Pending))
        .col_expr(invitation::Column::Why, Expr::value(Option::<String>::None))
        .col_expr(invitation::Column::Mails, Expr::col(invitation::Column::Mails).add(1))
        .filter(invitation::Column::Id.eq(id))
        .filter(
            invitation::Column::State.is_in([invitation::Stored::Queued, invitation::Stored::Undeliverable]),
        )
        .exec(db)
        .await?;
    Ok(())
}

/// The mail of an invitation will not arrive: it says why.
pub async fn set_undeliverable(db: &impl ConnectionTrait, id: InvitationId, why: &str) -> Result<(), Fault> {
    invitation::Entity::update_many()
        .col_expr(invitation::Column::State, Expr::value(invitation::Stored::Undeliverable))
        .col_expr(invitation::Column::Why, Expr::value(why))
        .filter(invitation::Column::Id.eq(id))
        .filter(invitation::Column::State.is_in(invitation::Stored::LIVE))
        .exec(db)
        .await?;
    Ok(())
}

/// Spends a link: true for exactly one caller, and only while it is in force.
pub async fn spend_link(
    db: &impl ConnectionTrait,
    now: Moment,
    id: InvitationId,
    by: &Subject,
) -> Result<bool, Fault> {
    let updated = invitation::Entity::update_many()
        .col_expr(invitation::Column::State, Expr::value(invitation::Stored::Accepted))
        .col_expr(invitation::Column::AcceptedAt, now.into())
        .col_expr(invitation::Column::AcceptedIss, Expr::value(by.iss.clone()))
        .col_expr(invitation::Column::AcceptedSub, Expr::value(by.sub.clone()))
        .filter(invitation::Column::Id.eq(id))
        .filter(invitation::Column::State.is_in(invitation::Stored::LIVE))
        .filter(invitation::Column::ExpiresAt.gt(now))
        .exec(db)
        .await?;
    Ok(updated.rows_affected == 1)
}

/// The association of a profile that is in force.
pub async fn find_current(
    db: &impl ConnectionTrait,
    profile: ProfileId,
) -> Result<Option<Association>, Fault> {
    let row = association::Entity::find()
        .filter(association::Column::ProfileId.eq(profile))
        .filter(association::Column::State.eq(association::Stored::Active))
        .one(db)
        .await?;
    Ok(row.map(association_of))
}

pub async fn add_association(
    db: &impl ConnectionTrait,
    now: Moment,
    id: AssociationId,
    link: &Invitation,
    by: &Visitor<'_>,
) -> Result<(), Fault> {
    let row = association::ActiveModel {
        id: Set(id),
        profile_id: Set(link.profile),
        iss: Set(by.subject.iss.clone()),
        sub: Set(by.subject.sub.clone()),
        invitation_id: Set(link.id),
        state: Set(association::Stored::Active),
        created_at: Set(now),
        ended_at: Set(None),
        ended_by: Set(None),
        seen_at: Set(Some(now)),
        language: Set(Some(by.language.tag().into())),
        notice_to: Set(by.email.map(str::to_owned)),
    };
    association::Entity::insert(row).exec_without_returning(db).await?;
    Ok(())
}

/// How an association ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Another one takes the profile.
    Superseded,
    Revoked,
}

/// Ends an association; true for the one caller who did. `by` says who or what: `invitation:…`, `profile:…`.
pub async fn spend_association(
    db: &impl ConnectionTrait,
    now: Moment,
    id: AssociationId,
    end: End,
    by: &str,
) -> Result<bool, Fault> {
    let state = match end {
        End::Superseded => association::Stored::Superseded,
        End::Revoked => association::Stored::Revoked,
    };
    let updated = association::Entity::update_many()
        .col_expr(association::Column::State, Expr::value(state))
        .col_expr(association::Column::EndedAt, now.into())
        .col_expr(association::Column::EndedBy, Expr::value(by))
        .filter(association::Column::Id.eq(id))
        .filter(association::Column::State.eq(association::Stored::Active))
        .exec(db)
        .await?;
    Ok(updated.rows_affected == 1)
}

/// The associations of a Passport that are in force, oldest first, whether or not profile and company are active.
pub async fn list_active(db: &impl ConnectionTrait, subject: &Subject) -> Result<Vec<Association>, Fault> {
    let rows = association::Entity::find()
        .filter(
            Condition::all()
                .add(association::Column::Iss.eq(subject.iss.as_str()))
                .add(association::Column::Sub.eq(subject.sub.as_str()))
                .add(association::Column::State.eq(association::Stored::Active)),
        )
        .order_by_asc(association::Column::Id)
        .all(db)
        .await?;
    Ok(rows.into_iter().map(association_of).collect())
}

/// What a Passport may act as now: associations in force whose profile and company are active, oldest first.
pub async fn list_standings(db: &impl ConnectionTrait, subject: &Subject) -> Result<Vec<Standing>, Fault> {
    let rows = association::Entity::find()
        .find_also_related(profile::entity::Entity)
        .and_also_related(company::entity::Entity)
        .filter(association::Column::Iss.eq(subject.iss.as_str()))
        .filter(association::Column::Sub.eq(subject.sub.as_str()))
        .filter(association::Column::State.eq(association::Stored::Active))
        .filter(profile::entity::Column::State.eq(profile::entity::Stored::Active))
        .filter(company::entity::Column::State.eq(company::entity::Stored::Active))
        .order_by_asc(association::Column::Id)
        .all(db)
        .await?;
    let standing = |(association, profile, company): (association::Model, Option<_>, Option<_>)| {
        Some(Standing {
            association: association_of(association),
            profile: profile::store::of_row(profile?),
            company: company::store::of_row(company?),
        })
    };
    Ok(rows.into_iter().filter_map(standing).collect())
}

/// Notes that an association is used, and in which language.
pub async fn set_seen(
    db: &impl ConnectionTrait,
    now: Moment,
    id: AssociationId,
    language: Language,
) -> Result<(), Fault> {
    association::Entity::update_many()
        .col_expr(association::Column::SeenAt, now.into())
        .col_expr(association::Column::Language, Expr::value(language.tag()))
        .filter(association::Column::Id.eq(id))
        .exec(db)
        .await?;
    Ok(())
}

/// Refreshes where notices to a Passport go; what its provider no longer vouches for is forgotten.
pub async fn set_notice_to(
    db: &impl ConnectionTrait,
    subject: &Subject,
    email: Option<&str>,
) -> Result<(), Fault> {
    association::Entity::update_many()
        .col_expr(association::Column::NoticeTo, Expr::value(email.map(str::to_owned)))
        .filter(association::Column::Iss.eq(subject.iss.as_str()))
        .filter(association::Column::Sub.eq(subject.sub.as_str()))
        .filter(association::Column::State.eq(association::Stored::Active))
        .exec(db)
        .await?;
    Ok(())
}

/// The association of this id, if it is in force.
/// Who uses the portal for a company, in the order of the associations, after one of them.
pub async fn list_of_company(
    db: &impl ConnectionTrait,
    company: CompanyId,
    after: Option<AssociationId>,
    most: u64,
) -> Result<Vec<Association>, Fault> {
    let mut query = association::Entity::find()
        .inner_join(profile::entity::Entity)
        .filter(association::Column::State.eq(association::Stored::Active))
        .filter(profile::entity::Column::OrganizationId.eq(company));
    if let Some(after) = after {
        query = query.filter(association::Column::Id.gt(after));
    }
    let rows = query.order_by_asc(association::Column::Id).limit(most).all(db).await?;
    Ok(rows.into_iter().map(association_of).collect())
}

pub async fn find_active(db: &impl ConnectionTrait, id: AssociationId) -> Result<Option<Association>, Fault> {
    let row = association::Entity::find_by_id(id)
        .filter(association::Column::State.eq(association::Stored::Active))
        .one(db)
        .await?;
    Ok(row.map(association_of))
}

/// The associations in force of these profiles.
pub async fn list_current(
    db: &impl ConnectionTrait,
    profiles: &[ProfileId],
) -> Result<Vec<Association>, Fault> {
    let rows = association::Entity::find()
        .filter(association::Column::ProfileId.is_in(profiles.iter().copied()))
        .filter(association::Column::State.eq(association::Stored::Active))
        .all(db)
        .await?;
    Ok(rows.into_iter().map(association_of).collect())
}

/// The associations of these profiles that are in force, that ended after `since`, or that staff ended at any time.
pub async fn list_held_lately(
    db: &impl ConnectionTrait,
    profiles: &[ProfileId],
    since: Moment,
) -> Result<Vec<Association>, Fault> {
    let lately = Condition::any()
        .add(association::Column::State.eq(association::Stored::Active))
        .add(association::Column::EndedAt.gt(since))
        .add(association::Column::EndedBy.starts_with("staff "));
    let rows = association::Entity::find()
        .filter(association::Column::ProfileId.is_in(profiles.iter().copied()))
        .filter(lately)
        .all(db)
        .await?;
    Ok(rows.into_iter().map(association_of).collect())
}

/// When the last association of each of these profiles ended; those that never had one are not among them.
pub async fn list_last_ended(
    db: &impl ConnectionTrait,
    profiles: &[ProfileId],
) -> Result<Vec<(ProfileId, Moment)>, Fault> {
    Ok(association::Entity::find()
        .select_only()
        .column(association::Column::ProfileId)
        .column_as(association::Column::EndedAt.max(), "ended_at")
        .filter(association::Column::ProfileId.is_in(profiles.iter().copied()))
        .filter(association::Column::EndedAt.is_not_null())
        .group_by(association::Column::ProfileId)
        .into_tuple()
        .all(db)
        .await?)
}

/// The Passport's associations, newest first, and whether they are in force: for telling a person why.
pub async fn list_of_subject(
    db: &impl ConnectionTrait,
    subject: &Subject,
) -> Result<Vec<(Association, bool)>, Fault> {
    let rows = association::Entity::find()
        .filter(association::Column::Iss.eq(subject.iss.as_str()))
        .filter(association::Column::Sub.eq(subject.sub.as_str()))
        .order_by_desc(association::Column::Id)
        .limit(50)
        .all(db)
        .await?;
    let told = |row: association::Model| (row.state == association::Stored::Active, row);
    Ok(rows.into_iter().map(told).map(|(is_active, row)| (association_of(row), is_active)).collect())
}
