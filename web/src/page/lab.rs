//! The lab as the page knows it: what the visitor has set, what the worker has told, and what can be done.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use futures_channel::oneshot::Sender;
use leptos::leptos_dom::helpers::{TimeoutHandle, set_timeout_with_handle};
use leptos::prelude::*;
use terrarium_data::images::own::MIN_PICTURES;
use terrarium_data::points::{CsvReport, MIN_POINTS, parse_csv};
use terrarium_data::text::corpus::MIN_CHARACTERS;
use terrarium_labs::bench::{self, NAMES};
use terrarium_labs::history::History;
use terrarium_labs::lab::{self, Preset};
use terrarium_labs::language;
use terrarium_labs::protocol::{
    Answer, Command, Comparison, EngineKind, Event, GpuOffer, Opened, Pace, Phase, Question, Row, SetUp, Show, Trouble,
};
use terrarium_labs::settings::{Settings, Value};
use terrarium_web::wire::{AboutWords, Measured, OwnPictures, ToPage, ToWorker};
use wasm_bindgen_futures::spawn_local;
use web_sys::{File, OffscreenCanvas};

use crate::autosave::{self, Saved};
use crate::engine::{Engine, Heard};
use crate::engine_panel::engines;
use crate::files;
use crate::history;
use crate::link::{self, Linked};
use crate::notices::Notices;
use crate::number::thousands;
use crate::writing::Writing;

/// What labs call data that are the visitor's.
pub const OWN_POINTS: &str = "custom";
pub const OWN_PICTURES: &str = "own";
pub const OWN_TEXT: &str = "own";

/// How long a slider rests before a run starts anew with it.
const REST: Duration = Duration::from_millis(150);

/// Steps that a comparison of two engines runs.
const COMPARED_STEPS: u32 = 50;

/// Where a run is.
#[derive(Clone, Default, PartialEq)]
pub struct Progress {
    /// Turns each player has had.
    pub turns: Vec<u32>,
    pub phase: Option<Phase>,
    pub steps_per_second: f32,
    pub ms_per_step: f32,
}

impl Progress {
    pub fn steps(&self) -> u32 {
        self.turns.last().copied().unwrap_or(0)
    }
}

/// What a run waits for that is being opened.
#[derive(Clone, PartialEq)]
pub struct Loading {
    /// In words.
    pub what: String,
    /// How much of it is there, from 0 to 1, where that is known.
    pub share: Option<f32>,
}

impl Loading {
    fn of_file(file: &str, bytes: u32, of: Option<u32>) -> Loading {
        let name = if file.ends_with(".safetensors") { "the model" } else { file };
        let size = of.map(|of| format!(" ({:.1} MB)", f64::from(of) / 1e6)).unwrap_or_default();
        Loading { what: format!("Loading {name}{size}"), share: of.map(|of| (bytes as f32 / of.max(1) as f32).min(1.0)) }
    }
}

/// What the next checkpoint is for.
#[derive(Clone, Copy, PartialEq)]
enum Saving {
    File,
    /// A run that goes on from this one's model.
    Base,
}

/// Who waits for which answer.
#[derive(Default)]
struct Questions {
    asked: u32,
    waiting: BTreeMap<u32, Sender<Result<Answer, String>>>,
}

impl Questions {
    fn ask(&mut self, asker: Sender<Result<Answer, String>>) -> u32 {
        self.asked += 1;
        self.waiting.insert(self.asked, asker);
        self.asked
    }

    fn answered(&mut self, number: u32) -> Option<Sender<Result<Answer, String>>> {
        self.waiting.remove(&number)
    }
}

/// What a lab shows to begin with.
fn first_view(which: &lab::Lab) -> Show {
    Show { layers: which.views[0].layers(), ..Show::default() }
}

