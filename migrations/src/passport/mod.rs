//! Passport's steps, in order.
use migration_ground::prelude::*;

mod m0001_first;
mod m0003_authorization;

pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![Box::new(m0001_first::Migration), Box::new(m0003_authorization::Migration)]
    }
}
