//! What the page and its engine worker say to each other: commands go in, events come out, both as `postcard` bytes.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::pictures::Known;

/// Which engine runs the programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum EngineKind {
    /// WGSL on the graphics processor.
    WebGpu,
    /// SIMD on the processor.
    Cpu,
    /// The reference, on dfdx tensors.
    Dfdx,
}

/// What makes a run: from these alone it can be repeated number by number.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SetUp {
    /// The lab's name.
    pub lab: String,
    /// What differs from the lab's default settings: key and value as text.
    pub changes: Vec<(String, String)>,
    pub seed: u64,
    /// The visitor's own points, where the set-up uses them, within about [−1, 1]².
    pub points: Vec<[f32; 2]>,
    /// The visitor's own text, where the set-up uses it.
    pub text: Arc<str>,
    /// A model to go on from, as the bytes of a checkpoint of the language lab; none at all to begin anew.
    pub base: Arc<[u8]>,
}

/// How fast a run goes.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Pace {
    /// As fast as the engine can.
    Full,
    /// Slow motion: so many phases of a step a second.
    PhasesPerSecond(f32),
}

/// What the main view shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Show {
    /// Which of the lab's views, by its number.
    pub view: u32,
    /// Which of that view's layers, a bit each, the first one lowest.
    pub layers: u32,
    /// Latent dimensions, from 0, along which a map is drawn: to the right and up. `None` for the lab's own choice.
    pub axes: Option<[u32; 2]>,
}

impl Show {
    /// Whether a layer is switched on.
    pub fn has(self, layer: usize) -> bool {
        self.layers >> layer & 1 == 1
    }
}

/// The parts of a step, as slow motion shows them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Phase {
    // Of a GAN.
    DrawReal,
    Generate,
    Judge,
    UpdateDiscriminator,
    GenerateAgain,
    JudgeAgain,
    UpdateGenerator,
    // Of an autoencoder.
    DrawBatch,
    Encode,
    Sample,
    Decode,
    Compare,
    UpdateBoth,
    // Of a language model.
    DrawText,
    Embed,
    Attend,
    Predict,
    CompareText,
    UpdateWeights,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Command {
    /// Begins a run. What ran before is gone.
    Open(SetUp),
    /// Changes a live setting of the run, given as text.
    Change {
        key: String,
        value: String,
    },
    Play,
    Pause,
    /// One turn of a player, by its number, alone.
    Step(u32),
    Pace(Pace),
    /// Moves the run to another engine, with its parameters, moments, step and seed.
    Engine(EngineKind),
    /// Runs the next steps on two engines from the run's present state, which stays as it is.
    Compare {
        with: EngineKind,
        steps: u32,
    },
    Show(Show),
    /// The view's size in device pixels and how many of them a CSS pixel has; whether its colours are dark.
    View {
        width: u32,
        height: u32,
        scale: f32,
        dark: bool,
    },
    /// Asks for the run as a checkpoint.
    Save,
    /// Goes on with a checkpoint. If it cannot be read, the present run goes on.
    Restore(Vec<u8>),
    /// Asks for the view as a PNG.
    Picture,
    /// Asks the run's model something. The answer has the same number.
    Ask {
        number: u32,
        question: Question,
    },
}

/// What can be asked of a run's model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Question {
    /// Of the VAE lab.
    Vae(crate::vae::Question),
    /// Of the image GAN lab.
    ImageGan(crate::image_gan::Question),
    /// Of the language lab.
    Language(crate::language::Question),
}

impl From<crate::language::Question> for Question {
    fn from(question: crate::language::Question) -> Question {
        Question::Language(question)
    }
}

impl From<crate::vae::Question> for Question {
    fn from(question: crate::vae::Question) -> Question {
        Question::Vae(question)
    }
}

impl From<crate::image_gan::Question> for Question {
    fn from(question: crate::image_gan::Question) -> Question {
        Question::ImageGan(question)
    }
}

/// What a model has to say to a question.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    pub galleries: Vec<Gallery>,
    /// What it shows, in words; empty where pictures say it all.
    pub sentence: String,
    pub figures: Vec<Figure>,
    /// What is known about the pictures, where that was asked.
    pub known: Known,
    /// What a language model answers.
    pub language: Option<crate::language::Answer>,
}

/// Pictures of one size, row after row.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Gallery {
    pub height: u32,
    pub width: u32,
    /// 1 for gray, 3 for red, green and blue.
    pub channels: u32,
    /// Pictures in a row.
    pub columns: u32,
    /// From 0, black: picture by picture, from the top down, the channels of a pixel side by side.
    pub pixels: Vec<u8>,
    /// A few words to each picture, or none at all.
    pub captions: Vec<String>,
}

/// A number with its name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Figure {
    pub name: String,
    pub value: f32,
    /// A sentence: what it says.
    pub help: String,
}

/// One row of the charts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// Steps made.
    pub step: u32,
    /// In the order that [`Opened::charts`] tell; none where there is nothing to measure.
    pub values: Vec<Option<f32>>,
}

/// What a chart shows, and how.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Chart {
    pub title: String,
    /// A sentence: what it shows.
    pub help: String,
    pub axis: Axis,
    pub lines: Vec<ChartLine>,
    /// What stands in the chart while it has no values.
    pub empty: String,
}

impl Chart {
    /// A chart that fills as a run plays.
    pub fn new(title: &str, help: &str, axis: Axis, lines: Vec<ChartLine>) -> Chart {
        let empty = "Press Play to fill this chart.".to_string();
        Chart { title: title.to_string(), help: help.to_string(), axis, lines, empty }
    }