#[derive(Clone, Copy)]
pub struct Lab {
    /// The lab that the visitor is in.
    pub which: RwSignal<&'static lab::Lab>,
    pub settings: RwSignal<Settings>,
    pub seed: RwSignal<u64>,
    /// The visitor's own points, as a link holds them.
    pub points: RwSignal<Arc<Vec<[f32; 2]>>>,
    /// The visitor's own pictures, as the worker keeps them.
    pub pictures: RwSignal<OwnPictures>,
    /// The visitor's own text.
    pub text: RwSignal<Arc<str>>,
    /// The model that a run of the language lab goes on from, as the bytes of a checkpoint; none at all to begin anew.
    pub base: RwSignal<Arc<[u8]>>,
    /// Whether the data are the visitor's own points, or other data of their own: pictures or text.
    pub is_custom: Memo<bool>,
    pub is_own: Memo<bool>,
    /// What the data still lack before a run can begin, in words.
    pub lacks: Memo<Option<String>>,
    pub show: RwSignal<Show>,
    pub pace: RwSignal<Pace>,

    /// The run as it began, without its history.
    pub opened: RwSignal<Option<Opened>>,
    pub engine: RwSignal<EngineKind>,
    pub playing: RwSignal<bool>,
    pub progress: RwSignal<Progress>,
    pub history: RwSignal<History>,
    /// The last row measured, which a long history may leave out.
    pub latest: RwSignal<Option<Row>>,
    pub trouble: RwSignal<Option<Trouble>>,
    /// What there is of WebGPU, once that is known.
    pub gpu: RwSignal<Option<GpuOffer>>,
    /// What a run still needs that is being opened.
    pub loading: RwSignal<Option<Loading>>,
    /// The benchmark: rows measured so far, and how many there will be while it runs.
    pub bench_rows: RwSignal<Vec<bench::Row>>,
    pub bench_size: RwSignal<Option<usize>>,
    /// Steps compared so far, and of how many.
    pub comparing: RwSignal<Option<(u32, u32)>>,
    pub compared: RwSignal<Option<Comparison>>,

    /// A run that the visitor left, to be taken up.
    pub left_off: RwSignal<Option<Saved>>,
    /// Why the worker is gone, if it is.
    pub crashed: RwSignal<Option<String>>,
    /// How many canvases there have been. Each worker, and each way of painting, needs one of its own.
    pub canvas_number: RwSignal<u32>,
    pub notices: Notices,

    /// How far an answer is that takes a while.
    pub answering: RwSignal<Option<f32>>,
    /// What was said last about words.
    pub words: RwSignal<Option<AboutWords>>,
    /// What the visitor and a language model write.
    pub writing: Writing,

    questions: StoredValue<Questions>,
    worker: StoredValue<Option<Engine>, LocalStorage>,
    /// The last autosave of this run, for when the worker breaks.
    autosave: StoredValue<Option<Vec<u8>>>,
    restart: StoredValue<Option<TimeoutHandle>>,
    /// What a checkpoint is for that is on its way.
    saving: StoredValue<Option<Saving>>,
    /// The notice of what the worker refused last.
    refused: StoredValue<Option<u32>>,
    /// Whether the next run brings its set-up along, from a checkpoint.
    adopting: StoredValue<bool>,
}

