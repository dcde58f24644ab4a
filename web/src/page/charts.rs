//! The charts of a run.

use leptos::prelude::*;
use terrarium_labs::protocol::{Chart as Described, ChartLine, Row};

use crate::chart::{Chart, Line};
use crate::lab::Lab;

#[component]
pub fn Charts(lab: Lab) -> impl IntoView {
    let cursor = RwSignal::new(None);
    // A run that is begun anew mostly has the charts of the one before.
    let described = Memo::new(move |_| lab.opened.with(|opened| opened.as_ref().map(|o| o.charts.clone())).unwrap_or_default());
    let line = move |described: &ChartLine| {
        let place = described.column as usize;
        let value = |row: &Row| row.values.get(place).copied().flatten();
        Line {
            name: described.name.clone(),
            class: described.role.clone(),
            points: lab
                .history
                .with(|history| history.rows().iter().filter_map(|row| Some((f64::from(row.step), value(row)?))).collect()),
            now: lab.latest.with(|latest| latest.as_ref().and_then(value)),
            of: described.of,
        }
    };
    let chart = move |Described { title, help, axis, lines, empty }: Described| {
        let lines = Signal::derive(move || lines.iter().map(line).collect());
        view! { <Chart title help axis empty lines cursor /> }
    };
    view! {
        <section class="charts" aria-label="Charts">
            {move || described.get().into_iter().map(chart).collect_view()}
        </section>
    }
}
