//! The page with WebGPU, on Chromium's software adapter: slow, and exact enough.

use serde_json::json;
use terrarium_tests::{BrowserOptions, Page, STEPS, SiteOptions};

/// Networks of a size that the software adapter trains at some speed.
const SMALL: &str = "?g_width=16&d_width=16&batch=32&seed=3";

/// Keeps the worker's devices, and loses them when asked to.
const CAN_LOSE: &str = "
    const devices = [];
    const request = GPUAdapter.prototype.requestDevice;
    GPUAdapter.prototype.requestDevice = async function (...all) {
        const device = await request.apply(this, all);
        devices.push(device);
        return device;
    };
    new BroadcastChannel('lose').onmessage = () => devices.forEach(device => device.destroy());
";

/// Makes the software adapter pass for a real one, on which the page trains and paints without being asked.
const DISGUISED: &str = "
    Object.defineProperty(GPUAdapterInfo.prototype, 'isFallbackAdapter', { get: () => false });
";

async fn open(query: &str, worker_prelude: &'static str) -> Page {
    let browser = BrowserOptions { webgpu: true, ..BrowserOptions::default() };
    Page::open_with(query, browser, SiteOptions { worker_prelude, ..SiteOptions::default() }).await
}

async fn choose(page: &Page, engine: &str) {
    page.set("#engine", engine).await;
    // The run is on it when it tells what a step costs there.
    let on_device = "document.querySelector('#dispatches').textContent != '–'";
    page.until(&format!("document.querySelector('#engine').value == {engine:?} && ({on_device}) == ({})", engine == "webgpu"))
        .await;
}

/// One step of each network, `count` times.
async fn step(page: &Page, count: u64) {
    for _ in 0..count {
        let steps = page.steps().await;
        page.click_button("Step D").await;
        page.click_button("Step G").await;
        page.until(&format!("{STEPS} == {}", steps + 1)).await;
    }
}

/// The view as rows of 64 × 64 pixels, red, green and blue, once it has come to rest.
async fn picture(page: &Page) -> Vec<f64> {
    let pixels = "return new Promise(resolve => {
        const small = new OffscreenCanvas(64, 64).getContext('2d', { willReadFrequently: true });
        let last = '';
        const look = () => {
            small.drawImage(document.querySelector('canvas#view'), 0, 0, 64, 64);
            const pixels = [...small.getImageData(0, 0, 64, 64).data].filter((_, i) => i % 4 != 3);
            const now = pixels.join();
            if (now == last && new Set(pixels).size > 20) resolve(pixels);
            else { last = now; setTimeout(look, 500); }
        };
        look();
    })";
    page.js(pixels).await.as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect()
}

fn apart(a: &[f64], b: &[f64]) -> f64 {
    assert_eq!(a.len(), b.len());
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).sum::<f64>() / a.len() as f64
}

#[tokio::test]
async fn the_picture_is_the_same_whoever_computes_and_whoever_paints() {
    let mut pictures = Vec::new();
    for prelude in ["", DISGUISED] {
        let page = open(SMALL, prelude).await;
        for engine in ["webgpu", "cpu"] {
            choose(&page, engine).await;
            page.click_button("Reset").await;
            page.until(&format!("{STEPS} == 0")).await;
            step(&page, 8).await;
            pictures.push((prelude, engine, picture(&page).await));
        }
        page.assert_no_errors().await;
    }
    let (.., expected) = pictures.last().unwrap();
    for (prelude, engine, picture) in &pictures {
        let apart = apart(picture, expected);
        assert!(apart < 2.0, "{engine}, prelude “{prelude}”: {apart} of 255");
    }
}

