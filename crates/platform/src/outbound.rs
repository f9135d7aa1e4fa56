//! HTTP to other sites, behind one guard against internal addresses; knows not what is fetched.
use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

use crate::config;

/// Largest answer that is read, in bytes.
const LARGEST: usize = 1024 * 1024;

/// A client for places named by configuration or registration. It follows no redirect, connects to no
/// internal address that the operator has not listed, and reads no more than 1 MiB.
#[derive(Clone)]
pub struct Outbound {
    client: reqwest::Client,
    guard: Arc<Guard>,
}

/// Why a call was not made or gave nothing.
#[derive(Debug, thiserror::Error)]
pub enum Unreached {
    #[error("{0} is not http or https, or an internal address that [outbound] allow does not list")]
    Refused(String),
    #[error("{0}")]
    Failed(String),
}

impl Outbound {
    /// `program` introduces itself by its name and version.
    pub fn new(settings: &config::Outbound, program: &str) -> Result<Self, String> {
        let guard =
            Arc::new(Guard { allow: settings.allow.iter().map(|host| host.to_ascii_lowercase()).collect() });
        let mut builder = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(Duration::from_secs(3))
            .timeout(Duration::from_secs(10))
            .pool_idle_timeout(Duration::from_secs(60))
            .no_proxy()
            .user_agent(format!("{program}/{}", env!("CARGO_PKG_VERSION")))
            .dns_resolver(Arc::clone(&guard));
        if !settings.extra_root.is_empty() {
            let path = &settings.extra_root;
            let pem =
                std::fs::read(path).map_err(|error| format!("[outbound] extra_root: {path}: {error}"))?;
            for root in reqwest::Certificate::from_pem_bundle(&pem)
                .map_err(|error| format!("[outbound] extra_root: {path}: {error}"))?
            {
                builder = builder.add_root_certificate(root);
            }
        }
        let client = builder.build().map_err(|error| format!("the HTTP client cannot start: {error}"))?;
        Ok(Self { client, guard })
    }

    /// Refuses what the guard would refuse, without connecting. Names are checked again when resolved.
    pub fn check(&self, url: &Url) -> Result<(), Unreached> {
        let refused = || Unreached::Refused(url.host_str().unwrap_or_default().to_owned());
        if !matches!(url.scheme(), "http" | "https") {
            return Err(refused());
        }
        let host = url.host().ok_or_else(refused)?;
        let port = url.port_or_known_default().unwrap_or(0);
        let (name, address) = match host {
            Host::Domain(name) => (name.to_ascii_lowercase(), None),
            Host::Ipv4(address) => (address.to_string(), Some(IpAddr::V4(address))),
            Host::Ipv6(address) => (format!("[{address}]"), Some(IpAddr::V6(address))),
        };
        if self.guard.allows(&name) && !self.guard.allows_port(&name, port) {
            return Err(refused());
        }
        match address {
            Some(address) if is_internal(address) && !self.guard.allows(&name) => Err(refused()),
            _ => Ok(()),
        }
    }

    /// Sends a request that [`Outbound::check`] accepts; answers status and body.
    pub async fn send(&self, request: reqwest::Request) -> Result<http::Response<Vec<u8>>, Unreached> {
        self.check(request.url())?;
        let failed = |error: reqwest::Error| Unreached::Failed(error.without_url().to_string());
        let mut answer = self.client.execute(request).await.map_err(failed)?;
        let mut response = http::Response::builder().status(answer.status());
        if let Some(headers) = response.headers_mut() {
            headers.extend(answer.headers().clone());
        }
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(failed)? {
            if body.len() + chunk.len() > LARGEST {
                return Err(Unreached::Failed("the answer is larger than 1 MiB".into()));
            }
            body.extend_from_slice(&chunk);
        }
        response.body(body).map_err(|error| Unreached::Failed(error.to_string()))
    }

    /// For building requests.
    pub fn client(&self) -> &reqwest::Client {
        &self.client
    }
}

/// The lane of calls to `uri`: its host and port, or nothing when it has none.
pub fn host_and_port(uri: &str) -> String {
    let url = Url::parse(uri).ok();
    let host = url.as_ref().and_then(|url| Some((url.host_str()?, url.port_or_known_default()?)));
    host.map(|(host, port)| format!("{host}:{port}")).unwrap_or_default()
}

struct Guard {
    allow: Vec<String>,
}