impl Lab {
    /// The lab that the address names, with a worker that has its first run open.
    pub fn open() -> Self {
        let linked = link::read(&crate::dom::query(), &crate::dom::fragment());
        let which = RwSignal::new(linked.lab);
        let settings = RwSignal::new(linked.settings);
        let points = RwSignal::new(Arc::new(linked.points));
        let pictures = RwSignal::new(OwnPictures::default());
        let text = RwSignal::new(Arc::<str>::from(""));
        let is_custom = Memo::new(move |_| settings.with(|settings| settings.is("data", OWN_POINTS)));
        let is_own = Memo::new(move |_| settings.with(|settings| settings.is("data", OWN_PICTURES)));
        let lacks = Memo::new(move |_| {
            let (what, count, least) = if is_custom.get() {
                ("points", points.with(|points| points.len()), MIN_POINTS)
            } else if is_own.get() && std::ptr::eq(which.get(), &language::LAB) {
                ("characters of text", text.with(|text| text.chars().count()), MIN_CHARACTERS)
            } else if is_own.get() {
                ("pictures", pictures.with(|pictures| pictures.count as usize), MIN_PICTURES)
            } else {
                return None;
            };
            let [least_said, count_said] = [least, count].map(|count| thousands(count as u64));
            (count < least).then(|| format!("To begin, {least_said} {what} of your own are needed; there are {count_said}."))
        });
        let lab = Self {
            which,
            settings,
            seed: RwSignal::new(linked.seed),
            points,
            pictures,
            text,
            base: RwSignal::new(Arc::default()),
            is_custom,
            is_own,
            lacks,
            show: RwSignal::new(first_view(linked.lab)),
            pace: RwSignal::new(Pace::Full),
            opened: RwSignal::new(None),
            engine: RwSignal::new(EngineKind::Cpu),
            playing: RwSignal::new(false),
            progress: RwSignal::default(),
            history: RwSignal::default(),
            latest: RwSignal::new(None),
            trouble: RwSignal::new(None),
            gpu: RwSignal::new(None),
            loading: RwSignal::new(None),
            bench_rows: RwSignal::default(),
            bench_size: RwSignal::new(None),
            comparing: RwSignal::new(None),
            compared: RwSignal::new(None),
            left_off: RwSignal::new(None),
            crashed: RwSignal::new(None),
            canvas_number: RwSignal::new(0),
            notices: Notices::new(),
            answering: RwSignal::new(None),
            words: RwSignal::new(None),
            writing: Writing::new(),
            questions: StoredValue::default(),
            worker: StoredValue::new_local(None),
            autosave: StoredValue::new(None),
            restart: StoredValue::new(None),
            saving: StoredValue::new(None),
            refused: StoredValue::new(None),
            adopting: StoredValue::new(false),
        };
        lab.warn_of(&linked.problems);
        lab.start_worker();
        lab.open_run();
        lab.find_left_off();
        lab
    }

    fn warn_of(self, problems: &[String]) {
        for problem in problems {
            self.notices.warn(format!("In the link: {problem}"));
        }
    }

    /// Looks whether the browser keeps a run of this lab.
    fn find_left_off(self) {
        let which = self.which.get_untracked();
        self.left_off.set(None);
        spawn_local(async move {
            // Without a place to save, there is nothing to take up.
            if let Ok(Some(saved)) = autosave::load(which.slug).await
                && std::ptr::eq(which, self.which.get_untracked())
            {
                self.left_off.set(Some(saved));
            }
        });
    }

    /// Goes where the address leads, unless that is here, as after a link within the page.
    pub fn follow_address(self) {
        let linked = link::read(&crate::dom::query(), &crate::dom::fragment());
        let is_here = std::ptr::eq(linked.lab, self.which.get_untracked())
            && self.settings.with_untracked(|settings| linked.lab.are_alike(settings, &linked.settings))
            && self.seed.get_untracked() == linked.seed;
        if !is_here {
            self.visit(linked);
        }
    }

    /// Goes where a link leads.
    fn visit(self, linked: Linked) {
        self.play(false);
        self.warn_of(&linked.problems);
        self.opened.set(None);
        self.trouble.set(None);
        self.history.set(History::default());
        self.latest.set(None);
        self.autosave.set_value(None);
        self.show.set(first_view(linked.lab));
        self.settings.set(linked.settings);
        self.seed.set(linked.seed);
        self.points.set(Arc::new(linked.points));
        self.base.set(Arc::default());
        self.which.set(linked.lab);
        self.open_run();
        self.find_left_off();
    }

