//! Which engine trains, what it can do, and how far two of them drift apart.

use leptos::prelude::*;
use terrarium_labs::bench::Row;
use terrarium_labs::protocol::{Axis, Comparison, EngineKind, GpuOffer};

use crate::chart::{Chart, Line};
use crate::files;
use crate::lab::Lab;
use crate::number::{percent, short};

fn name(engine: EngineKind) -> &'static str {
    match engine {
        EngineKind::WebGpu => "WebGPU",
        EngineKind::Cpu => "CPU (SIMD)",
        EngineKind::Dfdx => "Reference (dfdx)",
    }
}

/// The engines that a device has.
pub fn engines(gpu: Option<&GpuOffer>) -> impl Iterator<Item = EngineKind> + use<> {
    let computes = matches!(gpu, Some(GpuOffer::Ready { .. }));
    EngineKind::ALL.into_iter().filter(move |engine| computes || *engine != EngineKind::WebGpu)
}

/// What is to be known of WebGPU here.
fn about(gpu: &GpuOffer) -> String {
    match gpu {
        GpuOffer::Ready { adapter, software: false } => format!("WebGPU computes on: {adapter}."),
        GpuOffer::Ready { adapter, software: true } => {
            format!("WebGPU is only imitated by the processor here ({adapter}), so the CPU engine is faster.")
        }
        GpuOffer::Missing(why) => format!("WebGPU is not used: {why}. The CPU engine trains instead."),
    }
}

/// The outcome in words.
fn sentence(comparison: &Comparison) -> String {
    let [a, b] = comparison.engines.map(name);
    let [ms_a, ms_b] = comparison.ms_per_step.map(short);
    let furthest = comparison.drift.iter().copied().fold(0.0, f32::max);
    let verdict = if furthest.is_nan() || comparison.drift.iter().any(|drift| !drift.is_finite()) {
        "the numbers broke down, so they cannot be compared".to_string()
    } else if furthest <= 1e-3 {
        format!("they differ by {} at most: rounding, and no more", short(furthest))
    } else {
        format!("they differ by {}: rounding that this set-up magnifies", short(furthest))
    };
    format!("After {} steps {verdict}. {a} took {ms_a} ms a step, {b} {ms_b} ms.", comparison.steps)
}

#[component]
pub fn EnginePanel(lab: Lab) -> impl IntoView {
    let is_busy = move || lab.comparing.with(Option::is_some) || lab.bench_size.with(Option::is_some);
    let option = move |engine: EngineKind| {
        view! {
            <option value=engine.slug() prop:selected=move || lab.engine.get() == engine>
                {name(engine)}
            </option>
        }
    };
    let choose = move |chosen: String| {
        if let Some(engine) = EngineKind::from_slug(&chosen) {
            lab.choose_engine(engine);
        }
    };
    view! {
        <section class="panel engine" aria-label="Engine">
            <div class="engine-head">
                <label for="engine">"Engine"</label>
                <select id="engine" disabled=is_busy on:change:target=move |event| choose(event.target().value())>
                    {move || lab.gpu.with(|gpu| engines(gpu.as_ref()).map(option).collect_view())}
                </select>
            </div>
            <p id="about-gpu">{move || lab.gpu.with(|gpu| gpu.as_ref().map(about))}</p>
            <Performance lab />
            <Compare lab />
        </section>
    }
}

