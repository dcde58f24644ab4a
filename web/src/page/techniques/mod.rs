//! Techniques of the VAE lab: what can be done in a latent space, each in a small panel.

mod arithmetic;
pub mod asked;
mod choose;
mod condition;
mod draw;
mod fed;
mod ink;
mod interpolate;
pub mod keep;
mod map;
pub mod parts;
pub mod pictures;
mod traverse;

use std::collections::BTreeMap;

use leptos::prelude::*;
use terrarium_data::images::Size;
use terrarium_labs::pictures::Known;
use terrarium_labs::protocol::{self, Answer, Gallery};
use terrarium_labs::vae::{About, Picked, Question};
use wasm_bindgen_futures::spawn_local;

use crate::lab::Lab;

pub use map::{MapAxes, MapWalk};

/// Pictures on the shelf at a time.
const PAGE: u32 = 24;

/// What a run's pictures are.
#[derive(Clone, Debug, PartialEq)]
struct Data {
    known: Known,
    held_out: u32,
    size: Size,
    /// The first held-out pictures.
    first: Gallery,
}

impl Data {
    async fn ask(lab: Lab) -> Result<Data, String> {
        let choices = ask(lab, Question::Choices).await?;
        let first = ask(lab, Question::Browse { from: 0, count: PAGE }).await?.galleries.into_iter().next().unwrap_or_default();
        let [height, width, channels] = [first.height, first.width, first.channels].map(|side| side as usize);
        // The first figure says how many are held out.
        let held_out = choices.figures.first().map_or(0.0, |figure| figure.value) as u32;
        Ok(Data { known: choices.known, held_out, size: Size { height, width, channels }, first })
    }
}

async fn ask(lab: Lab, question: Question) -> Result<Answer, String> {
    lab.ask(protocol::Question::Vae(question)).await
}

/// What all panels share while the data stay the same.
#[derive(Clone, Copy)]
pub struct Studio {
    pub lab: Lab,
    data: StoredValue<Data>,
    /// Held-out pictures by their numbers, as far as they have been looked at.
    album: RwSignal<BTreeMap<u32, Gallery>>,
    /// What the visitor drew, as a picture of the data.
    drawn: RwSignal<Option<Vec<u8>>>,
    /// What samples, and pictures that say nothing of it themselves, are told to be.
    about: RwSignal<About>,
    /// Whether the networks are told what is known about pictures.
    is_told: Memo<bool>,
}

impl Studio {
    fn new(lab: Lab, data: Data) -> Studio {
        let about = data.known.0.iter().map(asked::usual).collect();
        let studio = Studio {
            lab,
            album: RwSignal::default(),
            drawn: RwSignal::new(None),
            about: RwSignal::new(about),
            is_told: Memo::new(move |_| lab.settings.with(|settings| settings.is("condition", "known"))),
            data: StoredValue::new(data),
        };
        studio.data.with_value(|data| studio.keep(0, &data.first));
        studio
    }

    fn held_out(self) -> u32 {
        self.data.with_value(|data| data.held_out)
    }

    fn size(self) -> Size {
        self.data.with_value(|data| data.size)
    }

    fn known(self) -> Known {
        self.data.with_value(|data| data.known.clone())
    }

    /// The first held-out picture of the `nth` kind, by what pictures are called; of fewer kinds the `nth` of all.
    fn first_of(self, nth: usize) -> u32 {
        self.data.with_value(|data| {
            let captions = &data.first.captions;
            let is_new = |i: &usize| !captions[..*i].contains(&captions[*i]);
            (0..captions.len()).filter(is_new).nth(nth).unwrap_or(nth) as u32 % data.held_out.max(1)
        })
    }

    /// Puts held-out pictures into the album.
    fn keep(self, from: u32, some: &Gallery) {
        let pictures = (0..pictures::count(some)).filter_map(|i| Some((from + i as u32, pictures::picture(some, i)?)));
        self.album.try_update(|album| album.extend(pictures));
    }

    /// Sees to it that a page of held-out pictures is in the album.
    fn fetch(self, from: u32) {
        if self.album.with_untracked(|album| album.contains_key(&from)) {
            return;
        }
        spawn_local(async move {
            // Where there are none, the shelf stays empty.
            let answer = ask(self.lab, Question::Browse { from, count: PAGE }).await.unwrap_or_default();
            if let Some(some) = answer.galleries.first() {
                self.keep(from, some);
            }
        });
    }

    /// A picture, where it is known.
    fn shown(self, picked: &Picked) -> Option<Gallery> {
        match picked {
            Picked::HeldOut(number) => self.album.with(|album| album.get(number).cloned()),
            Picked::Own(pixels) => {
                let size = self.size();
                let [height, width, channels] = [size.height, size.width, size.channels].map(|side| side as u32);
                Some(Gallery { height, width, channels, columns: 1, pixels: pixels.clone(), captions: Vec::new() })
            }
        }
    }
}

/// The section that has them.
#[component]
pub fn Techniques(lab: Lab) -> impl IntoView {
    let data = RwSignal::new(None::<Data>);
    let problem = RwSignal::new(None::<String>);
    Effect::new(move || {
        if lab.opened.with(Option::is_none) {
            data.set(None);
            return;
        }
        spawn_local(async move {
            let asked = Data::ask(lab).await;
            problem.try_set(asked.as_ref().err().cloned());
            // Whoever works with pictures goes on with them where another run has the same.
            if let (Ok(new), Some(old)) = (asked, data.try_get_untracked())
                && old.as_ref() != Some(&new)
            {
                data.set(Some(new));
            }
        });
    });
    view! {
        <section id="techniques" class="techniques" aria-labelledby="techniques-title" class:hidden=move || lab.opened.with(Option::is_none)>
            <h2 id="techniques-title">"Walk the latent space"</h2>
            <p class="technique-note" role="status" class:hidden=move || problem.with(Option::is_none)>
                {move || problem.get()}
            </p>
            {move || data.get().map(|data| view! { <Panels studio=Studio::new(lab, data) /> })}
        </section>
    }
}

#[component]
fn Panels(studio: Studio) -> impl IntoView {
    // A new run knows nothing of what the last one was told.
    Effect::new(move || {
        let is_open = studio.lab.opened.with(Option::is_some);
        if is_open && studio.is_told.get() {
            let about = studio.about.get();
            // Where it fits no more, other panels are about to say so.
            spawn_local(async move { drop(ask(studio.lab, Question::Tell(about)).await) });
        }
    });
    view! {
        <div class="technique-cards">
            <draw::Draw studio />
            <arithmetic::Attributes studio />
            <interpolate::Interpolate studio />
            <arithmetic::Analogy studio />
            <condition::Condition studio />
            <fed::Fed studio />
            <traverse::Traverse studio />
        </div>
    }
}
