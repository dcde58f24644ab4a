//! The page: shows the lab and passes on what the visitor does. It never computes; the worker does.

mod app;
mod autosave;
mod bench;
mod chart;
mod charts;
mod controls;
mod credits;
mod data_picker;
mod diagram;
mod dom;
mod engine;
mod engine_panel;
mod files;
mod gan_panels;
mod header;
mod history;
mod icons;
mod lab;
mod language;
mod learn;
mod link;
mod notices;
mod number;
mod own_pictures;
mod own_points;
mod parts;
mod pointer;
mod presets;
mod run_bar;
mod techniques;
mod theme;
mod trouble;
mod view;
mod words;
mod writing;

use leptos::mount::mount_to_body;

fn main() {
    console_error_panic_hook::set_once();
    if dom::query().trim_start_matches('?') == bench::QUERY {
        mount_to_body(bench::Bench);
    } else {
        mount_to_body(app::App);
    }
    dom::loaded();
}
