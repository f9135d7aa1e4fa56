//! Plain HTTP for whoever is no browser; knows no page.

/// The clients of reqwest, the WebDriver's among them, do not start without a provider of TLS, though nothing
/// here speaks it.
pub fn prepare() {
    let _ = rustls::crypto::ring::default_provider().install_default();
}

/// A client that goes straight to this machine.
pub fn client() -> reqwest::ClientBuilder {
    prepare();
    reqwest::Client::builder().no_proxy()
}
