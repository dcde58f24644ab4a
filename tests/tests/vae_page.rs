//! What can be done in the VAE lab's latent space, as a visitor does it, on small networks.

use serde_json::json;
use terrarium_tests::{Page, STEPS};

/// Digits, on a map.
const SMALL: &str = "?lab=vae&width=32&latent=2&batch=32";

/// Whether a canvas shows anything but one colour, in JavaScript.
const HAS_PICTURE: &str = "window.hasPicture = selector => {
    const canvas = document.querySelector(selector);
    if (!canvas || !canvas.width || !canvas.height) return false;
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    return data.some((v, i) => i % 4 != 3 && v != data[i % 4]);
};
window.pixels = selector => {
    const canvas = document.querySelector(selector);
    if (!canvas || !canvas.width || !canvas.height) return '';
    return canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.join();
};";

/// Opens the lab, and goes to a panel.
async fn open(query: &str, panel: &str) -> Page {
    let page = Page::open(query).await;
    page.js(HAS_PICTURE).await;
    page.until(&format!("document.querySelector('#{panel}')")).await;
    page.go_to(panel).await;
    page
}

/// Remembers what a canvas shows.
async fn remember(page: &Page, canvas: &str) {
    page.until(&format!("hasPicture({canvas:?})")).await;
    page.js(&format!("window.before = pixels({canvas:?})")).await;
}

async fn until_changed(page: &Page, canvas: &str) {
    page.until(&format!("hasPicture({canvas:?}) && pixels({canvas:?}) != before")).await;
}

/// Moves the pointer over an element, along shares of its sides; the first is where it is pressed.
async fn drag(page: &Page, selector: &str, way: &[[f32; 2]]) {
    page.js(&format!(
        "const element = document.querySelector({selector:?}), box = element.getBoundingClientRect();
         const tell = (kind, [x, y]) => element.dispatchEvent(new PointerEvent(kind, {{
             bubbles: true, isPrimary: true, pointerId: 1, button: 0, buttons: 1,
             clientX: box.left + x * box.width, clientY: box.top + y * box.height,
         }}));
         const way = {way:?};
         tell('pointerdown', way[0]);
         for (const place of way.slice(1)) tell('pointermove', place);
         tell('pointerup', way.at(-1));"
    ))
    .await;
}

#[tokio::test]
async fn a_digit_comes_back_while_it_is_drawn_and_training_goes_on() {
    let page = open(SMALL, "draw").await;
    remember(&page, "#draw .captioned canvas").await;
    page.play_to(5).await;
    drag(&page, "#draw .sheet canvas", &[[0.3, 0.2], [0.7, 0.2], [0.6, 0.5], [0.45, 0.8]]).await;
    page.until("document.querySelector('#draw .slot').textContent == 'yours'").await;
    until_changed(&page, "#draw .captioned canvas").await;
    // The digit is fed in the middle: left half and right half of the picture have ink.
    page.until(
        "(() => {
            const { data } = document.querySelector('#draw .captioned canvas').getContext('2d').getImageData(0, 0, 28, 28);
            const ink = [0, 0];
            for (let i = 0; i < 28 * 28; i++) ink[i % 28 < 14 ? 0 : 1] += data[4 * i];
            return Math.min(...ink) > 0.25 * Math.max(...ink);
        })()",
    )
    .await;
    assert_eq!(page.js("return document.querySelectorAll('#draw .numbers li').length").await, json!(2));
    let steps = page.steps().await;
    page.until(&format!("{STEPS} > {steps}")).await;

    page.click_button("Clear").await;
    page.until("document.querySelector('#draw .slot').textContent != 'yours'").await;
    page.assert_no_errors().await;
}

#[tokio::test]
async fn a_picture_is_walked_to_another_one() {
    let page = open(SMALL, "interpolate").await;
    remember(&page, "#interpolate > .picture").await;
    // The filmstrip has nine pictures with gaps between them.
    assert_eq!(page.js("return document.querySelector('#interpolate > .picture').width").await, json!(9 * 28 + 8));

    page.click("#interpolate .slot:last-of-type").await;
    page.until("document.querySelectorAll('#interpolate .tile').length == 24").await;
    page.click("#interpolate .tile:nth-child(5)").await;
    until_changed(&page, "#interpolate > .picture").await;

    remember(&page, "#interpolate > .picture").await;
    page.js("document.querySelectorAll('#interpolate .ways input')[1].click()").await;
    page.until("document.querySelectorAll('#interpolate .ways input')[1].checked").await;

    // A slider stops the film where the visitor wants it, first at one end and then at the other.
    page.set("#way-slider", "0").await;
    remember(&page, "#interpolate .result canvas").await;
    page.set("#way-slider", "24").await;
    until_changed(&page, "#interpolate .result canvas").await;
    page.assert_no_errors().await;
}

