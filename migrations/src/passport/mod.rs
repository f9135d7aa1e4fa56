//! Passport's steps, in order.
use migration_ground::prelude::*;

mod m0001_first;
mod m0002_recovery;
mod m0003_authorization;
mod m0004_tokens;
mod m0005_clients;
mod m0006_services;
mod m0007_authority;
mod m0008_recovery;
mod m0010_mail;
mod m0011_sweeps;
mod m0013_twice;
mod m0014_names;
mod m0015_public_urls;
mod m0016_ways;
mod m0017_passwords;
mod m0018_assurance;
mod m0019_second_step;
mod m0020_passkeys;
mod m0021_passkey_offers;
mod m0022_waivers;
mod m0023_methods_at;

pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_first::Migration),
            Box::new(m0002_recovery::Migration),
            Box::new(m0003_authorization::Migration),
            Box::new(m0004_tokens::Migration),
            Box::new(m0005_clients::Migration),
            Box::new(m0006_services::Migration),
            Box::new(m0007_authority::Migration),
            Box::new(m0008_recovery::Migration),
            Box::new(m0010_mail::Migration),
            Box::new(m0011_sweeps::Migration),
            Box::new(m0013_twice::Migration),
            Box::new(m0014_names::Migration),
            Box::new(m0015_public_urls::Migration),
            Box::new(m0016_ways::Migration),
            Box::new(m0017_passwords::Migration),
            Box::new(m0018_assurance::Migration),
            Box::new(m0019_second_step::Migration),
            Box::new(m0020_passkeys::Migration),
            Box::new(m0021_passkey_offers::Migration),
            Box::new(m0022_waivers::Migration),
            Box::new(m0023_methods_at::Migration),
        ]
    }
}
