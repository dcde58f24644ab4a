//! The language lab as a visitor uses it, on small models.

use serde_json::json;
use terrarium_tests::{BrowserOptions, Page, STEPS, SiteOptions};

/// Names, in a minute.
const SMALL: &str = "?lab=language&layers=1&width=32&heads=2&hidden=64&context=16&batch=8&lr=0.01&warm_up=5";

/// Opens the lab, and waits until it can tell what it reads.
async fn open(query: &str) -> Page {
    let page = Page::open(query).await;
    page.until("document.querySelector('#facts dd')").await;
    page
}

/// Waits until the model has written something and rests.
async fn until_written(page: &Page) {
    page.until(
        "document.querySelector('#go-on').textContent == 'Go on' && document.querySelectorAll('#written .drawn').length > 0",
    )
    .await;
}

/// Presses a key in the element that has the focus.
async fn press(page: &Page, key: &str) {
    let event = format!("new KeyboardEvent('keydown', {{ key: {key:?}, bubbles: true, cancelable: true }})");
    page.js(&format!("document.activeElement.dispatchEvent({event})")).await;
}

/// The last held-out loss and what counting bigrams costs, in JavaScript.
const LOSSES: &str =
    "[...document.querySelectorAll('.readings')[0].querySelectorAll('output')].slice(1, 3).map(o => Number(o.textContent))";

#[tokio::test]
async fn a_name_goes_on_from_its_beginning_before_any_training_and_in_another_way_when_asked() {
    let page = open(SMALL).await;
    page.set("#prompt", "mar").await;
    page.js("document.querySelector('#prompt').focus(); document.querySelector('#prompt').dispatchEvent(
        new KeyboardEvent('keydown', { key: 'Enter', ctrlKey: true, bubbles: true, cancelable: true }))")
        .await;
    until_written(&page).await;
    let first = page.text("#written").await;
    assert!(first.starts_with("mar") && first.len() > 3, "{first}");
    page.click("#write-again").await;
    page.until(&format!("document.querySelector('#written').textContent != {first:?}")).await;
    until_written(&page).await;
    // What is likely and what is not is told by colour, and by words.
    assert!(page.text("#written .drawn").await.chars().count() >= 1);
    assert!(page.js("return document.querySelector('#written .drawn').title").await.as_str().unwrap().contains('%'));

    page.click("#write-lot").await;
    page.until("document.querySelectorAll('#lot li').length == 10").await;
    assert_eq!(page.js(&format!("return {STEPS}")).await, json!(0));
    page.assert_no_errors().await;
}

#[tokio::test]
async fn gibberish_turns_into_names_and_samples_show_how() {
    let page = open(SMALL).await;
    page.until("document.querySelector('#sample').textContent.length > 6").await;
    page.play().await;
    // Better than what counting which letter follows which could do.
    page.until(&format!("(([held_out, bigrams]) => {STEPS} > 100 && held_out < bigrams)({LOSSES})")).await;
    // It goes on to learn while it writes.
    page.set("#prompt", "an").await;
    page.click("#go-on").await;
    until_written(&page).await;
    let steps = page.steps().await;
    page.until(&format!("{STEPS} > {steps}")).await;
    page.pause().await;
    page.until("Number(document.querySelector('#samples-slider').max) >= 1").await;
    let last = page.text("#sample").await;
    page.set("#samples-slider", "0").await;
    page.until("document.querySelector('.sample-name').textContent.startsWith('Step 0')").await;
    assert_ne!(page.text("#sample").await, last);
    page.assert_no_errors().await;
}