#[tokio::test]
async fn a_real_device_trains_and_paints_without_being_asked() {
    let page = open(SMALL, DISGUISED).await;
    assert_eq!(page.js("return document.querySelector('#engine').value").await, json!("webgpu"));
    let about = page.text("#about-gpu").await;
    assert!(about.starts_with("WebGPU computes on: ") && about.contains("swiftshader"), "{about}");
    assert!(page.text("#dispatches").await.parse::<u32>().unwrap() <= 40);
    page.play_to(20).await;
    // Neither another size nor another tab disturbs it.
    page.set_viewport((700, 900)).await.unwrap();
    let now = page.steps().await;
    page.until(&format!("{STEPS} > {now} + 10")).await;
    let tab = page.window().await.unwrap();
    let other = page.new_tab().await.unwrap();
    page.switch_to_window(other).await.unwrap();
    tokio::time::sleep(std::time::Duration::from_secs(2)).await;
    page.close_window().await.unwrap();
    page.switch_to_window(tab).await.unwrap();
    let now = page.steps().await;
    page.until(&format!("{STEPS} > {now} + 10")).await;
    page.pause().await;
    assert!(picture(&page).await.len() == 3 * 64 * 64);
    page.assert_no_errors().await;
}

#[tokio::test]
async fn a_run_outlives_its_device() {
    let page = open(SMALL, CAN_LOSE).await;
    choose(&page, "webgpu").await;
    page.play_to(30).await;
    let lose = "new BroadcastChannel('lose').postMessage('')";
    page.js(lose).await;
    page.until("document.querySelector('.notice.warning')?.textContent.includes('The graphics processor failed')").await;
    assert_eq!(page.js("return document.querySelector('#engine').value").await, json!("webgpu"), "there is another device");
    let kept = page.steps().await;
    page.until(&format!("{STEPS} > {kept} + 10")).await;
    // Twice within a minute is too often.
    page.js(lose).await;
    page.until("document.querySelector('#engine').value == 'cpu'").await;
    assert!(page.text("#about-gpu").await.starts_with("WebGPU is not used: "));
    let kept = page.steps().await;
    assert!(kept > 0, "the run does not begin anew");
    page.until(&format!("{STEPS} > {kept} + 10")).await;
    assert_eq!(page.js("return document.querySelectorAll('.crash').length").await, json!(0));
    page.assert_no_errors().await;
}

#[tokio::test]
async fn the_device_learns_the_ring_and_compares_well() {
    let page = open("?g_width=24&d_width=24&batch=64&seed=2", "").await;
    choose(&page, "webgpu").await;
    page.click("#compare").await;
    page.until("document.querySelector('#compared').textContent.startsWith('After 50 steps')").await;
    let outcome = page.text("#compared").await;
    assert!(outcome.contains("rounding, and no more") && outcome.contains("WebGPU took"), "{outcome}");
    page.play().await;
    let covered = "[...document.querySelectorAll('.readings output')].map(o => o.textContent).join(' ')";
    page.until(&format!("/[78] of 8/.test({covered})")).await;
    page.assert_no_errors().await;
}

#[tokio::test]
async fn the_device_is_measured() {
    let page = Page::open("").await;
    assert!(page.text("#about-gpu").await.starts_with("WebGPU is not used: "), "without WebGPU, it says why");
    page.js("navigator.clipboard.writeText = async text => { window.copied = text; }").await;
    page.click("#bench").await;
    page.until("document.querySelectorAll('#bench-table tbody tr').length > 1 && !document.querySelector('#bench').disabled").await;
    let times = "return [...document.querySelectorAll('#bench-table tbody td:nth-child(2)')].map(cell => Number(cell.textContent))";
    let times = page.js(times).await;
    assert!(times.as_array().unwrap().iter().all(|ms| ms.as_f64().is_some_and(|ms| ms > 0.0)), "{times}");
    page.click("#copy-bench").await;
    page.until("window.copied").await;
    let lines = page.js("return copied.split('\\n').map(line => line.split('\\t').length)").await;
    let rows = times.as_array().unwrap().len();
    // A heading, the rows, the adapter and an end.
    assert_eq!(lines, json!([vec![9; rows + 1], vec![1, 1]].concat()));
    page.play_to(20).await;
    page.until("/%/.test(document.querySelector('#share').textContent)").await;
    page.assert_no_errors().await;
}
