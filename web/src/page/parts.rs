//! What each lab adds to the page. It comes when the lab is opened, so that what is loaded first is what all labs need.
//!
//! A function marked `wasm_split` leaves the page's wasm, with all that only such functions reach: `cargo xtask split` cuts the wasm
//! along them. It has the run's signals and the page's memory like any other, and returns functions of the part that makes the views.

use std::collections::BTreeMap;

use leptos::prelude::*;
use terrarium_labs::{gan2d, image_gan, lab, language, vae};
use wasm_bindgen_futures::spawn_local;
use wasm_split_helpers::{SplitLoaderError, wasm_split};

use crate::diagram::{AutoencoderDiagram, GanDiagram, TransformerDiagram};
use crate::gan_panels::GanPanels;
use crate::lab::Lab;
use crate::language::{AttentionAxes, Desk, LanguagePanels, OwnText};
use crate::learn::{self, Lesson};
use crate::own_pictures::OwnPictures;
use crate::own_points::OwnPoints;
use crate::techniques::{MapAxes, MapWalk, Techniques};
use crate::words::WordsPanel;

/// Makes a part of the page.
type MakeView = fn(Lab) -> AnyView;

/// What a lab adds to the page. There is one for each lab.
pub struct Parts {
    /// The networks, and what flows between them in a step.
    pub diagram: MakeView,
    /// What stands below the data sets: how a visitor brings data.
    pub own_data: MakeView,
    /// What stands above the main view: what a visitor does first.
    pub above_view: MakeView,
    /// What lies over the main view.
    pub over_view: MakeView,
    /// What stands beside the names of the views.
    pub view_bar: MakeView,
    /// What stands below the view: what can be asked and tried.
    pub panels: MakeView,
    pub lesson: &'static Lesson,
}

impl PartialEq for Parts {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
    }
}

const NOTHING: MakeView = |_| ().into_any();

/// The lab that visitors come to first needs no more than the page has.
static GAN2D: Parts = Parts {
    diagram: |lab| view! { <GanDiagram lab /> }.into_any(),
    own_data: |lab| view! { <OwnPoints lab /> }.into_any(),
    above_view: NOTHING,
    over_view: NOTHING,
    view_bar: NOTHING,
    panels: NOTHING,
    lesson: &learn::GAN2D,
};

#[wasm_split(vae, fallible)]
fn vae_parts() -> Result<&'static Parts, SplitLoaderError> {
    static VAE: Parts = Parts {
        diagram: |lab| view! { <AutoencoderDiagram lab /> }.into_any(),
        own_data: |lab| view! { <OwnPictures lab /> }.into_any(),
        above_view: NOTHING,
        over_view: |lab| view! { <MapWalk lab /> }.into_any(),
        view_bar: |lab| view! { <MapAxes lab /> }.into_any(),
        panels: |lab| {
            view! {
                <Techniques lab />
                <WordsPanel lab />
            }
            .into_any()
        },
        lesson: &learn::VAE,
    };
    Ok(&VAE)
}

#[wasm_split(images, fallible)]
fn images_parts() -> Result<&'static Parts, SplitLoaderError> {
    static IMAGES: Parts = Parts {
        diagram: |lab| view! { <GanDiagram lab /> }.into_any(),
        own_data: |lab| view! { <OwnPictures lab /> }.into_any(),
        above_view: NOTHING,
        over_view: NOTHING,
        view_bar: NOTHING,
        panels: |lab| view! { <GanPanels lab /> }.into_any(),
        lesson: &learn::IMAGES,
    };
    Ok(&IMAGES)
}

#[wasm_split(language, fallible)]
fn language_parts() -> Result<&'static Parts, SplitLoaderError> {
    static LANGUAGE: Parts = Parts {
        diagram: |lab| view! { <TransformerDiagram lab /> }.into_any(),
        own_data: |lab| view! { <OwnText lab /> }.into_any(),
        above_view: |lab| view! { <Desk lab /> }.into_any(),
        over_view: |_| view! { <AttentionAxes /> }.into_any(),
        view_bar: NOTHING,
        panels: |lab| view! { <LanguagePanels lab /> }.into_any(),
        lesson: &learn::LANGUAGE,
    };
    Ok(&LANGUAGE)
}

/// Loads what a lab adds, unless that has been done.
async fn load(which: &'static lab::Lab) -> Result<&'static Parts, SplitLoaderError> {
    if std::ptr::eq(which, &vae::LAB) {
        vae_parts().await
    } else if std::ptr::eq(which, &image_gan::LAB) {
        images_parts().await
    } else if std::ptr::eq(which, &language::LAB) {
        language_parts().await
    } else {
        Ok(&GAN2D)
    }
}

/// The parts of the labs that have been opened, and where those of the present one are.
#[derive(Clone, Copy)]
pub struct LabParts {
    lab: Lab,
    /// By the labs' slugs.
    here: RwSignal<BTreeMap<&'static str, &'static Parts>>,
    /// Whether those of the present lab did not come.
    failed: RwSignal<bool>,
    present: Memo<Option<&'static Parts>>,
}

impl LabParts {
    /// Loads what a lab adds whenever the visitor comes to one.
    pub fn watch(lab: Lab) -> LabParts {
        let here = RwSignal::new(BTreeMap::from([(gan2d::LAB.slug, &GAN2D)]));
        let present = Memo::new(move |_| here.with(|here| here.get(lab.which.get().slug).copied()));
        let parts = LabParts { lab, here, failed: RwSignal::new(false), present };
        Effect::new(move || {
            lab.which.track();
            parts.fetch();
        });
        parts
    }

    /// What the present lab adds, once that is here.
    pub fn get(self) -> Option<&'static Parts> {
        self.present.get()
    }

    fn fetch(self) {
        self.failed.set(false);
        let which = self.lab.which.get_untracked();
        if self.here.with_untracked(|here| here.contains_key(which.slug)) {
            return;
        }
        spawn_local(async move {
            match load(which).await {
                Ok(parts) => self.here.update(|here| here.extend([(which.slug, parts)])),
                // The visitor may have gone on meanwhile.
                Err(_) => self.failed.set(std::ptr::eq(which, self.lab.which.get_untracked())),
            }
        });
    }
}

/// Says that a lab's parts are coming, or that they did not come, and what can be done then.
#[component]
pub fn Arrival(parts: LabParts) -> impl IntoView {
    let is_coming = move || parts.get().is_none() && !parts.failed.get();
    view! {
        <div id="arrival" class="techniques arrival" class:hidden=move || parts.get().is_some() role="status">
            <p class="coming" class:hidden=move || !is_coming()>
                "Loading the rest of this lab… " <progress aria-label="Loading the rest of this lab"></progress>
            </p>
            <div class="missing" class:hidden=move || !parts.failed.get()>
                <p>
                    "The rest of this lab could not be loaded: its panels and its explanation are missing. \
                     The run goes on without them."
                </p>
                <button class="button" type="button" on:click=move |_| parts.fetch()>
                    "Try again"
                </button>
            </div>
        </div>
    }
}
