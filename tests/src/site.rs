//! A plain file server on this machine, such as any static host would be.

use std::fs::File;
use std::io::Read;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use anyhow::{Context, Result, anyhow, ensure};
use tiny_http::{Header, Request, Response, Server, StatusCode};

/// The folder that `trunk build` puts the page into.
pub fn dist() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).with_file_name("dist")
}

/// How a [`StaticSite`] serves its folder.
#[derive(Clone, Debug, Default)]
pub struct SiteOptions {
    /// The path that the site is hosted under, such as `some/where`; empty for the root.
    pub prefix: String,
    /// Whether to isolate the page from other origins, which it needs for shared memory and precise clocks.
    pub cross_origin_isolated: bool,
    /// JavaScript that the engine worker runs before its own.
    pub worker_prelude: &'static str,
}

/// The file that starts the engine worker.
const WORKER: &str = "start-worker.js";

/// A folder served on a free port of 127.0.0.1 until it is dropped.
pub struct StaticSite {
    server: Arc<Server>,
    worker: Option<JoinHandle<()>>,
    address: String,
}

impl StaticSite {
    /// Serves a folder as most hosts do: at the root, without headers that isolate it.
    pub fn serve(folder: impl Into<PathBuf>) -> Result<Self> {
        Self::serve_with(folder, SiteOptions::default())
    }

    /// Serves a folder; a request for a folder in it gets that folder's `index.html`.
    pub fn serve_with(folder: impl Into<PathBuf>, options: SiteOptions) -> Result<Self> {
        let folder = folder.into();
        ensure!(folder.is_dir(), "there is no folder {} to serve; `cargo xtask dist` builds the page", folder.display());
        let server = Server::http("127.0.0.1:0").map_err(|error| anyhow!("cannot serve {}: {error}", folder.display()))?;
        let server = Arc::new(server);
        let port = server.server_addr().to_ip().context("the server has no port")?.port();
        let prefix = options.prefix.trim_matches('/');
        let root = if prefix.is_empty() { "/".to_owned() } else { format!("/{prefix}/") };
        let address = format!("http://127.0.0.1:{port}{root}");

        let worker = thread::spawn({
            let server = Arc::clone(&server);
            move || {
                for request in server.incoming_requests() {
                    let file = path_in_site(request.url(), &root).and_then(|path| found(&folder.join(path)));
                    // A browser that has gone away while it was answered is no concern of ours.
                    let _ = answer(request, file, &options);
                }
            }
        });
        Ok(Self { server, worker: Some(worker), address })
    }

    /// The address of a file of the site; `""` is the site itself.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.address)
    }
}

impl Drop for StaticSite {
    fn drop(&mut self) {
        self.server.unblock();
        if let Some(worker) = self.worker.take() {
            // A panic of the worker has been printed, and the requests it left unanswered fail the test.
            let _ = worker.join();
        }
    }
}

/// What a request's address names below the site's root, unless it names something outside it.
fn path_in_site<'a>(url: &'a str, root: &str) -> Option<&'a Path> {
    let path = url.split(['?', '#']).next()?.strip_prefix(root)?;
    let path = Path::new(path);
    path.components().all(|part| matches!(part, Component::Normal(_))).then_some(path)
}

fn found(path: &Path) -> Option<PathBuf> {
    let path = if path.is_dir() { path.join("index.html") } else { path.to_owned() };
    path.is_file().then_some(path)
}

fn answer(request: Request, file: Option<PathBuf>, options: &SiteOptions) -> std::io::Result<()> {
    let Some(path) = file else {
        return request.respond(Response::from_string("no such file").with_status_code(404));
    };
    let prelude = if path.ends_with(WORKER) { options.worker_prelude } else { "" };
    let length = File::open(&path)?.metadata()?.len() as usize + prelude.len();
    let body = prelude.as_bytes().chain(File::open(&path)?);
    let kind = header("Content-Type", media_type(&path));
    let mut response = Response::new(StatusCode(200), vec![kind], body, Some(length), None);
    if options.cross_origin_isolated {
        response.add_header(header("Cross-Origin-Opener-Policy", "same-origin"));
        response.add_header(header("Cross-Origin-Embedder-Policy", "require-corp"));
    }
    request.respond(response)
}

fn header(field: &str, value: &str) -> Header {
    Header::from_bytes(field, value).expect("all headers sent here are plain ASCII")
}

fn media_type(path: &Path) -> &'static str {
    match path.extension().and_then(|kind| kind.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("json") => "application/json",
        Some("webmanifest") => "application/manifest+json",
        Some("csv") => "text/csv; charset=utf-8",
        Some("txt") => "text/plain; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("ico") => "image/x-icon",
        Some("woff2") => "font/woff2",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_name_files_below_the_root_and_nothing_else() {
        let in_site = |url| path_in_site(url, "/some/where/").map(Path::to_owned);
        assert_eq!(in_site("/some/where/"), Some(PathBuf::new()));
        assert_eq!(in_site("/some/where/a/b.js?v=1"), Some(PathBuf::from("a/b.js")));
        assert_eq!(in_site("/some/where/../secret"), None);
        assert_eq!(in_site("/some/where//etc/passwd"), None);
        assert_eq!(in_site("/elsewhere/a"), None);
    }
}
