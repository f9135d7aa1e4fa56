//! The page of a client that signs a browser out when it is loaded in a frame (Front-Channel Logout 1.0 §2–3).
//! It does not know who is signed out.

use url::Url;

use crate::{authorize::response::with_query, client::Client};

/// A frame to load: its address, and the origin that a content security policy names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    pub url: String,
    pub origin: String,
}

/// The frame of one client, if it registered one. `iss` and `sid` stand in it when the client requires them, and
/// nothing else ever does.
pub fn frame(client: &Client, issuer: &str, sid: &str) -> Option<Frame> {
    let uri = client.frontchannel_logout_uri.as_ref()?;
    let origin = Url::parse(uri).ok()?.origin().ascii_serialization();
    let members = [("iss", issuer), ("sid", sid)];
    let url = match client.frontchannel_logout_session_required {
        true => with_query(uri, members.into_iter()),
        false => uri.clone(),
    };
    Some(Frame { url, origin })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(uri: Option<&str>, required: bool) -> Client {
        Client {
            frontchannel_logout_uri: uri.map(str::to_owned),
            frontchannel_logout_session_required: required,
            ..Client::default()
        }
    }

    #[test]
    fn iss_and_sid_stand_in_the_frame_when_required_and_nothing_else_does() {
        let shown = |uri, required| {
            let frame = frame(&client(Some(uri), required), "https://op.test", "s 1").unwrap();
            format!("{} {}", frame.url, frame.origin)
        };
        insta::assert_snapshot!(shown("https://rp1.test:8443/out?a=b", true), @"https://rp1.test:8443/out?a=b&iss=https%3A%2F%2Fop.test&sid=s%201 https://rp1.test:8443");
        insta::assert_snapshot!(shown("https://rp1.test/out", false), @"https://rp1.test/out https://rp1.test");
    }

    #[test]
    fn a_client_without_a_page_has_no_frame() {
        assert_eq!(frame(&client(None, true), "https://op.test", "s"), None);
    }
}
