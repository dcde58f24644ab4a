//! The visitor's own pictures: files dropped or picked, which the worker reads, crops and keeps.

use leptos::prelude::*;
use terrarium_data::images::own::MIN_PICTURES;
use web_sys::{File, HtmlInputElement};

use crate::icons::{Icon, icon};
use crate::lab::Lab;
use crate::number::thousands;

/// What is below the data sets while the visitor's own pictures are chosen.
#[component]
pub fn OwnPictures(lab: Lab) -> impl IntoView {
    let count = move || lab.pictures.with(|pictures| pictures.count as usize);
    let reading = move || lab.pictures.with(|pictures| pictures.reading);
    let standing = move || match (reading(), count(), MIN_PICTURES.saturating_sub(count())) {
        (Some((read, of)), ..) => format!("Reading files: {} of {}.", thousands(read.into()), thousands(of.into())),
        (None, 0, _) => format!("Drop pictures anywhere on the page, or pick them. {MIN_PICTURES} or more are needed."),
        (None, count, 0) => format!("{} pictures.", thousands(count as u64)),
        (None, 1, missing) => format!("1 picture so far; {missing} more are needed."),
        (None, count, missing) => format!("{count} pictures so far; {missing} more are needed."),
    };
    let notes = move || lab.pictures.with(|pictures| pictures.notes.clone());
    view! {
        <div class="own-points own-pictures" class:hidden=move || !lab.is_own.get()>
            <p role="status">{standing}</p>
            {move || {
                reading().map(|(read, of)| view! { <progress value=read max=of aria-label="Files read"></progress> })
            }}
            <ul class="notes" class:hidden=move || notes().is_empty()>
                {move || notes().into_iter().map(|note| view! { <li>{note}</li> }).collect_view()}
            </ul>
            <div class="buttons">
                <label class="button">
                    {icon(Icon::Picture)} "Add files"
                    <input
                        id="own-pictures"
                        class="visually-hidden"
                        type="file"
                        multiple
                        accept="image/*"
                        on:change:target=move |event| add(lab, &event.target(), |_| true)
                    />
                </label>
                <label class="button">
                    {icon(Icon::Open)} "Add folder"
                    <input
                        class="visually-hidden"
                        type="file"
                        prop:webkitdirectory=true
                        // What else lies in the folder was not meant.
                        on:change:target=move |event| add(lab, &event.target(), is_picture)
                    />
                </label>
                <button class="button" type="button" class:hidden=move || count() == 0 on:click=move |_| lab.remove_pictures()>
                    {icon(Icon::Close)}
                    "Remove all"
                </button>
            </div>
            <p class="promise">
                "They never leave this machine. This browser keeps them, small, until you remove them."
            </p>
        </div>
    }
}

/// Whether a file calls itself a picture.
pub fn is_picture(file: &File) -> bool {
    file.type_().starts_with("image/")
}

/// Takes in what a file field has picked, and empties it so that the same files can be picked again.
fn add(lab: Lab, field: &HtmlInputElement, wanted: fn(&File) -> bool) {
    if let Some(picked) = field.files() {
        lab.add_pictures((0..picked.length()).filter_map(|i| picked.get(i)).filter(wanted).collect());
    }
    field.set_value("");
}
