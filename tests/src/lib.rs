//! What the tests of the whole have in common: a server for the built page, and a real browser to open it in.

mod browser;
mod page;
mod site;

pub use browser::{Browser, BrowserOptions};
pub use page::{KEPT, Page, STEPS};
pub use site::{SiteOptions, StaticSite, dist};
/// The browser's own interface: elements, keys, scripts, windows.
pub use thirtyfour;
