//! The engine worker: trains, measures and paints, so that the page never waits. It is a thin shell around
//! [`terrarium_labs::desk::Desk`].

mod bench;
mod paint;
mod shell;

fn main() {
    console_error_panic_hook::set_once();
    shell::start();
}
