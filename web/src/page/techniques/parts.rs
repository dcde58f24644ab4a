//! What panels are made of.

use leptos::html::Details;
use leptos::prelude::*;
use terrarium_labs::protocol::Figure;
use wasm_bindgen::prelude::*;
use web_sys::{HtmlElement, IntersectionObserver, IntersectionObserverEntry, IntersectionObserverInit};

/// So near to the window something is about to be seen.
const MARGIN: &str = "200px";

/// A part of the section with a name, and whether a visitor can see into it: what is not looked at need not be asked for.
pub fn panel<V: IntoView + 'static>(
    name: &'static str,
    title: &'static str,
    help: &'static str,
    body: impl FnOnce(Signal<bool>) -> V,
) -> AnyView {
    let (is_open, is_near) = (RwSignal::new(true), RwSignal::new(false));
    let body = body(Signal::derive(move || is_open.get() && is_near.get()));
    frame(name, title, help, is_open, is_near, body.into_any())
}

fn frame(
    name: &'static str,
    title: &'static str,
    help: &'static str,
    is_open: RwSignal<bool>,
    is_near: RwSignal<bool>,
    body: AnyView,
) -> AnyView {
    let place = NodeRef::<Details>::new();
    watch(place, is_near);
    view! {
        <details
            node_ref=place
            id=name
            class=format!("panel group technique {name}")
            open
            on:toggle:target=move |event| is_open.set(event.target().open())
        >
            <summary>
                <h3>{title}</h3>
            </summary>
            <p class="technique-help">{help}</p>
            {body}
        </details>
    }
    .into_any()
}

/// Follows whether an element is within the window, or nearly.
fn watch(place: NodeRef<Details>, is_near: RwSignal<bool>) {
    let watching = StoredValue::new_local(None::<(IntersectionObserver, Closure<dyn FnMut(Vec<IntersectionObserverEntry>)>)>);
    Effect::new(move || {
        let Some(place) = place.get() else { return };
        let moved = Closure::new(move |entries: Vec<IntersectionObserverEntry>| {
            if let Some(entry) = entries.last() {
                is_near.try_set(entry.is_intersecting());
            }
        });
        let options = IntersectionObserverInit::new();
        options.set_root_margin(MARGIN);
        match IntersectionObserver::new_with_options(moved.as_ref().unchecked_ref(), &options) {
            Ok(observer) => {
                observer.observe(&place);
                watching.set_value(Some((observer, moved)));
            }
            // Every browser that can run the page has these.
            Err(_) => is_near.set(true),
        }
    });
    on_cleanup(move || {
        if let Some((observer, _)) = watching.try_update_value(Option::take).flatten() {
            observer.disconnect();
        }
    });
}

/// A control with its label and, on demand, what it does.
#[component]
pub fn Field(id: String, #[prop(into)] label: String, #[prop(into)] help: String, children: Children) -> impl IntoView {
    let explained = RwSignal::new(false);
    let help_id = format!("{id}-help");
    view! {
        <div class="control">
            <div class="control-head">
                <label for=id>{label.clone()}</label>
                <button
                    class="help-button"
                    type="button"
                    aria-label=format!("What is {label}?")
                    aria-expanded=move || explained.get().to_string()
                    aria-controls=help_id.clone()
                    on:click=move |_| explained.update(|explained| *explained = !*explained)
                >
                    "?"
                </button>
            </div>
            {children()}
            <p class="help" id=help_id class:hidden=move || !explained.get()>
                {help}
            </p>
        </div>
    }
}

/// A slider over `range` in steps of so much.
#[component]
pub fn Slider(
    id: String,
    #[prop(into)] range: Signal<[f32; 2]>,
    step: f32,
    #[prop(into)] value: Signal<f32>,
    #[prop(into)] moved: Callback<f32>,
    /// For screen readers, where no label stands beside it.
    #[prop(into, optional)]
    label: MaybeProp<String>,
    /// What a value is called.
    #[prop(into)]
    spoken: Callback<f32, String>,
) -> impl IntoView {
    let filled = move || {
        let [low, high] = range.get();
        format!("{:.1}%", 100.0 * ((value.get() - low) / (high - low)).clamp(0.0, 1.0))
    };
    view! {
        <input
            id=id
            class="slider"
            type="range"
            min=move || range.get()[0]
            max=move || range.get()[1]
            step=step
            aria-label=move || label.get()
            aria-valuetext=move || spoken.run(value.get())
            prop:value=move || value.get().to_string()
            style=("--filled", filled)
            on:input:target=move |event| moved.run(event.target().value_as_number() as f32)
        />
    }
}

/// A menu of `options`, of which one is chosen by its place.
#[component]
pub fn Menu(
    id: String,
    options: Vec<String>,
    #[prop(into)] chosen: Signal<usize>,
    #[prop(into)] choose: Callback<usize>,
    /// For screen readers, where no label stands beside it.
    #[prop(into, optional)]
    label: MaybeProp<String>,
) -> impl IntoView {
    let option = move |(i, name): (usize, String)| {
        view! {
            <option value=i prop:selected=move || chosen.get() == i>
                {name}
            </option>
        }
    };
    view! {
        <select id=id aria-label=move || label.get() on:change:target=move |event| choose.run(event.target().selected_index().max(0) as usize)>
            {options.into_iter().enumerate().map(option).collect_view()}
        </select>
    }
}

/// Numbers with their names, each as a bar within `range` from where it would be 0.
pub fn bars(figures: impl IntoIterator<Item = Figure>, range: [f32; 2]) -> AnyView {
    let row = |Figure { name, value, help }| {
        let [start, end] = ends(value, range).map(|share| format!("{:.1}%", 100.0 * share));
        view! {
            <li title=help>
                <span>{name}</span>
                <span class="bar" aria-hidden="true" style=("--start", start) style=("--end", end)></span>
                <output>{signed(value, 2)}</output>
            </li>
        }
    };
    let rows: Vec<_> = figures.into_iter().map(row).collect();
    view! { <ul class="numbers">{rows}</ul> }.into_any()
}

/// How far a bar begins from the start of `range`, and how far from its end it ends, as shares of it.
fn ends(value: f32, [low, high]: [f32; 2]) -> [f32; 2] {
    let share = |v: f32| ((v - low) / (high - low)).clamp(0.0, 1.0);
    [share(value.min(0.0)), 1.0 - share(value.max(0.0))]
}

/// A number with its sign and so many decimals.
pub fn signed(value: f32, decimals: usize) -> String {
    format!("{value:.decimals$}").replace('-', "−")
}

/// Takes the visitor to the control of a setting.
pub fn go_to(setting: &'static str) {
    if let Some(control) = document().get_element_by_id(&format!("{setting}-input")) {
        // Where it cannot take the focus, the visitor stays here.
        let _ = control.unchecked_into::<HtmlElement>().focus();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_begin_at_nothing() {
        assert_eq!(ends(1.5, [-3.0, 3.0]), [0.5, 0.25]);
        assert_eq!(ends(-3.0, [-3.0, 3.0]), [0.0, 0.5]);
        assert_eq!(ends(9.0, [0.0, 1.0]), [0.0, 0.0]);
        assert_eq!([signed(-0.5, 1), signed(2.0, 2)], ["−0.5", "2.00"]);
    }
}
