//! A child program in a process group of its own that cannot outlive its guard; it does not know what it runs.

use std::io;
use std::process::{Command, ExitStatus, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use tokio::process::{Child, ChildStdout};

/// How long a program may take to end by itself before it is killed.
const PATIENCE: Duration = Duration::from_secs(10);

/// A started program. Dropping the guard ends its whole process group, gently first.
pub struct Running {
    child: Child,
    /// Also the number of its process group.
    pid: u32,
    /// The signal that the program takes as a request to end (`TERM`, `INT`).
    farewell: &'static str,
}

impl Running {
    /// Starts `command` with nothing to read, as the leader of a new process group.
    pub fn start(command: Command, farewell: &'static str) -> io::Result<Self> {
        let mut command = tokio::process::Command::from(command);
        let child = command.stdin(Stdio::null()).process_group(0).spawn()?;
        let pid = child.id().ok_or_else(|| io::Error::other("the program ended at once"))?;
        Ok(Self { child, pid, farewell })
    }

    /// The program's output, where it was piped; `None` the second time.
    pub fn take_stdout(&mut self) -> Option<ChildStdout> {
        self.child.stdout.take()
    }

    /// Its number, also after `setpriv` became the program.
    pub fn process(&self) -> u32 {
        self.pid
    }

    /// Waits for the program to end by itself.
    pub async fn wait(&mut self) -> io::Result<ExitStatus> {
        self.child.wait().await
    }

    /// True once the program has ended.
    pub fn has_ended(&mut self) -> bool {
        !matches!(self.child.try_wait(), Ok(None))
    }

    fn signal_group(&self, name: &str) {
        // The shell's own `kill` is on every system, the program of that name is not.
        let kill = Command::new("sh")
            .args(["-c", "kill -s \"$1\" -- \"-$2\"", "sh", name, &self.pid.to_string()])
            .stderr(Stdio::null())
            .status();
        if let Err(error) = kill {
            eprintln!("xtask: cannot signal process {}: {error}", self.pid);
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if self.has_ended() {
            return;
        }
        self.signal_group(self.farewell);
        let deadline = Instant::now() + PATIENCE;
        while !self.has_ended() {
            if Instant::now() >= deadline {
                self.signal_group("KILL");
                return;
            }
            sleep(Duration::from_millis(20));
        }
    }
}

/// `program` as a command that also gets the signal `farewell` from the kernel if this process dies without goodbye.
pub fn bound_to_us(program: &std::path::Path, farewell: &str) -> Command {
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", farewell]).arg(program);
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[tokio::test]
    async fn dropping_the_guard_ends_the_program_and_its_children() {
        let mut command = shell("sleep 600 & echo $!; wait");
        command.stdout(Stdio::piped());
        let mut running = Running::start(command, "TERM").unwrap();
        let grandchild = {
            use tokio::io::{AsyncBufReadExt, BufReader};
            let mut lines = BufReader::new(running.take_stdout().unwrap()).lines();
            lines.next_line().await.unwrap().unwrap()
        };
        assert!(is_alive(&grandchild));
        drop(running);
        let deadline = Instant::now() + PATIENCE;
        while is_alive(&grandchild) {
            assert!(Instant::now() < deadline, "process {grandchild} outlived its guard");
            sleep(Duration::from_millis(10));
        }
    }

    #[tokio::test]
    async fn a_program_that_ends_by_itself_reports_its_status() {
        let mut running = Running::start(shell("exit 3"), "TERM").unwrap();
        assert_eq!(running.wait().await.unwrap().code(), Some(3));
        assert!(running.has_ended());
    }

    /// A zombie that nobody has reaped yet counts as ended.
    fn is_alive(pid: &str) -> bool {
        std::fs::read_to_string(format!("/proc/{pid}/stat"))
            .is_ok_and(|stat| !stat.rsplit(") ").next().unwrap_or_default().starts_with('Z'))
    }
}
