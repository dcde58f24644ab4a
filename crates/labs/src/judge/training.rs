use std::sync::Arc;

use terrarium_data::images::{Images, Size};
use terrarium_graph::philox::{Domain, Stream, below};
use terrarium_graph::{Builder, Graph, InputId, ProgramId, Rule};
use terrarium_metrics::most_likely;
use terrarium_models::classifier::{self, Classifier};
use terrarium_models::conv::Pyramid;
use terrarium_models::norm::{Pass, Updates};

use super::evaluation::Evaluation;
use super::file::{self, Header, Question};
use super::look::{Judge, Seen};
use super::subject::{Asked, Subject, asked};
use crate::engines::Engines;
use crate::error::{Error, Result};
use crate::protocol::EngineKind;

/// Pictures in a batch.
const BATCH: usize = 64;
/// The learning rate at the first step, from which it falls evenly to 0.
const LEARNING_RATE: f32 = 2e-3;
/// By how many pixels a picture is moved at most, each way.
const SHIFT: i32 = 2;
/// Numbers that a picture is summed up in.
const FEATURES: usize = 64;
/// Steps between two reports.
const EVERY: u32 = 100;

/// How a judge is taught.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lesson {
    pub subject: Subject,
    /// What all random numbers are drawn from, and which pictures are held out.
    pub seed: u64,
    pub steps: u32,
}

/// A judge, and how it did.
#[derive(Clone, Debug, PartialEq)]
pub struct Trained {
    /// The contents of its file.
    pub bytes: Vec<u8>,
    /// How many numbers it has learnt.
    pub parameters: usize,
    /// How it answers each question about held-out pictures.
    pub scores: Vec<(Question, Score)>,
    /// Held-out pictures beside as many of those it has learnt from: the best that generated ones can be expected to reach.
    pub ceiling: Evaluation,
}

/// How often a question is answered well.
#[derive(Clone, Debug, PartialEq)]
pub struct Score {
    /// The share of pictures of which the right answer is given.
    pub accuracy: f32,
    /// Of each answer, the share of the pictures it is right for of which it is given; NaN where there are none.
    pub found: Vec<f32>,
}

impl Subject {
    /// Filters after the first halving: fewer where a picture is halved more often.
    fn width(self) -> usize {
        match self {
            Subject::Digits | Subject::Fashion => 16,
            Subject::Faces => 8,
        }
    }

    /// How often a picture is blurred at most while the judge learns. A mouth is a few pixels, and autoencoders paint softly: who knows
    /// sharp faces only takes a soft smile for none.
    fn most_blur(self) -> u32 {
        match self {
            Subject::Digits | Subject::Fashion => 0,
            Subject::Faces => 4,
        }
    }
}

/// Teaches a judge from nine tenths of its subject's pictures and tries it on the rest. `tell` hears now and then after how many
/// steps what the loss is, in nats a picture.
///
/// # Errors
/// Where the engine fails, or too much is asked of it.
pub async fn train(
    lesson: Lesson,
    images: &Images,
    engines: &Engines,
    kind: EngineKind,
    tell: &mut dyn FnMut(u32, f32),
) -> Result<Trained> {
    let Size { height, channels, .. } = images.size();
    let unanswered = |asked: &Asked| Question { name: asked.name.clone(), answers: asked.answers.clone(), accuracy: 0.0 };
    let mut header = Header {
        subject: lesson.subject.slug().to_string(),
        size: height,
        channels,
        width: lesson.subject.width(),
        features: FEATURES,
        questions: asked(images).iter().map(unanswered).collect(),
        seed: lesson.seed,
        steps: lesson.steps,
    };
    let split = header.split(images);
    let (shown, held_out) = (images.subset(&split.train), images.subset(&split.held_out));
    let (asked_of_shown, asked_of_held_out) = (asked(&shown), asked(&held_out));

    let class = Class::new(header.settings(), lesson.steps)?;
    let mut engine = engines.load(kind, class.graph.clone()).await?;
    engine.initialise(lesson.seed)?;
    for step in 1..=lesson.steps {
        let batch = Batch::draw(&shown, &asked_of_shown, lesson, step);
        engine.write_input(class.pictures, &batch.pictures)?;
        for (input, right) in class.right.iter().zip(&batch.right) {
            engine.write_indices(*input, right)?;
        }
        engine.run(class.step, step)?;
        let told = step.is_multiple_of(EVERY) || step == lesson.steps;
        if told && let [loss] = engine.outputs(class.step).await?.concat()[..] {
            tell(step, loss);
        }
    }
    let vars: Vec<_> = class.graph.var_ids().collect();
    let variables = engine.variables(&vars).await?;

    // What is shipped, in half precision, is what is tried.
    let bytes = file::write(&header, &class.graph, &variables)?;
    let mut judge = Judge::open(&bytes, engines, kind).await?;
    let seen = judge.look(&held_out.rows(), &mut |_, _| {}).await?;
    let learnt = shown.subset(&(0..held_out.len().min(shown.len())).collect::<Vec<_>>());
    let ceiling = Evaluation::of(&seen, &judge.look(&learnt.rows(), &mut |_, _| {}).await?)?;
    let scores = asked_of_held_out.iter().enumerate().map(|(i, asked)| score(&seen, i, asked)).collect::<Result<Vec<_>>>()?;
    header.questions.iter_mut().zip(&scores).for_each(|(question, score)| question.accuracy = score.accuracy);
    Ok(Trained {
        bytes: file::write(&header, &class.graph, &variables)?,
        parameters: class.parameters,
        scores: header.questions.into_iter().zip(scores).collect(),
        ceiling,
    })
}

