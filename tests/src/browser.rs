//! A real browser without a window, steered through chromedriver.

use std::env;
use std::ffi::OsString;
use std::io::{BufRead, BufReader};
use std::ops::Deref;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use thirtyfour::common::capabilities::chromium::ChromiumLikeCapabilities;
use thirtyfour::{CapabilitiesHelper, ChromeCapabilities, DesiredCapabilities, LoggingPrefsLogLevel, WebDriver};

/// How long a script in the page, such as a measurement, may take.
const LONGEST_SCRIPT: Duration = Duration::from_secs(600);

/// What kind of browser to start.
#[derive(Clone, Debug)]
pub struct BrowserOptions {
    /// Whether there is WebGPU, on an adapter in software: exact enough to test with, and slow.
    pub webgpu: bool,
    /// Width and height of the viewport in CSS pixels.
    pub viewport: (u32, u32),
}

impl Default for BrowserOptions {
    fn default() -> Self {
        Self { webgpu: false, viewport: (1280, 900) }
    }
}

/// A headless Chromium with a fresh profile, which ends with this value, be it by a panic.
///
/// It is a [`WebDriver`] (by [`Deref`]), with what Terrarium's tests need beyond that.
///
/// The variables `CHROME` and `CHROMEDRIVER` may name the programs (`cargo xtask test` sees to that); otherwise
/// chromedriver is looked for on the PATH, and the browser where chromedriver looks for it.
pub struct Browser {
    // Dropped in this order: the session ends with its browser, then the driver is stopped.
    session: WebDriver,
    _driver: Driver,
}

impl Browser {
    /// Starts a browser without WebGPU and with a window of a common laptop's size.
    pub async fn launch() -> Result<Self> {
        Self::launch_with(&BrowserOptions::default()).await
    }

    /// Starts a browser.
    ///
    /// # Errors
    /// If there is no chromedriver, or no browser of its version.
    pub async fn launch_with(options: &BrowserOptions) -> Result<Self> {
        let driver = Driver::start()?;
        let session = WebDriver::builder(&driver.address, capabilities(options)?)
            .client(local_client()?)
            .connect()
            .await
            .context("chromedriver could not start a browser; CHROME may name one of the same version")?;
        session.set_script_timeout(LONGEST_SCRIPT).await?;
        let browser = Self { session, _driver: driver };
        browser.set_viewport(options.viewport).await?;
        Ok(browser)
    }

    /// Gives the page exactly this width and height in CSS pixels, narrower than a window can be if need be.
    pub async fn set_viewport(&self, (width, height): (u32, u32)) -> Result<()> {
        let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.session.cdp().send_raw("Emulation.setDeviceMetricsOverride", metrics).await?;
        Ok(())
    }

    /// Runs JavaScript in the page and returns the value of its `return`, awaited if it is a promise.
    pub async fn eval(&self, script: &str) -> Result<Value> {
        let returned = self.session.execute(script, Vec::new()).await;
        Ok(returned.with_context(|| format!("in the script `{script}`"))?.json().clone())
    }

    /// What the page has reported as errors since this was last asked, failed requests included.
    pub async fn console_errors(&self) -> Result<Vec<String>> {
        let log = self.session.browser_log().await?;
        Ok(log.into_iter().filter(|entry| entry.level == "SEVERE").map(|entry| entry.message).collect())
    }

    /// Saves what the page looks like as a PNG.
    pub async fn save_screenshot(&self, path: impl AsRef<Path>) -> Result<()> {
        let path = path.as_ref();
        self.session.screenshot(path).await.with_context(|| format!("cannot save {}", path.display()))
    }
}

impl Deref for Browser {
    type Target = WebDriver;

    fn deref(&self) -> &WebDriver {
        &self.session
    }
}

fn capabilities(options: &BrowserOptions) -> Result<ChromeCapabilities> {
    let shared: Value = serde_json::from_str(include_str!("../webdriver.json")).context("tests/webdriver.json")?;
    let mut capabilities = DesiredCapabilities::chrome();
    capabilities.set("goog:chromeOptions", &shared["goog:chromeOptions"])?;
    if let Some(chrome) = env::var_os("CHROME") {
        capabilities.set_binary(&chrome.to_string_lossy())?;
    }
    if options.webgpu {
        // Canvases can be drawn on by a software adapter only if what puts the page together is in Vulkan, too.
        for flag in ["enable-unsafe-webgpu", "use-webgpu-adapter=swiftshader", "use-angle=swiftshader", "use-vulkan=swiftshader"] {
            capabilities.add_arg(&format!("--{flag}"))?;
        }
        capabilities.add_arg("--enable-features=Vulkan")?;
    }
    capabilities.set_browser_log_level(LoggingPrefsLogLevel::All)?;
    Ok(capabilities)
}

/// A client that opens a connection for each request, and to this machine alone.
///
/// A session that ends in `drop` talks to chromedriver while the runtime of all earlier requests stands still, so it
/// would wait for ever on a connection kept from one of them.
fn local_client() -> Result<reqwest::Client> {
    let client = reqwest::Client::builder().pool_max_idle_per_host(0).no_proxy().timeout(LONGEST_SCRIPT);
    client.build().context("cannot set up a client for chromedriver")
}

/// A running chromedriver.
struct Driver {
    process: Child,
    address: String,
    // Kept open, because chromedriver ends when it cannot write to it.
    _output: BufReader<ChildStdout>,
}

/// chromedriver takes a free port of IPv6 and then wants the same one of IPv4, which another process may have just taken. So
/// it is started up to so many times.
const TRIES: usize = 5;
const PORT_TAKEN: &str = "port not available";

impl Driver {
    fn start() -> Result<Self> {
        let mut started = Self::try_to_start();
        for _ in 1..TRIES {
            match &started {
                Err(why) if why.to_string().contains(PORT_TAKEN) => started = Self::try_to_start(),
                _ => break,
            }
        }
        started
    }

    fn try_to_start() -> Result<Self> {
        let program = env::var_os("CHROMEDRIVER").unwrap_or_else(|| OsString::from("chromedriver"));
        let mut process = Command::new(&program)
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .with_context(|| format!("cannot start {}; `cargo xtask setup` installs it or says how", program.display()))?;
        let mut output = BufReader::new(process.stdout.take().context("chromedriver has no output")?);
        let mut said = String::new();
        loop {
            let before = said.len();
            ensure!(output.read_line(&mut said)? > 0, "chromedriver ended before it was ready: {said}");
            if let Some(port) = port_in(&said[before..]) {
                return Ok(Self { process, address: format!("http://127.0.0.1:{port}"), _output: output });
            }
        }
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // Either may fail only if it has ended already, which is what we want.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Reads the port from the line by which chromedriver says that it is ready.
fn port_in(line: &str) -> Option<u16> {
    line.split_once("successfully on port ")?.1.trim_end().trim_end_matches('.').parse().ok()
}
