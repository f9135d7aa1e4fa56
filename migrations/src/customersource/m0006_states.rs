//! Whether a company ever had an administrator, when a link was declined, and the way from a profile to its
//! former associations.
use migration_ground::{prelude::*, schema};

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0006_states"
    }
}

#[derive(DeriveIden)]
enum Organization {
    Table,
    Administered,
}

#[derive(DeriveIden)]
enum Invitation {
    Table,
    DeclinedAt,
}

#[derive(DeriveIden)]
enum Association {
    Table,
    ProfileId,
    EndedAt,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let step = Table::alter()
            .table(Organization::Table)
            .add_column(schema::boolean(Organization::Administered).default(false))
            .to_owned();
        manager.alter_table(step).await?;
        // Those who have an administrator, and those whose people somebody administered.
        let known = "UPDATE organization SET administered = TRUE WHERE \
             EXISTS (SELECT 1 FROM profile WHERE profile.organization_id = organization.id AND profile.is_admin) \
             OR EXISTS (SELECT 1 FROM audit WHERE audit.organization_id = organization.id \
                        AND audit.action IN ('profile.added', 'profile.removed', 'case.effective'))";
        manager.get_connection().execute_unprepared(known).await?;
        let declined = Table::alter()
            .table(Invitation::Table)
            .add_column(schema::big_integer_null(Invitation::DeclinedAt))
            .to_owned();
        manager.alter_table(declined).await?;
        let former = Index::create()
            .name("association_profile")
            .table(Association::Table)
            .col(Association::ProfileId)
            .col(Association::EndedAt)
            .to_owned();
        manager.create_index(former).await
    }
}