/// What a step costs here, and what this device can do.
#[component]
fn Performance(lab: Lab) -> impl IntoView {
    let cost = move || lab.opened.with(|opened| opened.as_ref().map(|opened| opened.cost));
    let speed = move || lab.progress.with(|progress| progress.steps_per_second);
    // The best product of square matrices that was measured on the run's engine, in GFLOP/s.
    let rate = move || {
        let engine = lab.engine.get().slug();
        let rates =
            lab.bench_rows.with(|rows| rows.iter().filter(|row| row.engine == engine).map(|r| r.matmul_gflops).reduce(f64::max));
        rates.map(|rate| rate as f32)
    };
    let share = move || {
        let gflops = cost()?.flops as f32 * speed() * 1e-9;
        rate().filter(|_| gflops > 0.0).map(|rate| percent(gflops / rate))
    };
    let figure = |label: &'static str, id: &'static str, help: &'static str, text: Signal<String>| {
        view! {
            <div title=help>
                <dt>{label}</dt>
                <dd id=id>{text}</dd>
            </div>
        }
    };
    let or_dash = |text: Option<String>| text.unwrap_or_else(|| "–".to_string());
    view! {
        <dl class="figures">
            {figure(
                "Work a step",
                "flops",
                "Multiplications and additions of the matrix products of a step",
                Signal::derive(move || or_dash(cost().map(|cost| format!("{} MFLOP", short(cost.flops as f32 * 1e-6))))),
            )}
            {figure(
                "Dispatches a step",
                "dispatches",
                "Commands that the graphics processor gets for one step",
                Signal::derive(move || or_dash(cost().and_then(|cost| cost.dispatches).map(|count| count.to_string()))),
            )}
            {figure(
                "GPU memory",
                "gpu-memory",
                "Memory that the run takes on the graphics processor",
                Signal::derive(move || {
                    or_dash(cost().and_then(|cost| cost.gpu_bytes).map(|bytes| format!("{} MB", short(bytes as f32 * 1e-6))))
                }),
            )}
            {figure(
                "Of matmul rate",
                "share",
                "Arithmetic a second as a share of what this engine reaches in a large matrix product; measure the device first",
                Signal::derive(move || or_dash(share())),
            )}
        </dl>
        <BenchTable lab />
    }
}

/// The benchmark of this device.
#[component]
fn BenchTable(lab: Lab) -> impl IntoView {
    let is_running = move || lab.bench_size.with(Option::is_some);
    let row = |row: Row| {
        view! {
            <tr>
                <th scope="row">{format!("{}, {}", row.workload, EngineKind::from_slug(&row.engine).map_or("", name))}</th>
                <td>{short(row.ms_per_step as f32)}</td>
                <td>{short(row.gflops as f32)}</td>
                <td>{percent(row.share as f32)}</td>
            </tr>
        }
    };
    let said = move || match lab.bench_size.get() {
        Some(size) => format!("Measuring {} of {size}; the run waits…", lab.bench_rows.with(Vec::len) + 1),
        None => String::new(),
    };
    view! {
        <div class="bench-actions">
            <button
                id="bench"
                class="button"
                type="button"
                title="Times fixed workloads on the engines of this device, for about half a minute"
                disabled=move || is_running() || lab.comparing.with(Option::is_some) || lab.opened.with(Option::is_none)
                on:click=move |_| lab.bench()
            >
                "Measure this device"
            </button>
            <button
                id="copy-bench"
                class="button quiet"
                type="button"
                class:hidden=move || is_running() || lab.bench_rows.with(Vec::is_empty)
                on:click=move |_| copy(lab)
            >
                "Copy table"
            </button>
            <span role="status">{said}</span>
        </div>
        <table id="bench-table" class:hidden=move || lab.bench_rows.with(Vec::is_empty)>
            <thead>
                <tr>
                    <th scope="col">"Workload"</th>
                    <th scope="col">"ms a step"</th>
                    <th scope="col">"GFLOP/s"</th>
                    <th scope="col" title="Of the rate of the best square matrix product on the same engine">"of matmul"</th>
                </tr>
            </thead>
            <tbody>{move || lab.bench_rows.get().into_iter().map(row).collect_view()}</tbody>
        </table>
    }
}

