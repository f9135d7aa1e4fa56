//! A key file that is not there: said so before anything is made, because a new one opens nothing that is sealed.
use customersource::Portal;
use platform::random::Random;

use crate::house::House;

#[tokio::test]
async fn a_database_without_its_key_file_is_refused_and_no_new_one_is_made() {
    let house = House::open().await;
    let settings = house.portal.settings.clone();
    let file = std::path::PathBuf::from(&settings.secrets.key_file);
    let mine = std::fs::read(&file).unwrap();
    let open = async || {
        let opened = Portal::open(settings.clone(), house.clock.clone(), Random::seeded(9)).await;
        opened.err().map(|fault| format!("{fault:#}"))
    };
    std::fs::remove_file(&file).unwrap();
    let told = open().await.expect("it is refused");
    assert!(told.contains("bring the key file") && !file.exists(), "{told}");
    std::fs::write(&file, &mine).unwrap();
    {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
    }
    assert_eq!(open().await, None);
}