impl Guard {
    /// True when the operator listed this host, with or without a port.
    fn allows(&self, name: &str) -> bool {
        self.allow.iter().any(|entry| entry == name || host_of(entry) == name)
    }

    fn allows_port(&self, name: &str, port: u16) -> bool {
        let with_port = format!("{name}:{port}");
        self.allow.iter().any(|entry| entry == name || *entry == with_port)
    }
}

/// The host of `host` or `host:port`; IPv6 addresses stand in brackets.
fn host_of(entry: &str) -> &str {
    match entry.rsplit_once(':') {
        Some((host, port)) if !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => entry,
    }
}

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let allowed = self.allows(&name.as_str().to_ascii_lowercase());
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let addresses: Vec<SocketAddr> =
                found.filter(|address| allowed || !is_internal(address.ip())).collect();
            if addresses.is_empty() {
                return Err(format!("{} has no public address", name.as_str()).into());
            }
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}

/// Loopback, private, link-local, shared, documentation, multicast, unspecified and mapped forms of these.
fn is_internal(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => {
            let [a, b, ..] = v4.octets();
            v4.is_loopback()
                || v4.is_private()
                || v4.is_link_local()
                || v4.is_unspecified()
                || v4.is_broadcast()
                || v4.is_multicast()
                || v4.is_documentation()
                || a == 0
                || (a == 100 && (64..128).contains(&b))
                || (a == 192 && b == 0)
                || (a == 198 && (18..20).contains(&b))
                || a >= 240
        }
        IpAddr::V6(v6) => {
            let [first, second, third, fourth, ..] = v6.segments();
            v6.to_ipv4_mapped().or_else(|| v6.to_ipv4()).is_some_and(|v4| is_internal(IpAddr::V4(v4)))
                || v6.is_loopback()
                || v6.is_unspecified()
                || v6.is_multicast()
                || (first & 0xfe00) == 0xfc00
                || (first & 0xffc0) == 0xfe80
                // Site-local of old, Teredo (its IPv4 address is hidden), and what is thrown away.
                || (first & 0xffc0) == 0xfec0
                || (first == 0x2001 && second == 0)
                || (first == 0x0100 && second == 0 && third == 0 && fourth == 0)
                || (first == 0x2001 && second == 0x0db8)
                || (first == 0x0064 && second == 0xff9b)
                || first == 0x2002
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outbound(allow: &[&str]) -> Outbound {
        let allow = allow.iter().map(|host| (*host).to_owned()).collect();
        Outbound::new(&config::Outbound { allow, ..Default::default() }, "sample").unwrap()
    }

    fn accepts(outbound: &Outbound, url: &str) -> bool {
        outbound.check(&Url::parse(url).unwrap()).is_ok()
    }

    #[test]
    fn dr_02_internal_addresses_are_refused_in_every_spelling() {
        let strict = outbound(&[]);
        for url in [
            "http://127.0.0.1/",
            "http://2130706433/",
            "http://0x7f.1/",
            "http://10.0.0.1/",
            "http://169.254.169.254/",
            "http://192.168.1.1/",
            "http://[::1]/",
            "http://[::ffff:127.0.0.1]/",
            "http://[fd00::1]/",
            "http://[fe80::1]/",
            "http://[fec0::1]/",
            "http://[feff::1]/",
            "http://[2001::5ef5:79fd:380c:1df6]/",
            "http://[100::1]/",
            "http://0.0.0.0/",
            "http://100.64.0.1/",
            "file:///etc/passwd",
            "gopher://a.example/",
        ] {
            assert!(!accepts(&strict, url), "{url}");
        }
        assert!(accepts(&strict, "https://passport.example/") && accepts(&strict, "https://[2001:4860::1]/"));
    }

    #[test]
    fn what_the_operator_lists_is_allowed_with_its_port_only() {
        let listed = outbound(&["127.0.0.1:8080", "[::1]", "intranet"]);
        assert!(accepts(&listed, "http://127.0.0.1:8080/"));
        assert!(!accepts(&listed, "http://127.0.0.1:8081/"));
        assert!(accepts(&listed, "http://[::1]:9/"));
        assert!(accepts(&listed, "https://intranet/"));
    }

    #[tokio::test]
    async fn a_name_that_resolves_inside_is_refused_when_it_is_resolved() {
        let strict = outbound(&[]);
        let request = strict.client().get("http://localhost:9/").build().unwrap();
        let error = strict.send(request).await.unwrap_err();
        assert!(matches!(error, Unreached::Failed(_)), "{error}");
    }
}