#[tokio::test]
async fn the_model_is_looked_into_by_pointer_and_by_keys() {
    let page = open(SMALL).await;
    page.play_to(50).await;
    page.pause().await;
    page.set("#looked-at", "maria").await;

    page.go_to("read").await;
    // The end of the name before, five letters, and what comes next.
    page.until("document.querySelectorAll('#read .token').length == 7").await;
    page.js("document.querySelector('#read-token-6').focus()").await;
    page.until("document.querySelectorAll('#read .chances li').length == 10").await;
    press(&page, "ArrowLeft").await;
    page.until("document.activeElement.id == 'read-token-5' && document.querySelector('.about-token').textContent.includes('“a” had a chance')")
        .await;

    page.go_to("attention").await;
    page.until("document.querySelector('#attention canvas').width == 6").await;
    page.set("#attention-head", "2").await;
    page.js("document.querySelector('#attention-token-3').click()").await;
    page.until("document.querySelector('#attention .said').textContent.startsWith('“r” (4) looks')").await;
    page.until("document.querySelectorAll('#attention .arcs g.its path').length > 0").await;

    page.go_to("lens").await;
    page.until("document.querySelectorAll('#lens tbody tr').length == 2 && document.querySelectorAll('#lens td').length == 12")
        .await;
    page.go_to("flow").await;
    page.until(
        "document.querySelectorAll('#flow .stage-box').length == 3 && document.querySelectorAll('#flow .heads li').length == 2",
    )
    .await;
    assert!(page.text("#flow").await.contains("64 neurons, GELU"));
    page.assert_no_errors().await;
}

#[tokio::test]
async fn a_token_is_drawn_step_by_step_and_taken() {
    let page = open(SMALL).await;
    page.set("#prompt", "ma").await;
    page.js("document.querySelector('.draw-rules').open = true").await;
    page.set("#top-k", "3").await;
    page.go_to("next").await;
    page.until("document.querySelectorAll('.candidates li:not(.out)').length == 3").await;
    page.js("document.querySelectorAll('.stages input')[0].click()").await;
    page.until("document.querySelectorAll('.candidates li:not(.out)').length == 10").await;
    page.until("!document.querySelector('#take').disabled").await;
    page.click("#take").await;
    page.until("document.querySelector('#written').textContent.length == 3").await;
    page.until("document.querySelector('#next .said').textContent == `After “${document.querySelector('#written').textContent}”:`")
        .await;
    page.assert_no_errors().await;
}