    /// The norm of the gradient of each of these layers' weights, one after the other from a column on.
    pub fn of_gradient_norms(column: usize, layers: impl IntoIterator<Item: AsRef<str>>) -> Chart {
        let line = |place: usize, name: &str| {
            let slug = name.to_ascii_lowercase();
            // The style sheet has a colour for each layer: "G 1" is in the first of the generator's shades.
            let (key, role) = (slug.replace(' ', "_"), slug.replace(' ', "-"));
            ChartLine::new(column + place, name, &format!("gradient_norm_{key}"), &format!("of-layer of-{role}"))
        };
        let lines = layers.into_iter().enumerate().map(|(place, name)| line(place, name.as_ref())).collect();
        let help = "How strongly each layer is told to change. Falling to nothing is vanishing, shooting up is exploding.";
        Chart::new("Gradient norms, layer by layer", help, Axis::Log, lines)
    }
}

/// How y runs up a chart.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Axis {
    /// From and to fixed values.
    Fixed(f32, f32),
    /// From none to all, in percent.
    Share,
    /// Around the values, but for a few far out.
    Around,
    /// Orders of magnitude.
    Log,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChartLine {
    pub name: String,
    /// Its name in files.
    pub key: String,
    /// What its colour stands for, as the page's style sheet knows it.
    pub role: String,
    /// Its place among a row's values.
    pub column: u32,
    /// Where values are shares of so many things, they read "7 of 8".
    pub of: Option<u32>,
}

impl ChartLine {
    /// A line of plain values.
    pub fn new(column: usize, name: &str, key: &str, role: &str) -> ChartLine {
        let [name, key, role] = [name, key, role].map(str::to_string);
        ChartLine { name, key, role, column: column as u32, of: None }
    }
}

/// Something going wrong in a run, in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trouble {
    pub kind: TroubleKind,
    /// What is seen.
    pub sentence: String,
    /// What to try.
    pub remedy: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TroubleKind {
    ModeCollapse,
    VanishingGradient,
    Oscillation,
    PosteriorCollapse,
    /// A language model loses again what it had learnt.
    Unstable,
    /// A language model gets better on what it reads and worse on what it does not.
    ByHeart,
    NotANumber,
}

/// Whether a graphics processor computes here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum GpuOffer {
    Ready {
        /// The adapter's name.
        adapter: String,
        /// It is the processor in disguise, and slower than that.
        software: bool,
    },
    /// Why not: the end of a sentence.
    Missing(String),
}

/// What a step costs on the run's engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepCost {
    /// Multiplications and additions of matrix products, each counted.
    pub flops: u64,
    /// Commands to the graphics processor, and its memory that the run takes, where it is one.
    pub dispatches: Option<u32>,
    pub gpu_bytes: Option<u64>,
}

/// A run as it stands when it begins or is taken up.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Opened {
    pub set_up: SetUp,
    pub engine: EngineKind,
    pub cost: StepCost,
    /// Turns each player has had; the last one's are the run's steps.
    pub turns: Vec<u32>,
    pub networks: Vec<Network>,
    pub charts: Vec<Chart>,
    /// What the colours of dots stand for, in the order of their kinds; empty where there are none.
    pub kinds: Vec<String>,
    /// Charts as they stand: a checkpoint brings its own.
    pub history: Vec<Row>,
}

/// A part of a model that learns as a whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Network {
    /// In small letters.
    pub name: String,
    /// Number of its parameters.
    pub parameters: u32,
}

/// How far two engines drifted apart over the same steps.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    pub engines: [EngineKind; 2],
    pub steps: u32,
    /// After each step, ‖a − b‖ / ‖b‖ of all parameters of the network that has drifted further apart.
    pub drift: Vec<f32>,
    /// Time each took, in milliseconds a step.
    pub ms_per_step: [f32; 2],
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Event {
    /// The worker listens.
    Ready,
    /// What there is of WebGPU; told at the beginning, and when that changes.
    Gpu(GpuOffer),
    /// How many of how many kernels of a run are ready, while it is being opened.
    Loading {
        done: u32,
        of: u32,
    },
    /// A file that a run needs is on its way.
    Fetching {
        file: String,
        /// Bytes that have arrived, and how many there are, where that is known.
        bytes: u32,
        of: Option<u32>,
    },
    Opened(Opened),
    /// Where the run is, several times a second.
    Progress {
        /// As in [`Opened::turns`].
        turns: Vec<u32>,
        playing: bool,
        /// The part of a step that slow motion is at.
        phase: Option<Phase>,
        /// Steps a second over the last second, and the engine's time for one.
        steps_per_second: f32,
        ms_per_step: f32,
    },
    Measures(Row),
    /// What the run suffers from now; `None` when it is over.
    Trouble(Option<Trouble>),
    Comparing {
        done: u32,
        of: u32,
    },
    Compared(Comparison),
    /// A checkpoint that was asked for.
    Checkpoint(Vec<u8>),
    /// A checkpoint to be kept in the browser.
    Autosave(Vec<u8>),
    Picture(Vec<u8>),
    /// What [`Command::Ask`] asked.
    Answer {
        number: u32,
        answer: std::result::Result<Answer, String>,
    },
    /// How far an answer is that takes a while, from 0 to 1.
    Answering {
        number: u32,
        share: f32,
    },
    /// Something happened to the run that the visitor should know of: what, in words. The run goes on.
    Notice(String),
    /// A command could not be carried out: why, in words. The run goes on.
    Refused(String),
    /// The worker cannot go on: why, in words.
    Broken(String),
}
