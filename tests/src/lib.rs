//! What the tests of the whole have in common: a server for the built page, and a real browser to open it in.

#[cfg(feature = "browser")]
mod browser;
#[cfg(feature = "browser")]
mod site;

#[cfg(feature = "browser")]
pub use browser::{Browser, BrowserOptions};
#[cfg(feature = "browser")]
pub use site::{SiteOptions, StaticSite, dist};
/// The browser's own interface: elements, keys, scripts, windows.
#[cfg(feature = "browser")]
pub use thirtyfour;