    /// Goes to another lab as it is to begin with. The browser's way back leads here again.
    pub fn enter(self, which: &'static lab::Lab) {
        let query = link::query(which, &which.first_settings(), link::SEED);
        if let Ok(history) = window().history() {
            // A browser that refuses keeps the old address until the run is open.
            let _ = history.push_state_with_url(&wasm_bindgen::JsValue::NULL, "", Some(&query));
        }
        self.visit(link::read(&query, ""));
    }

    /// Asks the run's model.
    pub async fn ask(self, question: Question) -> Result<Answer, String> {
        let (sender, receiver) = futures_channel::oneshot::channel();
        let number = self.questions.try_update_value(|questions| questions.ask(sender)).unwrap_or_default();
        self.send(Command::Ask { number, question });
        receiver.await.unwrap_or_else(|_| Err("The engine stopped.".to_string()))
    }

    // What the visitor does.

    /// Sets a setting, given as text. A live one changes the run, any other starts it anew.
    pub fn set(self, key: &'static str, text: &str) {
        let before = self.settings.get_untracked();
        let mut after = before.clone();
        if let Err(misfit) = after.set(key, text) {
            self.notices.warn(misfit.to_string());
            return;
        }
        let Some(live) = before.differing(&after).map(|setting| setting.live).next() else { return };
        self.settings.set(after);
        if live {
            self.send(Command::Change { key: key.to_string(), value: text.to_string() });
            self.show_link();
        } else {
            self.restart_soon();
        }
    }

    pub fn apply(self, preset: &'static Preset) {
        self.settings.set(self.which.get_untracked().preset(preset));
        self.restart_now();
    }

    /// Takes points as the visitor's own data, from drawing.
    pub fn use_points(self, points: Vec<[f32; 2]>) {
        self.points.set(Arc::new(points.into_iter().map(link::snap).collect()));
        self.restart_soon();
    }

    /// Takes points from a text of two columns. What is wrong with it is said.
    pub fn use_csv(self, text: &str) {
        match parse_csv(text) {
            Ok(report) if self.choose_data(OWN_POINTS) => {
                self.tell_about(&report);
                self.use_points(report.points.xy);
            }
            Ok(_) => self.notices.warn("This lab does not learn points. Those in the plane do."),
            Err(error) => self.notices.warn(error.to_string()),
        }
    }

    /// Adds files to the visitor's own pictures, and takes them as the data. What is wrong with them is said.
    pub fn add_pictures(self, files: Vec<File>) {
        if files.is_empty() {
            return self.notices.warn("There are no pictures there.");
        }
        let chosen_before = self.is_own.get_untracked();
        if !self.choose_data(OWN_PICTURES) {
            return self.notices.warn("This lab does not learn pictures. The others do.");
        }
        let files: js_sys::Array = files.into_iter().collect();
        self.worker.with_value(|worker| {
            if let Some(worker) = worker {
                worker.give_files(&files);
            }
        });
        // Once they are read, the run starts with them in any case.
        if !chosen_before {
            self.restart_soon();
        }
    }

    /// Takes a text as the visitor's own data.
    pub fn use_text(self, text: Arc<str>) {
        if !self.learns_text() || !self.choose_data(OWN_TEXT) {
            return self.notices.warn("This lab does not learn text. The one of language models does.");
        }
        self.text.set(text);
        self.restart_soon();
    }

    /// Goes on from a model, given as the bytes of a checkpoint; from none at all it begins anew.
    pub fn use_base(self, base: Arc<[u8]>) {
        self.base.set(base);
        self.restart_now();
    }

    /// Goes on from a model in files, given by their names.
    pub fn import(self, files: Vec<(String, Vec<u8>)>) {
        self.tell_worker(&ToWorker::Import(files));
    }

    /// Goes on from the present model, as if with the file of its checkpoint, without what that went on from itself.
    pub fn start_from_present(self) {
        self.saving.set_value(Some(Saving::Base));
        self.send(Command::Save);
    }

