//! The built page in a real browser, as a visitor uses it.
//!
//! `cargo xtask test` builds the page first; `cargo xtask dist` does it by hand.

use serde_json::{Value, json};
use terrarium_tests::thirtyfour::Key;
use terrarium_tests::{BrowserOptions, Page, STEPS, SiteOptions};

#[tokio::test]
async fn the_page_opens_with_a_run_to_play_and_asks_no_one_else_for_anything() {
    let page = Page::open("").await;
    assert_eq!(page.text("#play").await, "Play");
    assert_eq!(page.steps().await, 0);
    assert_eq!(page.js("return location.search").await, json!("?seed=1"));
    let elsewhere = "return performance.getEntriesByType('resource').map(r => r.name).filter(n => !n.startsWith(location.origin))";
    assert_eq!(page.js(elsewhere).await, json!([]));
    assert_ne!(page.js("return document.querySelector('meta[http-equiv=Content-Security-Policy]')").await, Value::Null);

    // The first frame is painted before anything is played: a picture of one colour would be much smaller.
    page.catch_saved().await;
    page.click(".menu summary").await;
    page.js("[...document.querySelectorAll('.menu-items button')].find(b => b.textContent.startsWith('Picture')).click()").await;
    page.until("window.saved").await;
    assert_eq!(page.js("return saved.type").await, json!("image/png"));
    assert!(page.js("return saved.size").await.as_u64().unwrap() > 20_000);
    page.assert_no_errors().await;
}

#[tokio::test]
async fn play_trains_a_generator_that_finds_the_ring() {
    let page = Page::open("?seed=1").await;
    page.play().await;
    let readings = "[...document.querySelectorAll('.readings output')].map(output => output.textContent)";
    page.until(&format!(
        "(([d, g, divergence, modes]) => parseInt(modes) >= 7 && Number(divergence) < 0.15)({readings}) || {STEPS} > 4000"
    ))
    .await;
    let steps = page.steps().await;
    assert!(steps <= 3000, "7 of 8 modes at a divergence below 0.15 took {steps} steps");
    page.assert_no_errors().await;
}

#[tokio::test]
async fn the_link_brings_back_the_set_up_and_names_what_is_wrong_in_it() {
    let page = Page::open("").await;
    page.set("#g_width-input", "0").await;
    page.set("#loss-input", "hinge").await;
    page.set("#seed", "77").await;
    page.set("#g_lr-input", "0").await;
    page.until("location.search == '?seed=77&g_lr=0.00001&g_width=2&loss=hinge'").await;
    let link = page.js("return location.search").await;
    page.visit("?seed=5").await;
    page.visit(link.as_str().unwrap()).await;
    assert_eq!(page.js("return location.search").await, link);
    assert_eq!(page.js("return document.querySelector('#loss-input').value").await, json!("hinge"));
    assert_eq!(page.js("return document.querySelector('#seed').value").await, json!("77"));

    page.visit("?seed=3&g_width=9999&g_depth=3&nonsense=1").await;
    let said = page.text(".notices").await;
    assert!(said.contains("9999") && said.contains("nonsense"), "{said}");
    assert_eq!(page.js("return location.search").await, json!("?seed=3&g_depth=3"));
    page.assert_no_errors().await;
}

#[tokio::test]
async fn after_a_reload_the_run_goes_on() {
    let page = Page::open("?seed=4&g_width=16").await;
    page.play_to(40).await;
    let left = page.pause().await;

    page.visit("").await;
    page.until("document.querySelector('#left-off')").await;
    assert!(page.text("#left-off").await.contains(&format!("step {left}")));
    page.click_button("Go on").await;
    page.until(&format!("{STEPS} == {left}")).await;
    assert_eq!(page.js("return location.search").await, json!("?seed=4&g_width=16"));
    page.play_to(left + 20).await;
    page.assert_no_errors().await;
}

#[tokio::test]
async fn labs_are_left_and_found_again_and_links_within_the_page_lead_nowhere_else() {
    let page = Page::open("?seed=4&g_width=16").await;
    page.play_to(20).await;
    page.pause().await;
    let steps = page.steps().await;
    page.click("a[href='#learn']").await;
    page.until("location.hash == '#learn'").await;
    // What a link within the page might do it has done before a later step is made.
    page.click_button("Step G").await;
    page.until(&format!("{STEPS} == {}", steps + 1)).await;

    page.click("nav.labs a[href*='lab=vae']").await;
    page.until("document.querySelector('#techniques') && document.querySelector('.readings')?.textContent.includes('Held out')")
        .await;
    assert_eq!(page.js("return document.querySelector('nav.labs [aria-current]').textContent").await, json!("VAE"));
    page.back().await.unwrap();
    page.until("!document.querySelector('#techniques:not(.hidden)') && location.search.includes('g_width=16')").await;
    page.until("document.querySelector('.readings')?.textContent.includes('Generator')").await;
    page.assert_no_errors().await;
}