/// How well a question was answered about pictures.
///
/// # Errors
/// Where the pictures are not those that were seen.
pub fn score(seen: &Seen, question: usize, asked: &Asked) -> Result<Score> {
    let rows = seen.probabilities(question).filter(|rows| rows.count() == asked.right.len());
    let rows = rows.ok_or_else(|| Error("There are no answers to these questions.".to_string()))?;
    let mut right = vec![0.0; asked.answers.len()];
    let mut there = vec![0.0; asked.answers.len()];
    for (row, expected) in rows.iter().zip(asked.right.iter().map(|right| usize::from(*right))) {
        there[expected] += 1.0;
        right[expected] += f32::from(u8::from(most_likely(row) == expected));
    }
    let accuracy = right.iter().sum::<f32>() / rows.count() as f32;
    Ok(Score { accuracy, found: right.iter().zip(&there).map(|(right, there)| right / there).collect() })
}

/// The graph of a judge that learns.
struct Class {
    graph: Arc<Graph>,
    parameters: usize,
    pictures: InputId,
    /// The right answers to each question.
    right: Vec<InputId>,
    /// Output: the loss.
    step: ProgramId,
}

impl Class {
    fn new(settings: classifier::Settings, steps: u32) -> Result<Class> {
        let b = Builder::new();
        let Pyramid { size, channels, .. } = settings.pictures;
        let named: Vec<String> = (0..settings.answers.len()).map(|question| format!("right answers {question}")).collect();
        let classifier = Classifier::new(&b, settings);
        let learning = classifier.parameters();
        let parameters = learning.iter().map(|parameter| parameter.shape().elements()).sum();
        let right: Vec<_> = named.iter().map(|name| b.index_input(name, [BATCH])).collect();
        let updates = Updates::default();
        let pictures = b.input("pictures", [BATCH, size, size, channels]);
        let loss = classifier.loss(pictures, &right, Pass::Training(&updates));
        let left = 1.0 - (b.step_number() - 1.0) / steps as f32;
        let adam = b.optimiser(Rule::adam(), left * LEARNING_RATE, None);
        let step = b.step("step", loss, &learning, adam, |_| vec![("loss".to_string(), loss)]);
        updates.follow(&b, step);
        drop((classifier, learning, right, updates));
        let graph = b.finish()?;
        let inputs = named.iter().map(|name| graph.find_input(name)).collect::<terrarium_graph::Result<_>>()?;
        Ok(Class { parameters, pictures: graph.find_input("pictures")?, right: inputs, step, graph: Arc::new(graph) })
    }
}

/// What is shown in a step.
struct Batch {
    /// `[BATCH, height, width, channels]`
    pictures: Vec<f32>,
    /// To each question, `[BATCH]`.
    right: Vec<Vec<u32>>,
}

