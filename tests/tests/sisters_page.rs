//! The model's sisters in the page: one fills in blanks, one translates. Small ones, which learn in seconds what they are asked.

use serde_json::json;
use terrarium_tests::{BrowserOptions, Page, SiteOptions};

const ENCODER: &str = "?lab=language&data=world&kind=encoder&documents=1000&tokens=bpe&vocabulary=500&layers=1&width=32&heads=2&hidden=64\
                       &context=48&batch=8&dropout=0&lr=0.01&seed=1";
const TRANSLATOR: &str = "?lab=language&data=world&kind=translator&documents=4000&tokens=bpe&vocabulary=500&layers=1&width=32&heads=2\
                          &hidden=64&context=64&batch=8&dropout=0&lr=0.01&seed=1";
/// A task is learnt sooner than a language.
const COPIER: &str = "?lab=language&data=copy&kind=translator&length=3&layers=1&width=32&heads=2&hidden=64&context=8&batch=32&dropout=0\
                      &lr=0.01&seed=1";

/// What only a model has that goes on from a text.
const OTHERS: [&str; 13] = [
    "village",
    "write",
    "scores",
    "made-up",
    "shots",
    "next",
    "read",
    "attention",
    "lens",
    "flow",
    "start-from",
    "scaling",
    "export",
];

async fn open(query: &str, browser: BrowserOptions) -> Page {
    let page = Page::open_with(query, browser, SiteOptions::default()).await;
    page.until("document.querySelector('.sister .answered .written')").await;
    page
}

async fn assert_others_are_away(page: &Page) {
    for other in OTHERS {
        assert_eq!(page.js(&format!("return document.querySelector('#{other}')")).await, json!(null), "{other}");
    }
}

async fn assert_it_fits(page: &Page) {
    assert_eq!(page.js("return document.documentElement.scrollWidth <= innerWidth").await, json!(true));
}