#[tokio::test]
async fn what_a_lab_adds_comes_once_when_it_is_opened_and_can_be_asked_for_again_if_it_did_not() {
    let page = Page::open("").await;
    let parts = "return performance.getEntriesByType('resource').filter(r => r.name.includes('split_')).length";
    assert_eq!(page.js(parts).await, json!(0));

    let cut_the_network = "window.reached = window.fetch; window.fetch = () => Promise.reject(new TypeError('no network'))";
    page.js(cut_the_network).await;
    page.click("nav.labs a[href*='lab=vae']").await;
    page.until("document.querySelector('#arrival').innerText.includes('could not be loaded')").await;
    // The run needs nothing of it.
    page.until("document.querySelector('.readings')?.textContent.includes('Held out')").await;
    page.play_to(1).await;
    page.pause().await;
    assert_eq!(page.js("return document.querySelector('#techniques')").await, Value::Null);

    page.js("window.fetch = window.reached").await;
    page.click_button("Try again").await;
    page.until("document.querySelector('#techniques') && document.querySelector('#learn').textContent.includes('Encoder')").await;
    assert_eq!(page.js("return document.querySelector('#arrival:not(.hidden)')").await, Value::Null);

    // What has come stays.
    page.js(cut_the_network).await;
    page.back().await.unwrap();
    page.until("!document.querySelector('#techniques') && document.querySelector('#learn').textContent.includes('Mode collapse')")
        .await;
    page.forward().await.unwrap();
    page.until("document.querySelector('#techniques')").await;
    assert_eq!(page.js(parts).await, json!(1));
}

#[tokio::test]
async fn a_checkpoint_is_saved_and_opened_and_a_wrong_one_is_refused_while_the_run_goes_on() {
    let page = Page::open("?seed=2&data=moons").await;
    page.catch_saved().await;
    page.play_to(30).await;
    let saved = page.pause().await;
    page.js("[...document.querySelectorAll('.menu-items button')].find(b => b.textContent.startsWith('Checkpoint')).click()").await;
    page.until("window.saved").await;

    page.set("#seed", "9").await;
    page.until(&format!("{STEPS} == 0 && location.search.includes('seed=9')")).await;
    page.open_file("run.safetensors", "window.saved").await;
    page.until(&format!("{STEPS} == {saved}")).await;
    assert_eq!(page.js("return location.search").await, json!("?seed=2&data=moons"));

    page.play().await;
    for content in ["'nonsense'", "window.saved.slice(0, window.saved.size / 2)", "''"] {
        page.open_file("wrong.safetensors", content).await;
        page.until("document.querySelector('.notice.warning')").await;
        page.click(".notice button").await;
    }
    let now = page.steps().await;
    page.until(&format!("{STEPS} > {now} + 20")).await;
    page.assert_no_errors().await;
}

#[tokio::test]
async fn engines_are_switched_and_compared() {
    let page = Page::open("?g_width=16&d_width=16").await;
    page.set("#engine", "dfdx").await;
    page.play_to(3).await;
    page.click("#play").await;
    page.click("#compare").await;
    page.until("document.querySelector('#compared').textContent.startsWith('After 50 steps')").await;
    let outcome = page.text("#compared").await;
    assert!(outcome.contains("rounding, and no more"), "{outcome}");
    assert_eq!(page.js("return document.querySelector('#engine').value").await, json!("dfdx"));
    page.assert_no_errors().await;
}

#[tokio::test]
async fn the_keyboard_plays_and_pauses() {
    let page = Page::open("").await;
    page.action_chain().send_keys(" ").perform().await.unwrap();
    page.until(&format!("document.querySelector('#play').textContent == 'Pause' && {STEPS} > 0")).await;
    page.action_chain().send_keys(" ").perform().await.unwrap();
    page.until("document.querySelector('#play').textContent == 'Play'").await;

    // Where a key means something already, it keeps that meaning: once for the button, and not once more for the page.
    page.js("document.querySelector('#play').focus()").await;
    page.action_chain().send_keys(" ").perform().await.unwrap();
    page.until("document.querySelector('#play').textContent == 'Pause'").await;
    page.action_chain().send_keys(Key::Tab + " ").perform().await.unwrap();
    page.until("document.activeElement.textContent == 'Step D' && document.querySelector('#play').textContent == 'Play'").await;
    page.assert_no_errors().await;
}

#[tokio::test]
async fn slow_motion_goes_through_the_parts_of_a_step() {
    let page = Page::open("").await;
    page.set("#speed", "4").await;
    page.play().await;
    for part in ["Draw a batch", "The discriminator judges both", "the discriminator learns", "learns to fool it"] {
        page.until(&format!("document.querySelector('.caption').textContent.includes({part:?})")).await;
        assert!(page.js("return document.querySelectorAll('.diagram .lit').length").await.as_u64().unwrap() > 0);
    }
    page.assert_no_errors().await;
}

