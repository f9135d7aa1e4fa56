//! A key file that is not there: said so before anything is made, because a new one opens nothing that is sealed.
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use customersource::Portal;
use platform::random::Random;
use testkit::{house::MASTER, on_both_engines};

use crate::house::House;

on_both_engines![a_database_without_its_key_file_is_refused_and_no_new_one_is_made];

async fn a_database_without_its_key_file_is_refused_and_no_new_one_is_made(house: House) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("portal.key");
    let mut settings = house.portal.settings.clone();
    settings.secrets.key_file = file.display().to_string();
    let open = async || {
        let opened = Portal::open(settings.clone(), house.clock.clone(), Random::seeded(9)).await;
        opened.err().map(|fault| format!("{fault:#}"))
    };
    let told = open().await.expect("it is refused");
    assert!(told.contains("bring the key file") && !file.exists(), "{told}");
    std::fs::write(&file, URL_SAFE_NO_PAD.encode(MASTER)).unwrap();
    {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
    }
    assert_eq!(open().await, None);
}