/// The table as text that a spreadsheet takes, too.
fn table(rows: &[Row], gpu: Option<&GpuOffer>) -> String {
    let count = |count: Option<f64>| count.map_or(String::new(), |count| short(count as f32));
    let line = |row: &Row| {
        [
            row.workload.clone(),
            row.engine.clone(),
            short(row.ms_per_step as f32),
            short(row.gflops as f32),
            short(row.matmul_gflops as f32),
            short(row.share as f32),
            count(row.dispatches_per_step.map(|dispatches| dispatches as f64)),
            count(row.upload_bytes_per_submission),
            count(row.encode_us_per_dispatch),
        ]
        .join("\t")
    };
    let head = "workload\tengine\tms/step\tGFLOP/s\tmatmul GFLOP/s\tshare\tdispatches/step\tbytes/submission\tencode µs/dispatch";
    let adapter = match gpu {
        Some(GpuOffer::Ready { adapter, .. }) => format!("# WebGPU: {adapter}"),
        _ => "# no WebGPU".to_string(),
    };
    let lines = rows.iter().map(line);
    [head.to_string()].into_iter().chain(lines).chain([adapter, String::new()]).collect::<Vec<_>>().join("\n")
}

fn copy(lab: Lab) {
    let text = lab.gpu.with_untracked(|gpu| lab.bench_rows.with_untracked(|rows| table(rows, gpu.as_ref())));
    files::copy(lab, text, "The table is copied.", "The browser does not let the page copy.");
}

/// The same steps on two engines.
#[component]
fn Compare(lab: Lab) -> impl IntoView {
    let cursor = RwSignal::new(None);
    let is_comparing = move || lab.comparing.with(Option::is_some);
    let is_busy = move || is_comparing() || lab.bench_size.with(Option::is_some);
    let others = move || {
        let own = lab.engine.get();
        lab.gpu.with(|gpu| engines(gpu.as_ref()).filter(|engine| *engine != own).collect::<Vec<_>>())
    };
    let chosen = RwSignal::new(EngineKind::Dfdx);
    // What was chosen may have become the run's own engine.
    let other =
        move || if others().contains(&chosen.get()) { chosen.get() } else { others().first().copied().unwrap_or(EngineKind::Cpu) };
    let progress = move || lab.comparing.get().map_or(0.0, |(done, of)| f64::from(done) / f64::from(of.max(1)));
    let outcome = move || match (lab.comparing.get(), lab.compared.get()) {
        (Some((done, of)), _) => format!("Step {done} of {of} on both engines…"),
        (None, Some(comparison)) => sentence(&comparison),
        (None, None) => "Runs the next 50 steps on both engines from the same state. The run itself stays as it is.".to_string(),
    };
    let drift = move || {
        let Some(comparison) = lab.compared.get() else { return Vec::new() };
        let points: Vec<_> = comparison.drift.iter().enumerate().map(|(i, drift)| ((i + 1) as f64, *drift)).collect();
        vec![Line {
            name: "Drift".to_string(),
            class: "of-divergence".to_string(),
            now: comparison.drift.last().copied(),
            of: None,
            points,
        }]
    };
    view! {
        <div class="engine-head">
            <button id="compare" class="button" type="button" disabled=is_busy on:click=move |_| lab.compare(other())>
                "Compare with"
            </button>
            <select
                id="compare-with"
                aria-label="The engine to compare with"
                disabled=is_busy
                on:change:target=move |event| chosen.set(EngineKind::from_slug(&event.target().value()).unwrap_or(EngineKind::Cpu))
            >
                {move || {
                    let option = |engine: EngineKind| {
                        view! {
                            <option value=engine.slug() prop:selected=move || other() == engine>
                                {name(engine)}
                            </option>
                        }
                    };
                    others().into_iter().map(option).collect_view()
                }}
            </select>
        </div>
        <progress class:idle=move || !is_comparing() max="1" prop:value=progress aria-label="Steps compared"></progress>
        <p id="compared" role="status">
            {outcome}
        </p>
        <Chart
            title="Drift between the engines".to_string()
            help="The largest relative difference of any network’s parameters after each step.".to_string()
            axis=Axis::Log
            empty="Compare the engines to fill this chart.".to_string()
            lines=Signal::derive(drift)
            cursor
        />
    }
}
