//! Labs: what a visitor can train and look at, without a page. A lab is a table of settings, the programs they make, and a
//! session that runs them. The page and the command line are thin shells over this crate.

pub mod desk;
pub mod gan2d;
pub mod protocol;
pub mod scene;
pub mod settings;
