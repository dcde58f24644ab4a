//! What can be asked in the lab of image GANs, as a visitor asks it, of small networks.

use serde_json::{Value, json};
use terrarium_tests::Page;

/// Small enough to play quickly.
const SMALL: &str = "?lab=images&filters=4&batch=8&z=8";
/// The same, with networks that are told nothing about pictures.
const UNTOLD: &str = "?lab=images&filters=4&batch=8&z=8&condition=none";

/// What a canvas shows, as text; nothing while it is of one colour.
const PIXELS: &str = "window.pixels = selector => {
    const canvas = document.querySelector(selector);
    if (!canvas?.width || !canvas.height) return '';
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    return data.some((v, i) => i % 4 != 3 && v != data[i % 4]) ? data.join() : '';
};";

/// Opens the lab, and goes to a panel.
async fn open(query: &str, panel: &str) -> Page {
    let page = Page::open(query).await;
    page.js(PIXELS).await;
    // It stays in view, whatever grows above it.
    page.until(&format!("document.querySelector('#{panel}')")).await;
    page.js(&format!("setInterval(() => document.querySelector('#{panel}').scrollIntoView({{ behavior: 'instant' }}), 50)")).await;
    page
}

/// Waits until a canvas shows something, and remembers it.
async fn remember(page: &Page, canvas: &str) {
    page.until(&format!("pixels({canvas:?})")).await;
    page.js(&format!("window.before = pixels({canvas:?})")).await;
}

async fn until_changed(page: &Page, canvas: &str) {
    page.until(&format!("pixels({canvas:?}) && pixels({canvas:?}) != before")).await;
}

/// Presses the button of a panel that has this name.
async fn press(page: &Page, panel: &str, name: &str) {
    let button = format!("[...document.querySelectorAll('#{panel} button')].find(button => button.textContent.trim() == {name:?})");
    page.until(&format!("{button} && !{button}.disabled")).await;
    page.js(&format!("{button}.click()")).await;
}

/// How many pictures of a panel are described.
async fn described(page: &Page, panel: &str) -> Value {
    page.js(&format!("return document.querySelectorAll('#{panel} canvas[aria-label]').length")).await
}

#[tokio::test]
async fn the_timeline_goes_back_plays_and_returns() {
    let page = open(SMALL, "timeline").await;
    page.until("document.querySelector('#timeline').textContent.includes('No wall is kept yet')").await;
    page.play().await;
    page.until("Number(document.querySelector('#timeline-slider').max) >= 8").await;
    page.pause().await;
    let then = "#timeline figure:first-child canvas";
    remember(&page, then).await;
    let first = page.text("#timeline figure:first-child figcaption").await;

    page.set("#timeline-slider", "6").await;
    until_changed(&page, then).await;
    assert_ne!(page.text("#timeline figure:first-child figcaption").await, first);
    press(&page, "timeline", "Now").await;
    page.until("document.querySelector('#timeline-slider').value == document.querySelector('#timeline-slider').max").await;
    page.until(&format!("pixels({then:?}) == pixels('#timeline figure:last-child canvas')")).await;

    // It plays from the beginning, and rests at the end.
    page.click("#timeline [aria-label^=Play]").await;
    page.until(&format!("document.querySelector('#timeline figcaption').textContent == {first:?}")).await;
    page.until("document.querySelector('#timeline [aria-label^=Play]')").await;
    page.until("document.querySelector('#timeline-slider').value == document.querySelector('#timeline-slider').max").await;
    assert_eq!(described(&page, "timeline").await, json!(2));
    page.assert_no_errors().await;
}

#[tokio::test]
async fn the_way_from_noise_to_noise_begins_and_ends_with_the_picked_samples() {
    let page = open(SMALL, "interpolation").await;
    let current = "#interpolation .on-the-way canvas";
    let tile = |end: &str, place: u32| format!("#interpolation [aria-label={end}] .tile:nth-child({place})");
    page.click(&tile("From", 3)).await;
    page.click(&tile("To", 5)).await;
    for (place, picked) in [("0", tile("From", 3)), ("16", tile("To", 5))] {
        page.set("#noise-way", place).await;
        page.until(&format!("pixels({current:?}) && pixels({current:?}) == pixels({:?})", format!("{picked} canvas"))).await;
    }
    // Halfway the two ways differ.
    page.set("#noise-way", "8").await;
    remember(&page, current).await;
    page.click("#interpolation input[name=noise-path]").await;
    until_changed(&page, current).await;
    // The film moves on by itself.
    remember(&page, current).await;
    page.click("#interpolation [aria-label^=Play]").await;
    page.until("document.querySelector('#noise-way').value == 12").await;
    until_changed(&page, current).await;
    page.assert_no_errors().await;
}

#[tokio::test]
async fn noise_that_may_go_less_far_makes_other_pictures() {
    let page = open(SMALL, "truncation").await;
    let samples = "#truncation > canvas";
    remember(&page, samples).await;
    page.set("#truncation-slider", "0.2").await;
    until_changed(&page, samples).await;
    assert!(page.text("#truncation").await.contains("Noise goes up to 0.2 standard deviations."));
    page.set("#truncation-slider", "3").await;
    page.until("document.querySelector('#truncation').textContent.includes('Noise goes as far as it likes.')").await;
    page.assert_no_errors().await;
}