#[tokio::test]
async fn own_text_is_learnt_once_it_is_long_enough_and_falls_into_pairs_of_bytes() {
    let page = Page::open("?lab=language&layers=1&width=16&heads=1&hidden=32&context=16&batch=4&tokens=bpe&vocabulary=300").await;
    page.click("input[value=own]").await;
    page.until("document.querySelector('#play').disabled").await;
    assert!(page.text(".run-bar").await.contains("1,000 characters of text of your own are needed; there are 0."));
    page.until("document.querySelector('.own-text')").await;
    assert!(page.text(".own-text").await.contains("never leaves this machine"));

    page.set("#own-text", "Too short.").await;
    page.click_button("Use this text").await;
    page.until("document.querySelector('.own-text').textContent.includes('10 characters so far; 990 more are needed.')").await;
    page.js("const picked = new DataTransfer();
         picked.items.add(new File([new Uint8Array([0, 1, 2, 0])], 'broken.txt'));
         picked.items.add(new File(['the cat sat on the mat and that was that. '.repeat(200)], 'cats.md'));
         const field = document.querySelector('#own-text-file');
         field.files = picked.files;
         field.dispatchEvent(new Event('change', { bubbles: true }));")
        .await;
    page.until("document.querySelector('.notices').textContent.includes('broken.txt: This is not plain text')").await;
    page.until("document.querySelector('.own-text').textContent.includes('8,400 characters.')").await;
    page.until("location.search.includes('data=own') && document.querySelector('#facts').textContent.includes('tokens')").await;

    page.go_to("tokens").await;
    page.set("#looked-at", "that cat").await;
    page.until("document.querySelectorAll('.cut .token').length < 8 && document.querySelectorAll('.cut .token').length > 0").await;
    page.set("#merges-slider", "0").await;
    page.until("document.querySelectorAll('.cut .token').length == 8").await;

    // The browser keeps the text with the run.
    page.play_to(10).await;
    page.pause().await;
    page.visit("?lab=language").await;
    page.until("document.querySelector('#left-off button')").await;
    page.click("#left-off button").await;
    page.until("document.querySelector('.own-text')?.textContent.includes('8,400 characters.')").await;
    page.until(&format!("{STEPS} >= 10")).await;
    page.assert_no_errors().await;
}

#[tokio::test]
async fn a_trained_model_is_gone_on_from_with_another_text_and_compared_with_what_it_was() {
    let page = open(SMALL).await;
    page.play_to(60).await;
    page.pause().await;
    page.go_to("start-from").await;
    page.click("#start-from-present").await;
    page.until(&format!(
        "{STEPS} == 0 && document.querySelector('#start-from .said').textContent.includes('went on from a model')"
    ))
    .await;
    // Another text is read with the model's own tokens, and what is forgotten of the earlier one is measured.
    page.js("document.querySelector('input[value=reverse]').click()").await;
    page.until("location.search.includes('data=reverse')").await;
    page.until("document.querySelector('.charts').textContent.includes('text before')").await;
    page.play_to(20).await;
    page.pause().await;
    page.set("#prompt", "ma").await;
    page.click_button("Let both write").await;
    page.until("[...document.querySelectorAll('#start-from figure p')].filter(p => p.textContent.length > 2).length == 2").await;

    // What is no model is refused, and nothing is lost.
    let steps = page.steps().await;
    page.js("const picked = new DataTransfer();
         picked.items.add(new File(['no model'], 'model.safetensors'));
         const field = document.querySelector('#start-from-file');
         field.files = picked.files;
         field.dispatchEvent(new Event('change', { bubbles: true }));")
        .await;
    page.until("document.querySelector('.notices').textContent.includes('file')").await;
    assert_eq!(page.steps().await, steps);
    page.assert_no_errors().await;
}

#[tokio::test]
async fn three_sizes_are_trained_and_the_run_before_has_its_place_back() {
    let page = open(SMALL).await;
    page.go_to("scaling").await;
    assert_eq!(page.js("return document.querySelectorAll('#scaling-plot circle.other').length").await, json!(4));
    page.click("#scale").await;
    page.until("document.querySelectorAll('#scaling-plot circle:not(.other)').length == 3").await;
    page.until("document.querySelector('#scale').textContent == 'Train three sizes' && location.search.includes('width=32')").await;
    // The larger, the better.
    let losses = "[...document.querySelector('#scaling .said').textContent.matchAll(/: ([\\d.]+) nats/g)].map(m => Number(m[1]))";
    assert_eq!(page.js(&format!("const l = {losses}; return l.length == 3 && l[0] > l[2]")).await, json!(true));
    page.assert_no_errors().await;
}

#[tokio::test]
async fn a_model_is_saved_for_other_programs() {
    let page = open(SMALL).await;
    page.catch_saved().await;
    page.click("#export-files").await;
    page.until("window.saved && document.querySelector('#export').textContent.includes('model.safetensors')").await;
    page.assert_no_errors().await;
}

#[tokio::test]
async fn a_task_is_answered_with_wrong_letters_marked() {
    let page = open("?lab=language&data=copy&length=4&layers=1&width=16&heads=1&hidden=32&context=16&batch=4").await;
    page.go_to("items").await;
    page.until("document.querySelectorAll('#items tbody tr').length == 8").await;
    page.until("document.querySelectorAll('#items mark').length > 0").await;
    let first = page.text("#items tbody td").await;
    page.click_button("Others").await;
    page.until(&format!("document.querySelector('#items tbody td').textContent != {first:?}")).await;
    page.assert_no_errors().await;
}

#[tokio::test]
async fn it_all_fits_a_phone() {
    let phone = BrowserOptions { viewport: (360, 740), ..BrowserOptions::default() };
    let page = Page::open_with(SMALL, phone, SiteOptions::default()).await;
    page.until("document.querySelector('#facts dd')").await;
    page.set("#prompt", "maria").await;
    for panel in ["next", "read", "attention", "lens", "flow", "tokens"] {
        page.go_to(panel).await;
        page.until(&format!("document.querySelector('#{panel} :is(.dice, .token, td, .stage-box)')")).await;
    }
    assert_eq!(page.js("return document.documentElement.scrollWidth <= innerWidth").await, json!(true));
    page.assert_no_errors().await;
}
