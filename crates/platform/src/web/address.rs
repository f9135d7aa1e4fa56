//! Where a visitor comes from: one canonical address, and whose word about it counts. Knows no budget.
use std::net::IpAddr;

use axum::http::HeaderMap;
use ipnet::IpNet;

/// The address of a visitor or a proxy. IPv4 in IPv6 (`::ffff:a.b.c.d`, as a listener on `[::]` sees it) is IPv4:
/// there is no other way to make one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Address(IpAddr);

impl From<IpAddr> for Address {
    fn from(address: IpAddr) -> Self {
        Self(address.to_canonical())
    }
}

impl std::fmt::Display for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl Address {
    /// One hop as proxies write it: with or without a port, IPv6 with or without brackets (RFC 7239 §6).
    /// A name, `unknown`, an address with a zone: `None`.
    pub fn read(hop: &str) -> Option<Self> {
        let hop = hop.trim_matches([' ', '\t']);
        let (host, port) = match hop.strip_prefix('[') {
            Some(rest) => {
                let (host, port) = rest.split_once(']')?;
                (IpAddr::V6(host.parse().ok()?), port)
            }
            None => match hop.split_once(':') {
                Some((host, port)) if !port.contains(':') => {
                    (IpAddr::V4(host.parse().ok()?), hop.get(hop.len() - port.len() - 1..)?)
                }
                _ => (hop.parse().ok()?, ""),
            },
        };
        is_port(port).then(|| host.into())
    }

    /// The part that one household or company shares: /24 or /56.
    pub fn block(self) -> String {
        self.network(24, 56)
    }

    /// What one customer of a provider may hold, from narrow to wide: /48 and /32 of IPv6. An IPv4 address has
    /// none: a /24 is already shared by strangers.
    pub fn wider_blocks(self) -> Vec<String> {
        match self.0 {
            IpAddr::V4(_) => vec![],
            IpAddr::V6(_) => vec![self.network(24, 48), self.network(24, 32)],
        }
    }

    fn network(self, v4: u8, v6: u8) -> String {
        let length = if self.0.is_ipv4() { v4 } else { v6 };
        IpNet::new(self.0, length).map_or_else(|_| self.to_string(), |net| net.trunc().to_string())
    }
}

/// [`Address::wider_blocks`] of a block that was written down.
pub fn wider_blocks(block: &str) -> Vec<String> {
    block.parse::<IpNet>().map(|net| Address::from(net.addr()).wider_blocks()).unwrap_or_default()
}

/// Nothing, or `:` and a port; proxies may hide it as `_name` (RFC 7239 §6.3).
fn is_port(text: &str) -> bool {
    let Some(port) = text.strip_prefix(':') else { return text.is_empty() };
    match port.strip_prefix('_') {
        Some(name) => {
            !name.is_empty()
                && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'))
        }
        None => port.bytes().all(|b| b.is_ascii_digit()) && port.parse::<u16>().is_ok(),
    }
}

/// The proxies whose word counts: `[server] trusted_proxies`.
#[derive(Clone, Debug, Default)]
pub struct Proxies(Vec<IpNet>);

impl Proxies {
    /// Reads addresses and networks.
    ///
    /// # Errors
    /// What is wrong with one of them, in words for the operator.
    pub fn read(lines: &[String]) -> Result<Self, String> {
        lines.iter().map(|line| network(line)).collect::<Result<_, _>>().map(Self)
    }

    pub fn trusts(&self, address: Address) -> bool {
        self.0.iter().any(|net| net.contains(&address.0))
    }

    /// Whose request it is: the last hop before those that are trusted, if the peer is one of these; else the
    /// peer. A hop that cannot be read ends the walk at the peer: what lies behind it is anybody's invention. So
    /// do two headers that disagree, for a proxy writes one of them and passes the other one through.
    pub fn visitor(&self, peer: Address, headers: &HeaderMap) -> Address {
        if !self.trusts(peer) {
            return peer;
        }
        let hops = [lines(headers, "x-forwarded-for", listed), lines(headers, "forwarded", forwarded)];
        match hops.map(|hops| (!hops.is_empty()).then(|| self.last(peer, &hops))) {
            [Some(one), Some(other)] if one != other => peer,
            [Some(found), _] | [None, Some(found)] => found,
            [None, None] => peer,
        }
    }

    fn last(&self, peer: Address, hops: &[Option<Address>]) -> Address {
        let first_strange = hops.iter().rev().find(|hop| hop.is_none_or(|hop| !self.trusts(hop)));
        first_strange.copied().flatten().unwrap_or(peer)
    }
}

fn network(line: &str) -> Result<IpNet, String> {
    let host = line.split('/').next().unwrap_or_default();
    let Ok(address) = host.parse::<IpAddr>() else {
        return Err(format!(
            "{line} is neither an IP address nor a network like 10.0.0.0/8. A host name does not serve: write the \
             address that the proxy connects from, or its network"
        ));
    };
    let net = match line.parse::<IpNet>() {
        Ok(net) => net,
        Err(_) if host == line => IpNet::from(address),
        Err(_) => return Err(format!("{line} is no network: the length after / is too large or no number")),
    };
    if net.prefix_len() == 0 {
        return Err(format!("{line} is everybody: then any visitor could choose an address"));
    }
    match (address.to_canonical(), net.prefix_len().checked_sub(96)) {
        (IpAddr::V4(v4), Some(length)) if address.is_ipv6() => {
            IpNet::new(IpAddr::V4(v4), length).map_err(|error| format!("{line}: {error}"))
        }
        _ => Ok(net.trunc()),
    }
}

