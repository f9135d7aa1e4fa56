//! CustomerSource's steps, in order.
use migration_ground::prelude::*;

mod m0001_first;
mod m0002_staff;

pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![Box::new(m0001_first::Migration), Box::new(m0002_staff::Migration)]
    }
}