#[tokio::test]
async fn own_points_are_taken_from_text_and_travel_in_the_link() {
    let page = Page::open("").await;
    page.click("input[value=custom]").await;
    page.until("document.querySelector('#play').disabled").await;
    let rows: String = (0..40).map(|i| format!("{},{}\n", i % 8, i / 8)).collect();
    page.js(&format!("document.querySelector('.own-points textarea').value = {:?}", format!("{rows}one,two\n"))).await;
    page.click_button("Use these points").await;
    page.until("location.hash.startsWith('#points=')").await;
    let said = page.text(".notices").await;
    assert!(said.contains("40 points") && said.contains("“one” is not a number"), "{said}");

    let link = page.js("return location.search + location.hash").await;
    page.visit("?seed=5").await;
    page.visit(link.as_str().unwrap()).await;
    assert!(page.text(".own-points").await.contains("40 points."));
    assert_eq!(page.js("return location.search + location.hash").await, link);
    page.play_to(10).await;
    page.assert_no_errors().await;
}

#[tokio::test]
async fn while_training_no_task_of_the_page_takes_50_ms() {
    let page = Page::open("").await;
    page.play_to(100).await;
    // A window sees an autosave, too. Whatever else the machine does only adds time, so one quiet window is enough.
    let mut seen = Vec::new();
    for _ in 0..3 {
        let tasks = "return new Promise(resolve => {
            const tasks = [];
            new PerformanceObserver(list => tasks.push(...list.getEntries().map(task => task.duration)))
                .observe({ type: 'longtask' });
            setTimeout(() => resolve(tasks), 12_000);
        })";
        let tasks = page.js(tasks).await;
        if tasks == json!([]) {
            return;
        }
        seen.push(tasks);
    }
    panic!("tasks of 50 ms and more, in milliseconds, in each of three windows: {seen:?}");
}

#[tokio::test]
async fn nothing_is_wider_than_the_window() {
    let page = Page::open("").await;
    for size in [(360, 740), (768, 1024), (1280, 800), (1920, 1080)] {
        page.set_viewport(size).await.unwrap();
        let widths = "return new Promise(resolve => requestAnimationFrame(() =>
            resolve([document.documentElement.scrollWidth <= innerWidth, innerWidth])))";
        assert_eq!(page.js(widths).await, json!([true, size.0]));
    }
}

#[tokio::test]
async fn everything_that_can_be_used_has_a_name() {
    let page = Page::open("").await;
    page.cdp().send_raw("Accessibility.enable", json!({})).await.unwrap();
    let tree = page.cdp().send_raw("Accessibility.getFullAXTree", json!({})).await.unwrap();
    let usable = ["button", "slider", "checkbox", "radio", "textbox", "combobox", "link", "image", "progressbar"];
    let nodes: Vec<&Value> = tree["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|node| node["ignored"] == json!(false) && usable.iter().any(|role| node["role"]["value"] == *role))
        .collect();
    assert!(nodes.len() > 60, "only {} things can be used", nodes.len());
    let unnamed: Vec<_> = nodes.iter().filter(|node| node["name"]["value"].as_str().is_none_or(str::is_empty)).collect();
    assert!(unnamed.is_empty(), "{unnamed:#?}");
}

#[tokio::test]
async fn the_page_can_be_hosted_under_any_path() {
    let site = SiteOptions { prefix: "some/where".to_owned(), ..SiteOptions::default() };
    let page = Page::open_with("", BrowserOptions::default(), site).await;
    page.play_to(5).await;
    page.click("nav.labs a[href*='lab=vae']").await;
    page.until("document.querySelector('#techniques')").await;
    assert_eq!(page.js("return location.pathname").await, json!("/some/where/"));
    page.assert_no_errors().await;
}

#[tokio::test]
async fn a_worker_that_breaks_is_restarted_from_the_last_autosave() {
    let page = Page::open("").await;
    let keep_workers = "window.workers = [];
        window.Worker = class extends Worker { constructor(...all) { super(...all); workers.push(this); } };";
    page.cdp().send_raw("Page.addScriptToEvaluateOnNewDocument", json!({ "source": keep_workers })).await.unwrap();
    page.visit("?seed=6").await;
    page.play_to(20).await;
    let kept = page.pause().await;
    page.play().await;

    // No page sends this, so the worker panics.
    page.js("workers[0].postMessage(new Uint8Array([255, 255, 255]))").await;
    page.until("document.querySelector('.crash')").await;
    assert!(page.text(".crash").await.contains("Your settings are still here"));
    page.click("#recover").await;
    page.until(&format!("{STEPS} == {kept} && !document.querySelector('.crash')")).await;
    page.play_to(kept + 10).await;
    assert_eq!(page.text(".notices").await, "");
}