#[tokio::test]
async fn words_are_hidden_by_clicks_and_filled_in() {
    let page = open(ENCODER, BrowserOptions::default()).await;
    assert_others_are_away(&page).await;
    assert!(page.text(".unlearnt").await.contains("Press Play"));
    // One word is hidden to begin with.
    page.until(
        "document.querySelectorAll('.hideable [aria-pressed=true]').length == 1 && document.querySelectorAll('.guess').length >= 1",
    )
    .await;
    page.play_to(20).await;
    page.until("document.querySelector('.unlearnt').classList.contains('hidden')").await;
    page.until("document.querySelector('.measured').textContent.includes('%')").await;
    page.pause().await;

    // Another, of as many tokens as there are guesses more.
    let guesses = page.js("return document.querySelectorAll('.guess').length").await.as_u64().unwrap();
    page.click("#word-1").await;
    page.until(&format!("document.querySelectorAll('.guess').length > {guesses}")).await;
    assert_eq!(page.js("return document.querySelector('#word-1').ariaPressed").await, json!("true"));
    let guess = page.text(".guess").await;
    assert!(guess.contains("Right") || guess.contains("here it was"), "{guess}");
    assert!(guess.contains("attends most to"), "{guess}");
    assert_eq!(page.js("return document.querySelectorAll('.guess .chances li').length % 5").await, json!(0));
    // Shown again, and then none.
    page.js("document.querySelectorAll('.hideable [aria-pressed=true]').forEach(word => word.click())").await;
    page.until("document.querySelector('#blanks').innerText.includes('Nothing is hidden') && !document.querySelector('.guess')")
        .await;

    // By keys, too: along the row, and a word is hidden.
    page.js("document.querySelector('#word-0').focus();
         const press = key => document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
         press('ArrowRight'); press('ArrowRight'); document.activeElement.click();")
        .await;
    page.until("document.querySelector('#word-2').ariaPressed == 'true' && document.querySelector('.guess')").await;

    // Other texts, and the visitor's own, with a blank that nobody knows.
    let first = page.js("return document.querySelector('#blanks-text').value").await;
    page.click("#ready-next").await;
    page.until(&format!("document.querySelector('#blanks-text').value != {first} && document.querySelector('.guess')")).await;
    page.set("#blanks-text", "Tom was in the ___.").await;
    page.until("document.querySelector('.guess')?.textContent.includes('only you know')").await;
    page.set("#blanks-text", "Tom met Wolverhamptonski.").await;
    page.until("document.querySelector('#blanks').innerText.includes('It reads “Wolverhamptonski”')").await;
    page.set("#blanks-text", &"Tom was here. ".repeat(30)).await;
    page.until("document.querySelector('#blanks').innerText.includes('give it a shorter one')").await;
    page.set("#blanks-text", " ").await;
    page.until("document.querySelector('#blanks').innerText.includes('Write something') && !document.querySelector('.guess')")
        .await;
    page.click_button("As it was").await;
    page.until("document.querySelector('.guess')").await;

    // What is left of the panels works.
    page.go_to("tokens").await;
    page.until("document.querySelectorAll('#tokens .cut .token').length > 3").await;
    page.click("#measure-held-out").await;
    page.until("document.querySelector('#held-out .said').textContent.includes('nats a token')").await;
    page.assert_no_errors().await;
}

#[tokio::test]
async fn sentences_are_translated_beside_what_is_right() {
    let page = open(TRANSLATOR, BrowserOptions::default()).await;
    assert_others_are_away(&page).await;
    // Nothing is right of what was never learnt, and that is marked.
    page.until("document.querySelector('#right') && document.querySelectorAll('#translated mark').length > 0").await;
    assert!(page.text(".sure").await.contains('%'));
    page.js("document.querySelector('#translated-token-0').click()").await;
    page.until("document.querySelector('.alignment .said').textContent.includes('it attended most to')").await;
    assert_eq!(page.js("return document.querySelectorAll('.looked-at-source .token').length > 2").await, json!(true));
    page.play_to(20).await;
    page.until("document.querySelector('.measured').textContent.includes('BLEU')").await;
    page.pause().await;
    assert!(page.text(".charts").await.contains("BLEU of held-out translations"));

    let right = page.text("#right").await;
    page.click("#ready-next").await;
    page.until(&format!("document.querySelector('#right') && document.querySelector('#right').textContent != {right:?}")).await;
    // What is right of the visitor's own is not known.
    page.set("#translation-text", "The cat is here.").await;
    page.until("document.querySelector('.verdict').textContent.includes('judge this one') && !document.querySelector('#right')")
        .await;
    page.set("#translation-text", &"The cat is here. ".repeat(30)).await;
    page.until("document.querySelector('#translation').innerText.includes('give it a shorter one')").await;
    page.click_button("As it was").await;
    page.until("document.querySelector('#right')").await;

    // The other kinds are a click away, and so is the way back.
    page.click_button("Fill in the blank").await;
    page.until("document.querySelector('#blanks') && !document.querySelector('#translation')").await;
    page.click_button("Names").await;
    page.until("document.querySelector('#write') && document.querySelector('#lens') && !document.querySelector('.sister')").await;
    page.assert_no_errors().await;
}

#[tokio::test]
async fn a_task_is_learnt_until_it_is_right() {
    let page = open(COPIER, BrowserOptions::default()).await;
    assert_others_are_away(&page).await;
    page.play().await;
    // Looked at in one go: the next step may forget again.
    let text = |element: &str| format!("document.querySelector('{element}')?.textContent");
    page.until(&format!("document.querySelector('.verdict.right') && {} == {}", text("#translated"), text("#right"))).await;
    page.pause().await;
    page.go_to("items").await;
    page.until("document.querySelectorAll('#items tbody tr').length == 8").await;
    page.assert_no_errors().await;
}

#[tokio::test]
async fn they_fit_a_phone() {
    let phone = || BrowserOptions { viewport: (360, 740), ..BrowserOptions::default() };
    let page = open(ENCODER, phone()).await;
    page.js("for (const place of [0, 2, 4]) document.querySelector(`#word-${place}`).click()").await;
    page.until("document.querySelectorAll('.guess').length >= 3").await;
    assert_it_fits(&page).await;
    page.assert_no_errors().await;
    drop(page);
    let page = open(TRANSLATOR, phone()).await;
    page.until("document.querySelector('#right')").await;
    assert_it_fits(&page).await;
    page.assert_no_errors().await;
}
