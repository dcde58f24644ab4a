//! What the visitor and a language model write together, which stays while they are in other labs.

use leptos::prelude::*;
use terrarium_labs::language::{About, Ended, Likely, Sampling};

/// How many tokens are written at a time.
pub const LENGTH: u32 = 100;

#[derive(Clone, Copy)]
pub struct Writing {
    /// What is to be known of the present run's text and model, once that has been asked.
    pub about: RwSignal<Option<About>>,
    /// What the visitor typed.
    pub prompt: RwSignal<String>,
    /// What the model wrote after it.
    pub tokens: RwSignal<Vec<Likely>>,
    /// Both, as the model takes them.
    pub text: RwSignal<String>,
    pub ended: RwSignal<Option<Ended>>,
    /// Tokens at the beginning that the model no longer sees.
    pub unseen: RwSignal<u32>,
    /// Whether the model is writing.
    pub busy: RwSignal<bool>,
    /// By what rules tokens are drawn, and how many at most.
    pub sampling: RwSignal<Sampling>,
    pub length: RwSignal<u32>,
    /// Another text to look into the model with than this one.
    pub looked: RwSignal<Option<String>>,
}

impl Writing {
    pub fn new() -> Writing {
        Writing {
            about: RwSignal::new(None),
            prompt: RwSignal::default(),
            tokens: RwSignal::default(),
            text: RwSignal::default(),
            ended: RwSignal::new(None),
            unseen: RwSignal::new(0),
            busy: RwSignal::new(false),
            sampling: RwSignal::new(Sampling::default()),
            length: RwSignal::new(LENGTH),
            looked: RwSignal::new(None),
        }
    }

    /// Begins anew with what the visitor typed.
    pub fn begin(self, prompt: String) {
        self.tokens.set(Vec::new());
        self.ended.set(None);
        self.unseen.set(0);
        self.text.set(prompt.clone());
        self.prompt.set(prompt);
    }
}
