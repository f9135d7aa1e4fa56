//! Endpoints find the clients that may ask, and no others: a disabled one is nobody there.
use crate::tree::{hold, sources};

/// Doors that speak of a client to the person or the client itself, whether or not it may ask, and why.
const WHICHEVER: &[(&str, &str)] =
    &[("crates/passport/src/endpoints/end_session.rs", "whoever is disabled may still sign people out")];

#[test]
fn endpoints_find_clients_by_the_one_way() {
    let sources = sources();
    let doors = sources.iter().filter(|source| source.path.starts_with("crates/passport/src/endpoints/"));
    let strict = doors.filter(|source| WHICHEVER.iter().all(|(path, _)| *path != source.path));
    hold(strict.flat_map(|source| {
        let names = source.code().filter(|(_, line)| line.contains("client::store::find("));
        let complain = |(number, _): (usize, &str)| source.complaint(number, "ask client::serving::find");
        names.map(complain).collect::<Vec<_>>()
    }));
}
