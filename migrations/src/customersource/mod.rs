//! CustomerSource's steps, in order.
use migration_ground::prelude::*;

mod m0001_first;
mod m0002_staff;
mod m0003_companies;
mod m0004_refresh;
mod m0005_resources;
mod m0006_states;
mod m0007_content;
mod m0008_mail;
mod m0009_joined;
mod m0011_sweeps;
mod m0012_owners;
mod m0013_mail;
mod m0015_sizes;
mod m0016_places;
mod m0017_reads;
mod m0018_places_of_forms;
mod m0020_once;
mod m0021_public_urls;
mod m0022_case_address;
mod m0023_case_refusal;
mod m0025_headings;
mod m0026_acr;
mod m0027_second_step;

pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_first::Migration),
            Box::new(m0002_staff::Migration),
            Box::new(m0003_companies::Migration),
            Box::new(m0004_refresh::Migration),
            Box::new(m0005_resources::Migration),
            Box::new(m0006_states::Migration),
            Box::new(m0007_content::Migration),
            Box::new(m0008_mail::Migration),
            Box::new(m0009_joined::Migration),
            Box::new(m0011_sweeps::Migration),
            Box::new(m0012_owners::Migration),
            Box::new(m0013_mail::Migration),
            Box::new(m0015_sizes::Migration),
            Box::new(m0016_places::Migration),
            Box::new(m0017_reads::Migration),
            Box::new(m0018_places_of_forms::Migration),
            Box::new(m0020_once::Migration),
            Box::new(m0021_public_urls::Migration),
            Box::new(m0022_case_address::Migration),
            Box::new(m0023_case_refusal::Migration),
            Box::new(m0025_headings::Migration),
            Box::new(m0026_acr::Migration),
            Box::new(m0027_second_step::Migration),
        ]
    }
}
