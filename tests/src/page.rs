//! The page as a visitor meets it, for tests.

use std::ops::Deref;

use serde_json::{Value, json};
use tokio::sync::{Mutex, MutexGuard};

use crate::{Browser, BrowserOptions, SiteOptions, StaticSite, dist};

/// Training takes a core and the page another, so pages are visited one at a time.
static TURN: Mutex<()> = Mutex::const_new(());

/// The built page in a browser; one at a time.
///
/// All of it fails the test that uses it, with what went wrong, rather than returning errors.
pub struct Page {
    browser: Browser,
    site: StaticSite,
    _turn: MutexGuard<'static, ()>,
}

impl Page {
    pub async fn open(query: &str) -> Page {
        Page::open_with(query, BrowserOptions::default(), SiteOptions::default()).await
    }

    pub async fn open_with(query: &str, browser: BrowserOptions, site: SiteOptions) -> Page {
        let turn = TURN.lock().await;
        let site = StaticSite::serve_with(dist(), site).unwrap();
        let browser = Browser::launch_with(&browser).await.unwrap();
        let page = Page { browser, site, _turn: turn };
        page.visit(query).await;
        page
    }

    /// Brings a panel into view and keeps it there, whatever grows above it.
    pub async fn go_to(&self, panel: &str) {
        self.js(&format!(
            "clearInterval(window.looking);
             const look = () => document.querySelector('#{panel}').scrollIntoView({{ behavior: 'instant' }});
             look();
             window.looking = setInterval(look, 50);"
        ))
        .await;
    }

    /// Goes to the page, and waits until its first run is open.
    pub async fn visit(&self, query: &str) {
        self.goto(self.site.url(query)).await.unwrap();
        self.until("document.querySelector('.readings output')").await;
    }

    pub async fn js(&self, script: &str) -> Value {
        self.eval(script).await.unwrap()
    }

    /// Waits until a condition in JavaScript holds, and fails with what it came to if it does not within two minutes.
    pub async fn until(&self, condition: &str) {
        let script = format!(
            "return new Promise(resolve => {{
                const end = performance.now() + 120_000;
                const look = async () => {{
                    const value = await (async () => ({condition}))();
                    if (value || performance.now() > end) resolve(value || false);
                    else setTimeout(look, 20);
                }};
                look();
            }})"
        );
        let value = self.js(&script).await;
        if value == json!(false) {
            // What is folded away, too: a crash has its reason there.
            let open = "document.querySelectorAll('details').forEach(details => details.open = true);";
            let text = self.js(&format!("{open} return document.body.innerText")).await;
            panic!("never came true: {condition}\nThe page says:\n{}", text.as_str().unwrap_or_default());
        }
    }

    pub async fn click(&self, selector: &str) {
        self.js(&format!("document.querySelector({selector:?}).click()")).await;
    }

    pub async fn click_button(&self, name: &str) {
        self.js(&format!("[...document.querySelectorAll('button')].find(button => button.textContent.trim() == {name:?}).click()"))
            .await;
    }

    /// Sets a field as a visitor does who types or drags.
    pub async fn set(&self, selector: &str, value: &str) {
        self.js(&format!(
            "const field = document.querySelector({selector:?});
             field.value = {value:?};
             for (const kind of ['input', 'change']) field.dispatchEvent(new Event(kind, {{ bubbles: true }}));"
        ))
        .await;
    }

    pub async fn text(&self, selector: &str) -> String {
        let text = self.js(&format!("return document.querySelector({selector:?}).textContent")).await;
        text.as_str().unwrap().to_owned()
    }

    /// Generator steps on view.
    pub async fn steps(&self) -> u64 {
        self.text("#steps").await.replace(',', "").parse().unwrap()
    }

    pub async fn play_to(&self, steps: u64) {
        self.play().await;
        self.until(&format!("{STEPS} >= {steps}")).await;
    }

    pub async fn play(&self) {
        self.until("document.querySelector('#play').textContent == 'Play'").await;
        self.click("#play").await;
    }

    /// Pauses, and returns the step at which the run came to rest.
    pub async fn pause(&self) -> u64 {
        self.click("#play").await;
        // The run rests when the browser has kept it.
        self.until(&format!("({KEPT}) == {STEPS}")).await;
        self.steps().await
    }

    /// Picks a file for the field that opens checkpoints. `content` is JavaScript.
    pub async fn open_file(&self, name: &str, content: &str) {
        self.js(&format!(
            "const picked = new DataTransfer();
             picked.items.add(new File([{content}], {name:?}));
             const field = document.querySelector('#open-checkpoint');
             field.files = picked.files;
             field.dispatchEvent(new Event('change', {{ bubbles: true }}));"
        ))
        .await;
    }

    /// Keeps what the page offers to be saved in `window.saved`.
    pub async fn catch_saved(&self) {
        self.js("const create = URL.createObjectURL.bind(URL);
             URL.createObjectURL = blob => { window.saved = blob; return create(blob); };")
            .await;
    }

    pub async fn assert_no_errors(&self) {
        assert_eq!(self.console_errors().await.unwrap(), [""; 0]);
    }
}

impl Deref for Page {
    type Target = Browser;

    fn deref(&self) -> &Browser {
        &self.browser
    }
}

/// The generator steps on view, in JavaScript.
pub const STEPS: &str = "Number(document.querySelector('#steps').textContent.replaceAll(',', ''))";

/// The step of the run that the browser keeps of this lab, in JavaScript.
pub const KEPT: &str = "await new Promise(resolve => {
    const lab = new URLSearchParams(location.search).get('lab') ?? 'gan2d';
    indexedDB.open('terrarium').onsuccess = event => {
        const database = event.target.result;
        if (!database.objectStoreNames.contains('runs')) return resolve(null);
        const request = database.transaction('runs').objectStore('runs').get(lab);
        request.onsuccess = () => { database.close(); resolve(request.result?.[0] ?? null); };
    };
})";
