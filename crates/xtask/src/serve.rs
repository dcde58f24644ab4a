//! Serving the page on this machine.

use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::dist;
use crate::progress::Progress;
use crate::setup::{self, Need};
use crate::workspace::Workspace;

#[derive(clap::Args)]
pub struct Options {
    /// The address to serve at; 0.0.0.0 lets other machines in
    #[arg(long, default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    address: IpAddr,
    /// The port to serve at
    #[arg(long, default_value_t = 8080)]
    port: u16,
}

/// Builds the page in release, serves it until stopped, and rebuilds it whenever a source file changes.
pub fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    let place = SocketAddr::new(options.address, options.port);
    TcpListener::bind(place).with_context(|| format!("cannot serve at {place}; `--port` and `--address` choose another place"))?;

    let mut progress = Progress::new(Need::FOR_PAGE.len() + 1);
    setup::ensure_all(workspace, &Need::FOR_PAGE, &mut progress)?;
    let mut server = workspace.trunk();
    server
        .args(["serve", "--release", "--disable-address-lookup=true"])
        .args(["--address", &options.address.to_string()])
        .args(["--port", &options.port.to_string()]);
    let mut server = server.spawn().context("cannot start trunk")?;
    progress.step(dist::PAGE_STEP, || {
        // trunk begins to listen when its first build has ended.
        while TcpStream::connect(place).is_err() {
            if let Some(status) = server.try_wait()? {
                bail!("trunk ended before it served anything ({status}); its last lines say why");
            }
            thread::sleep(Duration::from_millis(100));
        }
        Ok(())
    })?;
    eprintln!("\n  Terrarium is at http://{place}/ (Ctrl-C ends it)\n");
    let status = server.wait()?;
    if !status.success() {
        bail!("trunk ended ({status})");
    }
    Ok(())
}
