//! Plain HTTP for whoever is no browser; knows no page.

/// A client that goes straight to this machine.
pub fn client() -> reqwest::ClientBuilder {
    reqwest::Client::builder().no_proxy()
}