#[tokio::test]
async fn a_class_is_added_to_a_picture_and_three_pictures_are_reckoned_with() {
    let page = open(SMALL, "attributes").await;
    remember(&page, "#attributes .captioned canvas").await;
    page.set("#attributes #to", "7").await;
    page.set("#attribute-strength", "2").await;
    page.until("document.querySelector('#attributes .captions').textContent.includes('+2.0 × (7)')").await;
    until_changed(&page, "#attributes .captioned canvas").await;
    // Where there is no way to go, it is said.
    page.set("#attributes #from", "8").await;
    page.until("document.querySelector('#attributes').innerText.includes('no way at all')").await;

    page.go_to("analogy").await;
    remember(&page, "#analogy .result canvas").await;
    page.set("#analogy-strength", "3").await;
    until_changed(&page, "#analogy .result canvas").await;
    page.assert_no_errors().await;
}

#[tokio::test]
async fn samples_are_asked_for_once_the_networks_are_told() {
    let page = open(SMALL, "condition").await;
    page.click_button("Tell them, and start anew").await;
    page.until("location.search.includes('condition=known')").await;
    remember(&page, "#condition > canvas").await;
    page.set("#condition #about-0", "3").await;
    until_changed(&page, "#condition > canvas").await;
    page.assert_no_errors().await;
}

#[tokio::test]
async fn dimensions_are_moved_and_what_is_fed_is_shown() {
    let page = open("?lab=vae&width=32&latent=3&batch=32&noise=0.3", "fed").await;
    page.until("hasPicture('#fed canvas') && document.querySelectorAll('#fed canvas').length == 2").await;
    page.until("pixels('#fed canvas') != pixels('#fed canvas:last-of-type')").await;
    assert!(page.text("#fed").await.contains("pictures"));

    page.go_to("traverse").await;
    page.until("document.querySelectorAll('#traverse .traversal').length == 3").await;
    remember(&page, "#traverse .result canvas").await;
    page.set("#traverse-0", "3").await;
    until_changed(&page, "#traverse .result canvas").await;
    page.click_button("Put back").await;
    page.until("pixels('#traverse .result canvas') == before").await;
    page.assert_no_errors().await;
}

#[tokio::test]
async fn factors_that_are_known_are_looked_for_among_the_dimensions() {
    let page = open("?lab=vae&data=shapes&width=16&latent=3&batch=16", "traverse").await;
    page.click("#measure-gap").await;
    page.until("document.querySelector('.disentanglement').innerText.includes('mutual information gap is')").await;
    page.until("document.querySelectorAll('.disentanglement .numbers li').length > 3").await;
    // β is where that leads.
    page.js("[...document.querySelectorAll('.disentanglement button')].find(b => b.textContent.startsWith('β')).click()").await;
    assert_eq!(page.js("return document.activeElement.id").await, json!("beta-input"));
    page.assert_no_errors().await;
}

#[tokio::test]
async fn the_map_is_walked_by_pointer_and_keys_along_the_axes_that_are_chosen() {
    let page = open("?lab=vae&width=32&latent=4&batch=32", "draw").await;
    assert_eq!(page.js("return document.querySelector('.map-walk')").await, json!(null));
    page.go_to("view").await;
    page.js("document.querySelectorAll('input[name=view]')[1].click()").await;
    page.until("document.querySelector('.map-walk')").await;
    drag(&page, ".map-walk", &[[0.5, 0.5]]).await;
    // Where pictures lie is known once something was measured, and by that along which directions they differ most.
    page.play_to(10).await;
    page.until("/^First component −?0[.]0/.test(document.querySelector('.map-card').textContent)").await;
    page.pause().await;
    remember(&page, ".map-card canvas").await;

    // Keys leave pictures on their way.
    page.js("document.querySelector('.map-walk').focus()").await;
    for _ in 0..3 {
        let said = page.text(".map-card").await;
        let right = "new KeyboardEvent('keydown', { key: 'ArrowRight', bubbles: true, cancelable: true })";
        page.js(&format!("document.querySelector('.map-walk').dispatchEvent({right})")).await;
        page.until(&format!("document.querySelector('.map-card').textContent != {said:?}")).await;
    }
    page.until("document.querySelectorAll('.map-strip canvas').length > 0").await;
    until_changed(&page, ".map-card canvas").await;

    // Another plane through the space has other coordinates, and nothing was walked on it.
    page.set("#axis-1", "4").await;
    page.until("/^z 1 .*, z 4 /.test(document.querySelector('.map-card').textContent)").await;
    page.until("document.querySelectorAll('.map-strip canvas').length == 0").await;
    drag(&page, ".map-walk", &[[0.75, 0.25]]).await;
    page.until("/^z 1 [1-9][.].*, z 4 [1-9][.]/.test(document.querySelector('.map-card').textContent)").await;
    page.assert_no_errors().await;
}
