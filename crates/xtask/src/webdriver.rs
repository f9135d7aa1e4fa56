//! One chromedriver on a free port of the loopback address, ended with its guard; it knows no test.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::running::{Running, bound_to_us};

const FAREWELL: &str = "TERM";

/// A running chromedriver. It binds to loopback as long as no `--allowed-ips` is given.
pub struct Driver {
    port: u16,
    /// Ended after the polite request in `drop`.
    _server: Running,
}

impl Driver {
    /// Starts the driver, its log in `folder`, and waits for the port that it picked.
    pub async fn start(program: &Path, folder: &Path) -> Result<Self> {
        let log = folder.join("chromedriver.log");
        let file = File::create(&log)?;
        let mut command = bound_to_us(program, FAREWELL);
        command.arg("--port=0").stdout(file.try_clone()?).stderr(file);
        let mut server = Running::start(command, FAREWELL).context("chromedriver cannot be started")?;
        let deadline = Instant::now() + Duration::from_secs(30);
        while Instant::now() < deadline && !server.has_ended() {
            if let Some(port) = announced_port(&fs::read_to_string(&log)?) {
                return Ok(Self { port, _server: server });
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        bail!("chromedriver did not start:\n{}", fs::read_to_string(log).unwrap_or_default())
    }

    /// The address that a WebDriver client connects to.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Asks the driver to close its browsers, whose crash handlers stand in groups of their own, and then itself.
    fn ask_to_shut_down(&self) -> std::io::Result<()> {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port))?;
        stream.set_read_timeout(Some(Duration::from_secs(5)))?;
        write!(
            stream,
            "GET /shutdown HTTP/1.1\r\nHost: localhost:{}\r\nConnection: close\r\n\r\n",
            self.port
        )?;
        stream.read_to_end(&mut Vec::new()).map(|_| ())
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        if let Err(error) = self.ask_to_shut_down() {
            eprintln!("xtask: chromedriver did not take the request to end ({error}); ending it by signal");
        }
    }
}

/// Reads `ChromeDriver was started successfully on port 43210.`
fn announced_port(log: &str) -> Option<u16> {
    let (_, rest) = log.split_once("started successfully on port ")?;
    rest.split_once('.')?.0.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_port_is_read_once_its_line_is_whole() {
        assert_eq!(announced_port("Starting ChromeDriver 156.0 on port 0\n"), None);
        assert_eq!(announced_port("…\nChromeDriver was started successfully on port 43"), None);
        assert_eq!(announced_port("…\nChromeDriver was started successfully on port 43210.\n"), Some(43210));
    }
}