/// Every hop of every line of a header, in order; a line that is no text is a hop that cannot be read.
fn lines(
    headers: &HeaderMap,
    name: &str,
    read: impl Fn(&str) -> Vec<Option<Address>>,
) -> Vec<Option<Address>> {
    let values = headers.get_all(name).iter();
    values.flat_map(|value| value.to_str().map_or_else(|_| vec![None], &read)).collect()
}

fn listed(line: &str) -> Vec<Option<Address>> {
    line.split(',').map(Address::read).collect()
}

/// The `for` of each element (RFC 7239 §4); an element without one is a hop that cannot be read.
fn forwarded(line: &str) -> Vec<Option<Address>> {
    let Some(elements) = split(line, ',') else { return vec![None] };
    elements.into_iter().map(|element| element_for(element).and_then(|hop| Address::read(&hop))).collect()
}

fn element_for(element: &str) -> Option<String> {
    let pairs = split(element, ';')?;
    let mut values = pairs.into_iter().filter_map(|pair| {
        let (name, value) = pair.split_once('=')?;
        name.trim().eq_ignore_ascii_case("for").then_some(value.trim())
    });
    let (Some(value), None) = (values.next(), values.next()) else { return None };
    let Some(quoted) = value.strip_prefix('"') else { return Some(value.to_owned()) };
    // No address holds a quote or a backslash, so none needs to be unescaped.
    quoted.strip_suffix('"').map(str::to_owned)
}

/// Splits outside of quoted strings; `None` when a quote is not closed.
fn split(text: &str, at: char) -> Option<Vec<&str>> {
    let (mut quoted, mut escaped) = (false, false);
    let parts = text
        .split(|c: char| {
            let is_end = c == at && !quoted;
            match c {
                _ if escaped => escaped = false,
                '\\' if quoted => escaped = true,
                '"' => quoted = !quoted,
                _ => {}
            }
            is_end
        })
        .collect();
    (!quoted).then_some(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(hop: &str) -> Option<String> {
        Address::read(hop).map(|address| address.to_string())
    }

    #[test]
    fn fx_07_an_address_is_read_with_port_and_brackets_and_is_canonical() {
        for (hop, address) in [
            ("198.51.100.5", "198.51.100.5"),
            (" 198.51.100.5:51234 ", "198.51.100.5"),
            ("198.51.100.5:_hidden", "198.51.100.5"),
            ("2001:db8::7", "2001:db8::7"),
            ("[2001:DB8::7]", "2001:db8::7"),
            ("[2001:db8::7]:443", "2001:db8::7"),
            ("::ffff:198.51.100.5", "198.51.100.5"),
            ("[::ffff:c633:6405]:80", "198.51.100.5"),
        ] {
            assert_eq!(read(hop).as_deref(), Some(address), "{hop}");
        }
        for hop in [
            "",
            "unknown",
            "_hidden",
            "198.51.100.5:",
            "198.51.100.5:x",
            "198.51.100.5:70000",
            "198.51.100.5:+80",
            "198.51.100.05",
            "198.51.100.5, 1.2.3.4",
            "[198.51.100.5]",
            "[2001:db8::7",
            "[2001:db8::7]443",
            "[2001:db8::7]:",
            "fe80::1%eth0",
            "proxy.example",
            "2130706433",
        ] {
            assert_eq!(read(hop), None, "{hop}");
        }
    }

    #[test]
    fn a_block_is_what_neighbours_share_and_ipv6_has_wider_ones() {
        let of = |text: &str| Address::read(text).unwrap();
        assert_eq!(of("198.51.100.5").block(), "198.51.100.0/24");
        assert_eq!(of("::ffff:198.51.100.5").block(), "198.51.100.0/24");
        assert_eq!(of("2001:db8:1:2ff::7").block(), "2001:db8:1:200::/56");
        assert!(of("198.51.100.5").wider_blocks().is_empty());
        let wider = ["2001:db8:1::/48", "2001:db8::/32"];
        assert_eq!(of("2001:db8:1:2ff::7").wider_blocks(), wider);
        assert_eq!(wider_blocks("2001:db8:1:200::/56"), wider);
        assert!(wider_blocks("198.51.100.0/24").is_empty() && wider_blocks("").is_empty());
    }

    #[test]
    fn proxies_are_addresses_and_networks_and_never_names_or_everybody() {
        let read = |line: &str| Proxies::read(&[line.to_owned()]);
        let trusts = |line: &str, address: &str| read(line).unwrap().trusts(Address::read(address).unwrap());
        assert!(trusts("10.0.0.0/8", "10.9.8.7") && !trusts("10.0.0.0/8", "11.0.0.1"));
        assert!(trusts("10.1.2.3/8", "10.9.8.7"));
        assert!(trusts("192.0.2.1", "::ffff:192.0.2.1"));
        assert!(trusts("::ffff:10.0.0.0/104", "10.9.8.7"));
        assert!(trusts("2001:db8::/32", "2001:db8:ffff::1"));
        for line in
            ["proxy", "proxy.internal", "0.0.0.0/0", "::/0", "10.0.0.0/33", "10.0.0.1:80", "10.0.0.0/x", ""]
        {
            assert!(read(line).is_err(), "{line}");
        }
        assert!(read("proxy").unwrap_err().contains("A host name does not serve"));
    }
}