    pub fn remove_pictures(self) {
        self.tell_worker(&ToWorker::RemovePictures);
    }

    pub fn ask_words(self, question: [String; 3]) {
        self.tell_worker(&ToWorker::Words(question));
    }

    /// Chooses the data to learn, without a run yet. Tells whether the lab has such.
    fn choose_data(self, slug: &str) -> bool {
        self.settings.try_update(|settings| settings.set("data", slug).is_ok()).unwrap_or_default()
    }

    fn tell_about(self, report: &CsvReport) {
        let read = format!("{} points were read.", thousands(report.points.xy.len() as u64));
        let notes = report.notes();
        if notes.is_empty() {
            self.notices.tell(read);
        } else {
            self.notices.warn(format!("{read} {}", notes.join(" ")));
        }
    }

    pub fn set_seed(self, seed: u64) {
        self.seed.set(seed);
        self.restart_now();
    }

    pub fn play(self, play: bool) {
        if play && self.lacks.with_untracked(Option::is_some) {
            return;
        }
        self.playing.set(play);
        self.send(if play { Command::Play } else { Command::Pause });
    }

    pub fn step(self, command: Command) {
        if self.playing.get_untracked() {
            self.play(false);
        }
        self.send(command);
    }

    pub fn set_pace(self, pace: Pace) {
        self.pace.set(pace);
        self.send(Command::Pace(pace));
    }

    pub fn change_view(self, change: impl FnOnce(&mut Show)) {
        self.show.update(change);
        self.send(Command::Show(self.show.get_untracked()));
    }

    /// Whether the visitor is in a lab.
    pub fn is_in(self, which: &'static lab::Lab) -> bool {
        std::ptr::eq(self.which.get(), which)
    }

    /// Whether the visitor is where texts are learnt.
    pub fn learns_text(self) -> bool {
        std::ptr::eq(self.which.get_untracked(), &language::LAB)
    }

    /// Dimensions of the latent space that is set; none in a lab without, such as one that was entered a moment ago.
    pub fn latent(self) -> u32 {
        self.settings.with(|settings| match settings.get("latent") {
            Some(Value::Whole(latent)) => *latent as u32,
            _ => 0,
        })
    }