#[tokio::test]
async fn a_generator_that_is_told_what_to_draw_can_be_asked_for_it() {
    let page = open(UNTOLD, "on-demand").await;
    assert!(page.text("#on-demand").await.contains("cannot be asked for anything"));
    press(&page, "on-demand", "Tell it, and start anew").await;
    page.until("!location.search.includes('condition') && document.querySelector('#asked-0')").await;
    assert_eq!(page.js("return document.querySelector('#asked-0').options.length").await, json!(10));
    let samples = "#on-demand > canvas";
    remember(&page, samples).await;
    page.set("#asked-0", "7").await;
    until_changed(&page, samples).await;
    page.assert_no_errors().await;
}

#[tokio::test]
async fn faces_are_asked_for_by_what_they_look_like() {
    let page = open("?lab=images&data=faces&filters=4&batch=4&z=8", "on-demand").await;
    page.until("document.querySelectorAll('#on-demand select').length > 2").await;
    assert!(page.js("return document.querySelectorAll('#on-demand input[type=range]').length").await.as_u64().unwrap() > 2);
    assert!(page.text("#on-demand").await.contains("smile"));
    let samples = "#on-demand > canvas";
    remember(&page, samples).await;
    press(&page, "on-demand", "Surprise me").await;
    until_changed(&page, samples).await;
    page.assert_no_errors().await;
}

#[tokio::test]
async fn the_training_pictures_nearest_to_a_sample_are_shown_with_a_verdict() {
    let page = open(SMALL, "memory").await;
    page.until("pixels('#memory .tile canvas')").await;
    page.click("#memory .tile:nth-child(2)").await;
    page.until("document.querySelectorAll('#memory .captions span').length == 5").await;
    let said = page.text("#memory").await;
    assert!(said.contains("The nearest of the training pictures is") && said.contains("As of step 0."), "{said}");

    // Once the run has moved on, it can be looked at again.
    page.play_to(5).await;
    page.pause().await;
    press(&page, "memory", "Look again").await;
    page.until("!document.querySelector('#memory').textContent.includes('As of step 0.')").await;
    page.assert_no_errors().await;
}

#[tokio::test]
async fn the_discriminator_says_what_it_thinks_while_it_learns() {
    let page = open(SMALL, "scores").await;
    page.until("document.querySelectorAll('#scores .captions span').length == 12").await;
    assert_eq!(
        page.js("return [...document.querySelectorAll('#scores .shares li span:first-child')].map(name => name.textContent)").await,
        json!(["Samples", "Real", "Told right"])
    );
    let scores = "document.querySelector('#scores').innerText";
    page.js(&format!("window.before = {scores}")).await;
    page.play().await;
    page.until(&format!("{scores} != before")).await;
    page.assert_no_errors().await;
}

#[tokio::test]
async fn diversity_is_measured_kind_by_kind_where_kinds_are_told() {
    let page = open(UNTOLD, "diversity").await;
    press(&page, "diversity", "Measure").await;
    page.until("document.querySelector('#diversity').textContent.includes('told of no kinds')").await;
    drop(page);

    let page = open(SMALL, "diversity").await;
    press(&page, "diversity", "Measure").await;
    page.until("document.querySelectorAll('#diversity .shares li').length == 10").await;
    let said = page.text("#diversity").await;
    assert!(said.contains("are most alike") && said.contains("As of step 0."), "{said}");
    page.assert_no_errors().await;
}

#[tokio::test]
async fn samples_are_evaluated_beside_real_pictures() {
    let page = open(SMALL, "evaluation").await;
    page.js("window.shares = [];
        const bar = document.querySelector('#evaluation progress');
        new MutationObserver(() => shares.push(bar.value)).observe(bar, { attributes: true });")
        .await;
    press(&page, "evaluation", "Evaluate").await;
    page.until("document.querySelectorAll('#evaluation tbody tr').length == 14").await;
    let row = "return [...document.querySelectorAll('#evaluation tbody tr:first-child :is(th, td)')].map(cell => cell.innerText.split('\\n')[0])";
    let row = page.js(row).await;
    let score = |place: usize| row[place].as_str().unwrap().parse::<f32>().unwrap();
    assert_eq!(row[0], json!("Inception score"));
    // Noise is worse than the truth.
    assert!(score(1) < 0.7 * score(2) && score(2) > 8.0, "{row}");
    assert!(page.text("#evaluation").await.contains("As of step 0."));
    page.assert_no_errors().await;
}

#[tokio::test]
async fn a_panel_that_is_closed_asks_nothing() {
    let page = open(SMALL, "scores").await;
    page.until("document.querySelectorAll('#scores .captions span').length == 12").await;
    let scores = "document.querySelector('#scores').textContent";
    page.click("#scores summary").await;
    page.js(&format!("window.before = {scores}")).await;
    page.play_to(100).await;
    assert_eq!(page.js(&format!("return {scores} == before")).await, json!(true));
    page.click("#scores summary").await;
    page.until(&format!("{scores} != before")).await;
    page.assert_no_errors().await;
}
