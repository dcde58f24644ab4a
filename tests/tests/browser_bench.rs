//! The program that times the page, on a page that needs no time.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const PAGE: &str = r#"<!doctype html>
<title>A bench</title>
<script>
    window.terrariumBenchRuns = [["cpu", "gan2d"], ["cpu", "vae"], ["dfdx", "vae"]];
    // As real code does, it takes a while to load.
    if (location.search === "?bench") setTimeout(() => {
        window.terrariumBench = async (engine, workload) => JSON.stringify({ workload, engine, ms_per_step: 1.5 });
    }, 200);
</script>"#;

fn bench(arguments: &[&str]) -> Output {
    let page = Path::new(env!("CARGO_TARGET_TMPDIR")).join("bench");
    fs::create_dir_all(&page).unwrap();
    fs::write(page.join("index.html"), PAGE).unwrap();
    Command::new(PathBuf::from(env!("CARGO_BIN_EXE_browser_bench"))).arg("--page").arg(page).args(arguments).output().unwrap()
}

#[test]
fn rows_are_those_asked_for_in_the_order_of_the_page() {
    let output = bench(&["--workload", "vae"]);
    let rows = "{\"workload\":\"vae\",\"engine\":\"cpu\",\"ms_per_step\":1.5}\n\
                {\"workload\":\"vae\",\"engine\":\"dfdx\",\"ms_per_step\":1.5}\n";
    assert_eq!(String::from_utf8_lossy(&output.stdout), rows, "{}", String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success());
}

#[test]
fn a_run_that_the_page_does_not_offer_is_refused_with_those_it_does() {
    let output = bench(&["--engine", "abacus"]);
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && complaint.contains(r#"("dfdx", "vae")"#), "{complaint}");
}
