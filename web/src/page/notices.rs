//! Short messages that come and go at the foot of the window, read out by screen readers.

use std::time::Duration;

use leptos::prelude::*;

use crate::icons::{Icon, icon};

/// How long a message that asks for nothing stays.
const READING_TIME: Duration = Duration::from_secs(5);

/// More are not read.
const MOST: usize = 4;

#[derive(Clone, PartialEq)]
struct Notice {
    number: u32,
    text: String,
    warning: bool,
}

#[derive(Clone, Copy)]
pub struct Notices {
    shown: RwSignal<Vec<Notice>>,
    told: StoredValue<u32>,
}

impl Notices {
    pub fn new() -> Self {
        Self { shown: RwSignal::default(), told: StoredValue::new(0) }
    }

    /// Says something that went as wished. It leaves by itself.
    pub fn tell(self, text: impl Into<String>) {
        let number = self.add(text.into(), false);
        set_timeout(move || self.dismiss(number), READING_TIME);
    }

    /// Says something that did not go as wished. It stays until the visitor dismisses it.
    pub fn warn(self, text: impl Into<String>) {
        self.warn_for_now(text);
    }

    /// The same for what may settle itself, and then be dismissed by this number.
    pub fn warn_for_now(self, text: impl Into<String>) -> u32 {
        self.add(text.into(), true)
    }

    fn add(self, text: String, warning: bool) -> u32 {
        let number = self.told.get_value() + 1;
        self.told.set_value(number);
        self.shown.update(|shown| {
            shown.retain(|notice| notice.text != text);
            shown.push(Notice { number, text, warning });
            let too_many = shown.len().saturating_sub(MOST);
            shown.drain(..too_many);
        });
        number
    }

    pub fn dismiss(self, number: u32) {
        self.shown.update(|shown| shown.retain(|notice| notice.number != number));
    }
}

#[component]
pub fn NoticeList(notices: Notices) -> impl IntoView {
    view! {
        <div class="notice-list" role="status" aria-live="polite">
            <For each=move || notices.shown.get() key=|notice| notice.number let(notice)>
                <div class="notice" class:warning=notice.warning>
                    <p>{notice.text}</p>
                    <button
                        class="icon-button"
                        type="button"
                        aria-label="Dismiss"
                        on:click=move |_| notices.dismiss(notice.number)
                    >
                        {icon(Icon::Close)}
                    </button>
                </div>
            </For>
        </div>
    }
}
