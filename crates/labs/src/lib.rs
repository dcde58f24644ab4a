//! Labs: what a visitor can train and look at, without a page. A lab is a table of settings, the programs they make, and a
//! session that runs them. The page and the command line are thin shells over this crate.

pub mod bench;
pub mod checkpoint;
mod compare;
pub mod desk;
pub mod engines;
mod error;
pub mod experiment;
mod game;
pub mod gan2d;
pub mod history;
pub mod image_gan;
pub mod judge;
pub mod lab;
pub mod language;
pub mod library;
pub mod pictures;
pub mod protocol;
pub mod run;
pub mod scene;
mod self_test;
pub mod session;
pub mod settings;
mod trouble;
pub mod vae;
pub mod workshop;

pub use compare::Comparing;
pub use engines::Engines;
pub use error::{Error, Result};
pub use session::{Finding, Session};
