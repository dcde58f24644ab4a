//! What visitors bring and ask: their own pictures, and words.

use serde_json::json;
use terrarium_tests::{Page, STEPS};

/// Picks files for the field of own pictures: so many of 90 × 60, each of another colour, and a broken one.
async fn pick(page: &Page, count: u32) {
    page.js(&format!(
        "const picked = new DataTransfer();
         for (let i = 0; i < {count}; i++) {{
             const canvas = Object.assign(document.createElement('canvas'), {{ width: 90, height: 60 }});
             const context = canvas.getContext('2d');
             context.fillStyle = `hsl(${{i * 37}} 80% 50%)`;
             context.fillRect(20 + i % 20, 10, 40, 40);
             const png = await new Promise(resolve => canvas.toBlob(resolve));
             picked.items.add(new File([png], `picture-${{i}}.png`, {{ type: 'image/png' }}));
         }}
         picked.items.add(new File(['no picture'], 'torn.png', {{ type: 'image/png' }}));
         const field = document.querySelector('#own-pictures');
         field.files = picked.files;
         field.dispatchEvent(new Event('change', {{ bubbles: true }}));"
    ))
    .await;
}

#[tokio::test]
async fn own_pictures_are_learnt_once_there_are_enough_and_are_there_after_a_reload() {
    let page = Page::open("?lab=vae").await;
    page.click("input[value=own]").await;
    page.until("document.querySelector('#play').disabled").await;
    assert!(page.text(".run-bar").await.contains("50 pictures of your own are needed; there are 0."));
    page.until("document.querySelector('.own-pictures')").await;
    assert!(page.text(".own-pictures").await.contains("never leave this machine"));

    pick(&page, 20).await;
    page.until("document.querySelector('.own-pictures')?.textContent.includes('20 pictures so far; 30 more are needed.')").await;
    assert!(page.text(".own-pictures .notes").await.contains("“torn.png” was skipped: it is broken"));
    assert_eq!(page.js("return document.querySelector('#play').disabled").await, json!(true));

    pick(&page, 60).await;
    page.until("document.querySelector('.own-pictures')?.textContent.includes('80 pictures.')").await;
    page.until("location.search.includes('data=own')").await;
    page.play_to(10).await;

    page.visit("?lab=vae&data=own&seed=2").await;
    page.until("document.querySelector('.own-pictures')?.textContent.includes('80 pictures.')").await;
    page.play_to(10).await;
    page.click_button("Remove all").await;
    page.until("document.querySelector('#play').disabled").await;
    page.assert_no_errors().await;
}

#[tokio::test]
async fn pictures_dropped_on_an_image_lab_become_its_data_and_on_another_are_refused() {
    let drop = "const picture = await new Promise(resolve => document.createElement('canvas').toBlob(resolve));
        const dropped = new DataTransfer();
        dropped.items.add(new File([picture], 'one.png', { type: 'image/png' }));
        dispatchEvent(new DragEvent('drop', { dataTransfer: dropped, bubbles: true, cancelable: true }));";
    let page = Page::open("?lab=vae").await;
    page.js(drop).await;
    page.until("document.querySelector('.own-pictures')?.textContent.includes('1 picture so far; 49 more are needed.')").await;
    assert_eq!(page.js("return document.querySelector('input[value=own]').checked").await, json!(true));

    page.visit("").await;
    page.js(drop).await;
    page.until("document.querySelector('.notices').textContent.includes('does not learn pictures')").await;
    page.assert_no_errors().await;
}

#[tokio::test]
async fn words_are_added_and_subtracted_and_slips_are_understood() {
    let page = Page::open("?lab=vae").await;
    let loaded = "return performance.getEntriesByType('resource').some(r => r.name.includes('words'))";
    assert_eq!(page.js(loaded).await, json!(false));
    page.js("document.querySelector('#words').open = true").await;
    page.until("document.querySelector('.near-words')").await;
    assert!(page.text(".words-answer h3").await.ends_with("king − man + woman"));
    assert_eq!(page.text(".near-words button").await, "queen");
    assert_eq!(page.js("return document.querySelectorAll('.word-map text').length").await, json!(11));

    page.js("document.querySelector('.words-question input').value = 'Qeen'").await;
    page.click_button("Find").await;
    page.until("document.querySelector('.words-answer').textContent.includes('“qeen” is not among the 10000 words')").await;
    page.click_button("queen").await;
    page.until("document.querySelector('.words-answer h3')?.textContent.endsWith('queen − man + woman')").await;
    assert_eq!(page.js(&format!("return {STEPS}")).await, json!(0));
    page.assert_no_errors().await;
}

#[tokio::test]
async fn data_of_others_are_credited() {
    let page = Page::open("?lab=vae&data=fashion").await;
    assert!(page.text(".controls .credit").await.contains("Zalando"));
    let shown = page.text("#about-data").await;
    for name in ["MNIST", "LeCun", "CC BY-SA 3.0", "Fashion-MNIST", "GloVe", "PDDL 1.0"] {
        assert!(shown.contains(name), "{name} in {shown}");
    }
    page.assert_no_errors().await;
}