    /// The view that is shown.
    pub fn view(self) -> &'static lab::View {
        let which = self.which.get();
        let number = self.show.get().view as usize;
        // Every lab has one.
        which.views.get(number).unwrap_or(&which.views[0])
    }

    pub fn choose_engine(self, engine: EngineKind) {
        self.engine.set(engine);
        self.send(Command::Engine(engine));
    }

    /// Compares the run's engine with another, over the next steps.
    pub fn compare(self, with: EngineKind) {
        self.compared.set(None);
        self.comparing.set(Some((0, COMPARED_STEPS)));
        self.send(Command::Compare { with, steps: COMPARED_STEPS });
    }

    /// Times the engines of this device by the fixed workloads. The run waits meanwhile.
    pub fn bench(self) {
        let engines = engines(self.gpu.get_untracked().as_ref()).filter(|engine| *engine != EngineKind::Dfdx);
        let runs: Vec<_> = engines.flat_map(|engine| NAMES.map(|workload| (engine, workload))).collect();
        self.bench_rows.set(Vec::new());
        self.bench_size.set(Some(runs.len()));
        self.worker.with_value(|worker| {
            for (engine, workload) in runs {
                if let Some(worker) = worker {
                    worker.send(&ToWorker::Bench { engine, workload: workload.to_string() });
                }
            }
        });
    }

    pub fn save(self) {
        self.saving.set_value(Some(Saving::File));
        self.send(Command::Save);
    }

    pub fn save_picture(self) {
        self.send(Command::Picture);
    }

    pub fn save_charts(self) {
        let charts = self.opened.with_untracked(|opened| opened.as_ref().map(|o| o.charts.clone())).unwrap_or_default();
        let csv = self.history.with_untracked(|history| history::csv(history.rows(), &charts));
        files::download(&self.file_name("csv"), "text/csv", csv.as_bytes());
    }

    pub fn restore(self, checkpoint: Vec<u8>) {
        self.adopting.set_value(true);
        self.send(Command::Restore(checkpoint));
    }

    /// Goes on with the run that the visitor left.
    pub fn go_on(self) {
        if let Some(saved) = self.left_off.get_untracked() {
            self.left_off.set(None);
            self.restore(saved.checkpoint);
        }
    }

    /// Whether a run that breaks now could be taken up.
    pub fn has_autosave(self) -> bool {
        self.autosave.with_value(Option::is_some)
    }

    /// Starts a worker in place of one that broke, with the last autosave of the run.
    pub fn recover(self) {
        self.crashed.set(None);
        self.start_worker();
        self.open_run();
        // The engine that broke may have been the reason.
        self.engine.set(EngineKind::Cpu);
        if let Some(checkpoint) = self.autosave.get_value() {
            self.restore(checkpoint);
        }
    }

    pub fn send(self, command: Command) {
        self.tell_worker(&ToWorker::Command(command));
    }

    fn tell_worker(self, message: &ToWorker) {
        self.worker.with_value(|worker| {
            if let Some(worker) = worker {
                worker.send(message);
            }
        });
    }

    pub fn give_canvas(self, canvas: &OffscreenCanvas) {
        self.worker.with_value(|worker| {
            if let Some(worker) = worker {
                worker.give_canvas(canvas);
            }
        });
    }

    // How a run begins.

    fn start_worker(self) {
        self.trouble.set(None);
        self.answering.set(None);
        match Engine::start(move |heard| self.hear(heard)) {
            Ok(worker) => self.worker.set_value(Some(worker)),
            Err(why) => self.crashed.set(Some(why)),
        }
        self.canvas_number.update(|number| *number += 1);
    }

    fn restart_soon(self) {
        self.cancel_restart();
        let handle = set_timeout_with_handle(move || self.restart_now(), REST);
        self.restart.set_value(handle.ok());
    }

    fn cancel_restart(self) {
        if let Some(handle) = self.restart.try_update_value(Option::take).flatten() {
            handle.clear();
        }
    }

    /// Starts the run anew; if it played, it plays on.
    pub fn restart_now(self) {
        self.cancel_restart();
        if self.lacks.with_untracked(Option::is_some) {
            self.play(false);
            return;
        }
        let playing = self.playing.get_untracked();
        self.open_run();
        if playing {
            self.send(Command::Play);
        }
    }

    fn open_run(self) {
        if self.lacks.with_untracked(Option::is_some) {
            return;
        }
        let is_language = self.learns_text();
        let base = if is_language { self.base.get_untracked() } else { Arc::default() };
        let settings = self.settings.get_untracked();
        // A model to go on from decides over sizes and more.
        self.adopting.set_value(!base.is_empty() || is_language && !settings.is("start", "nothing"));
        let changes = settings.changes().into_iter().map(|(key, value)| (key.to_string(), value)).collect();
        let points = if self.is_custom.get_untracked() { self.points.get_untracked().to_vec() } else { Vec::new() };
        let text = if is_language && self.is_own.get_untracked() { self.text.get_untracked() } else { "".into() };
        let lab = self.which.get_untracked().slug.to_string();
        self.send(Command::Open(SetUp { lab, changes, seed: self.seed.get_untracked(), points, text, base }));
        self.send(Command::Show(self.show.get_untracked()));
        self.send(Command::Pace(self.pace.get_untracked()));
    }

    /// Puts the link that reproduces the run into the address bar.
    fn show_link(self) {
        let fragment = if self.is_custom.get_untracked() { link::fragment(&self.points.get_untracked()) } else { String::new() };
        let query =
            self.settings.with_untracked(|settings| link::query(self.which.get_untracked(), settings, self.seed.get_untracked()));
        if let Ok(history) = window().history() {
            // Browsers limit how often this may happen; the next change then puts it right.
            let _ = history.replace_state_with_url(&wasm_bindgen::JsValue::NULL, "", Some(&format!("{query}{fragment}")));
        }
    }

    fn file_name(self, extension: &str) -> String {
        let data = self.settings.with_untracked(|settings| value(settings, "data"));
        let step = self.progress.with_untracked(Progress::steps);
        format!("terrarium-{}-{data}-step-{step}.{extension}", self.which.get_untracked().slug)
    }

    // What the worker tells.

    fn hear(self, heard: Heard) {
        match heard {
            Heard::Message(message) => match *message {
                ToPage::Event(event) => self.hear_event(event),
                ToPage::CanvasWanted => self.canvas_number.update(|number| *number += 1),
                ToPage::Measured(measured) => self.hear_measured(measured),
                ToPage::Pictures(pictures) => self.hear_pictures(pictures),
                ToPage::Words(about) => self.words.set(Some(about)),
                ToPage::Imported(Ok(base)) => self.use_base(base.into()),
                ToPage::Imported(Err(why)) => {
                    self.notices.warn(why);
                }
            },
            Heard::Crashed(why) => self.crash(why),
        }
    }

    fn hear_pictures(self, pictures: OwnPictures) {
        let before = self.pictures.with_untracked(|pictures| pictures.count);
        let changed = pictures.count != before;
        self.pictures.set(pictures);
        if changed && self.is_own.get_untracked() {
            self.restart_soon();
        }
    }

    fn hear_measured(self, measured: Result<Measured, String>) {
        let Some(size) = self.bench_size.get_untracked() else { return };
        match measured {
            Ok(measured) => self.bench_rows.update(|rows| rows.push(measured.row)),
            Err(why) => {
                self.notices.warn(format!("A measurement failed: {why}"));
                self.bench_size.set(Some(size - 1));
            }
        }
        if Some(self.bench_rows.with_untracked(Vec::len)) == self.bench_size.get_untracked() {
            self.bench_size.set(None);
        }
    }

    fn crash(self, why: String) {
        self.worker.set_value(None);
        self.questions.set_value(Questions::default());
        self.playing.set(false);
        self.comparing.set(None);
        self.loading.set(None);
        self.bench_size.set(None);
        self.crashed.set(Some(why));
    }

    fn hear_event(self, event: Event) {
        match event {
            Event::Ready => {}
            Event::Gpu(offer) => self.gpu.set(Some(offer)),
            Event::Loading { done, of } => {
                let what = || format!("Preparing the graphics processor: {done} of {of} kernels");
                self.loading.set((done < of).then(|| Loading { what: what(), share: Some(done as f32 / of as f32) }));
            }
            Event::Fetching { file, bytes, of } => self.loading.set(Some(Loading::of_file(&file, bytes, of))),
            Event::Answer { number, answer } => {
                if let Some(asker) = self.questions.try_update_value(|questions| questions.answered(number)).flatten() {
                    // Whoever asked may not wait any more.
                    let _ = asker.send(answer);
                }
            }
            Event::Answering { share, .. } => self.answering.set(Some(share)),
            Event::Notice(what) => {
                self.notices.warn(what);
            }
            Event::Opened(opened) => self.hear_opened(opened),
            Event::Progress { turns, playing, phase, steps_per_second, ms_per_step } => {
                self.playing.maybe_update(|known| std::mem::replace(known, playing) != playing);
                self.progress.set(Progress { turns, phase, steps_per_second, ms_per_step });
            }
            Event::Measures(row) => {
                self.history.update(|history| {
                    // After numbers went wrong, a run goes back.
                    history.cut(row.step);
                    history.push(row.clone());
                });
                self.latest.set(Some(row));
            }
            Event::Trouble(trouble) => self.trouble.set(trouble),
            Event::Comparing { done, of } => self.comparing.set(Some((done, of))),
            Event::Compared(comparison) => {
                self.comparing.set(None);
                self.compared.set(Some(comparison));
            }
            Event::Checkpoint(bytes) => match self.saving.try_update_value(std::mem::take).flatten() {
                Some(Saving::File) => files::download(&self.file_name("safetensors"), "application/octet-stream", &bytes),
                // Of the run, a base is all but what it learns: neither its optimiser nor what it went on from itself.
                Some(Saving::Base) => self.import(vec![(self.file_name("safetensors"), bytes)]),
                None => {}
            },
            Event::Autosave(checkpoint) => {
                self.autosave.set_value(Some(checkpoint.clone()));
                let step = self.progress.with_untracked(Progress::steps);
                // What is kept on leaving a lab arrives in the next.
                let Some(lab) = self.opened.with_untracked(|o| o.as_ref().map(|o| o.set_up.lab.clone())) else { return };
                spawn_local(async move {
                    // A browser that keeps nothing, as in private windows, is no reason to disturb anyone.
                    let _ = autosave::store(&lab, &Saved { step, checkpoint }).await;
                });
            }
            Event::Picture(png) => files::download(&self.file_name("png"), "image/png", &png),
            Event::Refused(why) => {
                self.comparing.set(None);
                self.loading.set(None);
                // An engine that cannot take the run leaves it where it is, and so does a model that cannot be gone on from.
                let stays = |opened: &Opened| (opened.engine, opened.set_up.base.clone());
                if let Some((engine, base)) = self.opened.with_untracked(|opened| opened.as_ref().map(stays)) {
                    self.engine.set(engine);
                    self.base.set(base);
                }
                self.forget_refusal();
                self.refused.set_value(Some(self.notices.warn_for_now(why)));
            }
            Event::Broken(why) => self.crash(why),
        }
    }

    /// What was refused is of no interest once something else was asked for.
    fn forget_refusal(self) {
        if let Some(number) = self.refused.try_update_value(Option::take).flatten() {
            self.notices.dismiss(number);
        }
    }

    /// Takes over the set-up of a checkpoint.
    fn adopt(self, set_up: &SetUp) {
        let Ok(which) = lab::Lab::find(&set_up.lab) else { return };
        let mut settings = Settings::new(which.table);
        for (key, value) in &set_up.changes {
            if let Err(misfit) = settings.set(key, value) {
                self.notices.warn(misfit.to_string());
            }
        }
        self.settings.set(settings);
        if !std::ptr::eq(which, self.which.get_untracked()) {
            self.show.set(first_view(which));
            self.which.set(which);
            self.send(Command::Show(self.show.get_untracked()));
        }
        self.seed.set(set_up.seed);
        if !set_up.points.is_empty() {
            self.points.set(Arc::new(set_up.points.clone()));
        }
        if !set_up.text.is_empty() {
            self.text.set(set_up.text.clone());
        }
        self.base.set(set_up.base.clone());
    }

    fn hear_opened(self, mut opened: Opened) {
        self.forget_refusal();
        // What the page itself asked for it knows already, and may be ahead of.
        if self.adopting.get_value() {
            self.adopt(&opened.set_up);
        }
        self.engine.set(opened.engine);
        self.loading.set(None);
        self.progress.set(Progress { turns: opened.turns.clone(), ..Progress::default() });
        let history: History = std::mem::take(&mut opened.history).into_iter().collect();
        self.latest.set(history.rows().last().cloned());
        self.history.set(history);
        self.compared.set(None);
        self.comparing.set(None);
        self.autosave.set_value(None);
        self.opened.set(Some(opened));
        self.show_link();
    }
}

/// The value of a setting as links write it.
pub fn value(settings: &Settings, key: &str) -> String {
    settings.iter().find(|(setting, _)| setting.key == key).map(|(setting, value)| setting.format(value)).unwrap_or_default()
}