impl Batch {
    /// Pictures drawn with replacement, each moved a little, so that it is not known by its pixels, and some blurred.
    fn draw(images: &Images, asked: &[Asked], lesson: Lesson, step: u32) -> Batch {
        let size = images.size();
        let draws = Stream::new(lesson.seed, Domain::Host, 0, step);
        let mut batch = Batch { pictures: Vec::with_capacity(BATCH * size.bytes()), right: vec![Vec::new(); asked.len()] };
        for example in 0..BATCH as u32 {
            let [which, down, right, blur] = draws.bits(example);
            let which = below(which, images.len() as u32) as usize;
            let by = [down, right].map(|bits| below(bits, 2 * SHIFT as u32 + 1) as i32 - SHIFT);
            let most = lesson.subject.most_blur();
            let times = below(blur, 2 * most + 1).saturating_sub(most);
            let picture = moved(images.picture(which), size, by).map(|byte| f32::from(byte) / 255.0).collect();
            batch.pictures.extend((0..times).fold(picture, |picture: Vec<f32>, _| blurred(&picture, size)));
            for (known, asked) in batch.right.iter_mut().zip(asked) {
                known.push(u32::from(asked.right[which]));
            }
        }
        batch
    }
}

/// A picture moved by so many pixels down and to the right. The border is repeated into what comes free.
fn moved<T: Copy>(picture: &[T], size: Size, [down, right]: [i32; 2]) -> impl Iterator<Item = T> {
    let from = |to: usize, by: i32, len: usize| (to as i32 - by).clamp(0, len as i32 - 1) as usize;
    let places = (0..size.height).flat_map(move |row| (0..size.width).map(move |column| (row, column)));
    places.flat_map(move |(row, column)| {
        let place = from(row, down, size.height) * size.width + from(column, right, size.width);
        picture[place * size.channels..][..size.channels].iter().copied()
    })
}

/// The mean of a picture and the same moved by a pixel down, to the right, and both: again and again, that comes near to the blur
/// by a normal distribution.
fn blurred(picture: &[f32], size: Size) -> Vec<f32> {
    let mut sum = picture.to_vec();
    for by in [[1, 0], [0, 1], [1, 1]] {
        sum.iter_mut().zip(moved(picture, size, by)).for_each(|(sum, v)| *sum += v);
    }
    sum.iter_mut().for_each(|v| *v /= 4.0);
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moved_picture_repeats_its_border() {
        let size = Size { height: 2, width: 3, channels: 1 };
        let moved = |by| moved(&[0, 1, 2, 3, 4, 5], size, by).collect::<Vec<_>>();
        assert_eq!(moved([0, 0]), [0, 1, 2, 3, 4, 5]);
        assert_eq!(moved([1, 0]), [0, 1, 2, 0, 1, 2]);
        assert_eq!(moved([0, -2]), [2, 2, 2, 5, 5, 5]);
    }

    #[test]
    fn a_blurred_picture_spreads_and_keeps_its_light() {
        let size = Size { height: 3, width: 3, channels: 1 };
        let dot = [4.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0];
        // The border is repeated, so that the corner counts four times for itself.
        assert_eq!(blurred(&dot, size), [4.0, 2.0, 0.0, 2.0, 1.0, 0.0, 0.0, 0.0, 0.0]);
        let middle = [0.0, 0.0, 0.0, 0.0, 4.0, 0.0, 0.0, 0.0, 0.0];
        assert_eq!(blurred(&middle, size), [0.0, 0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 1.0, 1.0]);
    }

    #[test]
    fn a_batch_keeps_pictures_and_answers_together() {
        // Picture i is all i, and of class i.
        let size = Size { height: 1, width: 2, channels: 3 };
        let images = Images::new(size, (0..7).flat_map(|i| [i; 6]).collect()).unwrap();
        let asked = Asked { name: "which".to_string(), answers: vec![String::new(); 7], right: (0..7).collect() };
        let lesson = Lesson { subject: Subject::Faces, seed: 1, steps: 1 };
        let batch = Batch::draw(&images, &[asked], lesson, 1);
        let of_pictures: Vec<u32> = batch.pictures.chunks(6).map(|picture| (picture[5] * 255.0).round() as u32).collect();
        assert_eq!((of_pictures.len(), &of_pictures), (BATCH, &batch.right[0]));
        assert!((0..7).all(|i| of_pictures.contains(&i)));
    }
}
