//! The answers to [`Question`]s.

use terrarium_graph::philox::{Domain, Stream};
use terrarium_metrics::{Rows, mutual_information_gap};

use super::latent::{direction, moved, spherical, straight};
use super::map::Atlas;
use super::model::{ASKED, Model};
use super::question::{About, Direction, MOST_DIMENSIONS, MOST_PICTURES, MOST_STRENGTH, Picked, Question, Way};
use crate::error::{Error, Result};
use crate::experiment::Stage;
use crate::pictures::{Pictures, Thing, bytes};
use crate::protocol::{Answer, Figure, Gallery};

/// Noise that samples on demand are made of, by a stream of its own.
const NOISE: u32 = 2;
/// The most pictures to learn from whose codes are compared.
const MOST_COMPARED: usize = 2_000;
/// Pictures of a dimension's gallery, and how far it goes, either way.
const STOPS: usize = 9;
const FARTHEST: f32 = 3.0;
/// A slider may be moved so far.
const MOST_MOVED: f32 = 10.0;
/// In how many parts of its range a factor that is a number is counted.
const LEVELS: u8 = 10;
/// Fewer pictures than these say too little of what something looks like.
const FEWEST: usize = 5;

/// What was found out of the latent space.
pub struct Notes {
    pub atlas: Atlas,
    /// What each dimension says of a held-out picture, in nats, where that was measured.
    pub divergence: Option<Vec<f32>>,
    /// What points and own pictures are told to be.
    pub told: About,
    /// The codes of pictures to learn from, as they were after so many steps.
    training: Option<(u32, Vec<Vec<f32>>)>,
}

impl Notes {
    pub fn new(pictures: &Pictures, latent: usize) -> Notes {
        let told = pictures.known.about(&pictures.held_out, 0);
        Notes { atlas: Atlas::new(latent), divergence: None, told, training: None }
    }

    /// Forgets what only holds as long as the run goes its way.
    pub fn forget(&mut self) {
        self.training = None;
    }

    /// The latent dimensions, those that say most first.
    fn ranked(&self) -> Vec<(usize, f32)> {
        let mut ranked: Vec<(usize, f32)> = self.divergence.iter().flatten().copied().enumerate().collect();
        ranked.sort_by(|(_, a), (_, b)| b.total_cmp(a));
        ranked.truncate(MOST_DIMENSIONS);
        ranked
    }
}

/// A model that is being asked.
pub struct Asking<'a> {
    pub model: &'a Model,
    pub pictures: &'a Pictures,
    pub notes: &'a mut Notes,
    pub latent: usize,
    pub batch: usize,
    pub seed: u64,
    pub stage: &'a mut dyn Stage,
    pub progress: &'a dyn Fn(f32),
}

/// A picture, where it lies, and what the model is told of it.
struct Coded {
    pixels: Vec<u8>,
    code: Vec<f32>,
    about: About,
}

impl Asking<'_> {
    pub async fn answer(mut self, question: Question) -> Result<Answer> {
        match question {
            Question::Choices => Ok(self.choices()),
            Question::Browse { from, count } => self.browse(from, count),
            Question::Fed { count } => self.fed(count).await,
            Question::Tell(about) => {
                self.pictures.known.row(&about)?;
                self.notes.told = about;
                Ok(Answer::default())
            }
            Question::Reconstruct { picture, about } => self.reconstruct(picture, about).await,
            Question::At { x, y, axes } => self.at([x, y], axes).await,
            Question::Between { from, to, way, frames } => self.between(from, to, way, frames).await,
            Question::Attribute { of, direction, strength } => self.attribute(of, direction, strength).await,
            Question::Analogy { a, b, c, strength } => self.analogy([a, b, c], strength).await,
            Question::Conditional { about, count } => self.conditional(about, count).await,
            Question::Traverse { of } => self.traverse(of).await,
            Question::Slide { of, moves } => self.slide(of, &moves).await,
            Question::Disentanglement => self.disentanglement().await,
        }
    }

    fn choices(&self) -> Answer {
        let figures = vec![
            figure("Held out", self.pictures.held_out.len() as f32, "Pictures that are never learnt from."),
            figure("Latent dimensions", self.latent as f32, "How many numbers a picture is squeezed into."),
            figure(
                "Told",
                f32::from(u8::from(self.model.condition > 0)),
                "Whether the model is told what is known about pictures.",
            ),
        ];
        Answer { figures, known: self.pictures.known.clone(), ..Answer::default() }
    }

    fn browse(&self, from: u32, count: u32) -> Result<Answer> {
        let held_out = &self.pictures.held_out;
        let (from, count) = (from as usize, counted(count)?);
        if from >= held_out.len() {
            return Err(Error(format!("Only {} pictures are held out.", held_out.len())));
        }
        let shown = from..(from + count).min(held_out.len());
        let pixels = shown.clone().flat_map(|i| held_out.picture(i)).copied().collect();
        let captions = shown.map(|i| self.pictures.known.caption(&self.pictures.known.about(held_out, i))).collect();
        Ok(Answer { galleries: vec![self.gallery(pixels, count, captions)], ..Answer::default() })
    }

    async fn fed(&mut self, count: u32) -> Result<Answer> {
        let count = counted(count)?.min(self.model.asking.fed);
        let values = self.stage.read(self.model.asking.feed)?.await?;
        let galleries = values.chunks(values.len() / 2).map(|some| {
            let shown = bytes(&some[..count * self.pictures.size.bytes()]);
            self.gallery(shown, count, Vec::new())
        });
        let galleries = galleries.collect();
        let epochs = f64::from(self.stage.step()) * self.batch as f64 / self.pictures.train.len() as f64;
        let figures = vec![figure("Epochs", epochs as f32, "How often all pictures have been learnt from.")];
        let sentence = format!(
            "Of {} pictures, {} are drawn for each step; every picture has been learnt from {epochs:.1} times.",
            self.pictures.train.len(),
            self.batch
        );
        Ok(Answer { galleries, sentence, figures, ..Answer::default() })
    }

    async fn reconstruct(&mut self, picture: Picked, about: Option<About>) -> Result<Answer> {
        let of = self.code(picture, about).await?;
        self.survey().await?;
        let back = self.paint(&[(of.code.clone(), of.about)]).await?;
        let figures = self.notes.ranked().into_iter().map(|(dimension, says)| {
            figure(&name(dimension), of.code[dimension], &format!("It says {says:.2} nats of a picture."))
        });
        let figures = figures.collect();
        let galleries = vec![self.gallery([of.pixels, back].concat(), 2, captions(["Picture", "What comes back"]))];
        Ok(Answer { galleries, figures, ..Answer::default() })
    }

    async fn at(&mut self, place: [f32; 2], axes: Option<[u32; 2]>) -> Result<Answer> {
        if !place.iter().all(|v| (-1.0..=1.0).contains(v)) {
            return Err(Error("This place is beyond the map.".to_string()));
        }
        if let Some(axis) = axes.into_iter().flatten().find(|axis| *axis as usize >= self.latent) {
            return Err(self.no_dimension(axis));
        }
        let map = self.notes.atlas.map(axes);
        let pixels = self.paint(&[(map.at(place), self.notes.told.clone())]).await?;
        let figures =
            map.names.iter().zip(place).map(|(name, v)| figure(name, v * map.reach, "Where this is on the map.")).collect();
        Ok(Answer { galleries: vec![self.gallery(pixels, 1, Vec::new())], figures, ..Answer::default() })
    }

    async fn between(&mut self, from: Picked, to: Picked, way: Way, frames: u32) -> Result<Answer> {
        let frames = counted(frames)?.max(2);
        let (from, to) = (self.code(from, None).await?, self.code(to, None).await?);
        let go = match way {
            Way::Straight => straight,
            Way::Spherical => spherical,
        };
        let share = |frame: usize| frame as f32 / (frames - 1) as f32;
        // What is told goes over half-way: there is nothing between a 3 and an 8.
        let about = |frame: usize| if 2 * frame < frames { from.about.clone() } else { to.about.clone() };
        let codes: Vec<_> = (0..frames).map(|frame| (go(&from.code, &to.code, share(frame)), about(frame))).collect();
        let pixels = self.paint(&codes).await?;
        Ok(Answer { galleries: vec![self.gallery(pixels, frames, Vec::new())], ..Answer::default() })
    }

    async fn attribute(&mut self, of: Picked, direction: Direction, strength: f32) -> Result<Answer> {
        check_strength(strength)?;
        let thing = self.pictures.known.0.get(direction.thing as usize).cloned();
        let thing = thing.ok_or_else(|| Error("Nothing of that kind is known about these pictures.".to_string()))?;
        let way = self.direction(&thing, direction).await?;
        let of = self.code(of, None).await?;
        let pixels = self.paint(&[(of.code.clone(), of.about.clone()), (moved(&of.code, &way, strength), of.about)]).await?;
        let names = thing.names();
        let from = direction.from.map_or_else(String::new, |from| format!(" − {}", names[from as usize]));
        let caption = format!("{:+.1} × ({}{from})", strength, names[direction.to as usize]).replace('-', "−");
        let sentence = match self.model.condition {
            0 => String::new(),
            _ => "The networks are told this of every picture, so that codes need not say it, and moving them changes little."
                .to_string(),
        };
        let galleries = vec![self.gallery(pixels, 2, vec!["What comes back".to_string(), caption])];
        Ok(Answer { galleries, sentence, ..Answer::default() })
    }

    async fn analogy(&mut self, picked: [Picked; 3], strength: f32) -> Result<Answer> {
        check_strength(strength)?;
        let mut coded = Vec::new();
        for picked in picked {
            coded.push(self.code(picked, None).await?);
        }
        let difference = moved(&coded[2].code, &coded[1].code, -1.0);
        let result = (moved(&coded[0].code, &difference, strength), coded[0].about.clone());
        let codes: Vec<_> = coded.into_iter().map(|of| (of.code, of.about)).chain([result]).collect();
        let pixels = self.paint(&codes).await?;
        Ok(Answer { galleries: vec![self.gallery(pixels, 4, captions(["a", "b", "c", "a − b + c"]))], ..Answer::default() })
    }

    async fn conditional(&mut self, about: About, count: u32) -> Result<Answer> {
        let count = counted(count)?;
        if self.model.condition == 0 {
            let sentence = "This model is told nothing about pictures, so it cannot be asked for some. Set “Told” to “All that is known”, \
                            and begin anew.";
            return Err(Error(sentence.to_string()));
        }
        let mut noise = vec![0.0; count * self.latent];
        Stream::new(self.seed, Domain::Host, NOISE, 0).fill(0, &mut noise, Stream::normal);
        let codes: Vec<_> = noise.chunks(self.latent).map(|code| (code.to_vec(), about.clone())).collect();
        let pixels = self.paint(&codes).await?;
        Ok(Answer { galleries: vec![self.gallery(pixels, count.min(8), Vec::new())], ..Answer::default() })
    }

    async fn traverse(&mut self, of: Picked) -> Result<Answer> {
        let of = self.code(of, None).await?;
        self.survey().await?;
        let stop = |i: usize| FARTHEST * (2.0 * i as f32 / (STOPS - 1) as f32 - 1.0);
        let ranked = self.notes.ranked();
        let mut codes = Vec::new();
        for (dimension, _) in &ranked {
            for i in 0..STOPS {
                let mut code = of.code.clone();
                code[*dimension] = stop(i);
                codes.push((code, of.about.clone()));
            }
        }
        let pixels = self.paint(&codes).await?;
        let rows = pixels.chunks(STOPS * self.pictures.size.bytes());
        let captions = || (0..STOPS).map(|i| format!("{:.2}", stop(i)).replace('-', "−")).collect();
        let galleries = rows.map(|row| self.gallery(row.to_vec(), STOPS, captions())).collect();
        let help = "What it says of a held-out picture, in nats; one near nothing is not used.";
        let figures = ranked.iter().map(|(dimension, says)| figure(&name(*dimension), *says, help)).collect();
        Ok(Answer { galleries, figures, ..Answer::default() })
    }

    async fn slide(&mut self, of: Picked, moves: &[(u32, f32)]) -> Result<Answer> {
        let of = self.code(of, None).await?;
        let mut code = of.code;
        for (dimension, value) in moves {
            let place = code.get_mut(*dimension as usize).ok_or_else(|| self.no_dimension(*dimension))?;
            if value.is_nan() || value.abs() > MOST_MOVED {
                return Err(Error(format!("A dimension goes from −{MOST_MOVED} to {MOST_MOVED}.")));
            }
            *place = *value;
        }
        let pixels = self.paint(&[(code, of.about)]).await?;
        Ok(Answer { galleries: vec![self.gallery(pixels, 1, Vec::new())], ..Answer::default() })
    }

    async fn disentanglement(&mut self) -> Result<Answer> {
        let factors = self.pictures.train.factors();
        if factors.is_empty() {
            return Err(Error("Only of the shapes and the faces it is known what makes each picture.".to_string()));
        }
        let codes = self.training_codes().await?;
        let levels: Vec<Vec<u8>> = factors.iter().map(|factor| factor.values.levels(LEVELS)[..codes.len()].to_vec()).collect();
        let levels: Vec<&[u8]> = levels.iter().map(Vec::as_slice).collect();
        let gap = Rows::new(&codes.concat(), self.latent).and_then(|rows| mutual_information_gap(rows, &levels));
        let gap = gap.ok_or_else(|| Error("The codes of these pictures do not vary enough to be measured.".to_string()))?;
        let mut figures = vec![figure(
            "Mutual information gap",
            gap.mean,
            "How far ahead the dimension that says most about a factor is of the next one: 1 is a dimension for each, 0 a tangle.",
        )];
        figures.extend(factors.iter().zip(&gap.factors).filter_map(|(factor, gap)| {
            let gap = gap.as_ref()?;
            Some(figure(factor.name, gap.gap, &format!("{} says most about it.", name(gap.dimension))))
        }));
        let verdict = match gap.mean {
            ..0.1 => "what makes a picture is tangled up among the dimensions. A larger β parts it",
            0.1..0.3 => "some dimensions have begun to say one thing each",
            _ => "most of what makes a picture has a dimension of its own",
        };
        let sentence = format!("The mutual information gap is {:.2} of 1: {verdict}.", gap.mean);
        Ok(Answer { sentence, figures, ..Answer::default() })
    }

    /// The direction in which codes change as pictures do.
    async fn direction(&mut self, thing: &Thing, Direction { thing: which, from, to }: Direction) -> Result<Vec<f32>> {
        let names = thing.names();
        if let Some(place) = [Some(to), from].into_iter().flatten().find(|place| *place as usize >= names.len()) {
            return Err(Error(format!("“{}” has {} values, and no number {place}.", thing.name, names.len())));
        }
        if from == Some(to) {
            return Err(Error(format!("From “{0}” to “{0}” is no way at all.", names[to as usize])));
        }
        let (pictures, codes) = (self.pictures, self.training_codes().await?);
        let value = |i: usize| pictures.known.about(&pictures.train, i)[which as usize];
        let values: Vec<f32> = (0..codes.len()).map(value).collect();
        let with = |i: usize| thing.is(values[i], to as usize);
        let without = |i: usize| from.map_or(!with(i), |from| thing.is(values[i], from as usize));
        for (what, count) in [
            (to, (0..codes.len()).filter(|i| with(*i)).count()),
            (from.unwrap_or(to), (0..codes.len()).filter(|i| without(*i)).count()),
        ] {
            if count < FEWEST {
                return Err(Error(format!("There are too few pictures to tell “{}” by.", names[what as usize])));
            }
        }
        direction(codes, without, with).ok_or_else(|| Error("There are no pictures to compare.".to_string()))
    }

    /// Where the first of the pictures to learn from lie, as the run stands.
    async fn training_codes(&mut self) -> Result<&Vec<Vec<f32>>> {
        let step = self.stage.step();
        if self.notes.training.as_ref().is_none_or(|(then, _)| *then != step) {
            let asking = &self.model.asking;
            let count = self.pictures.train.len().min(MOST_COMPARED);
            let mut codes = Vec::new();
            for from in (0..count).step_by(asking.encoded) {
                let which: Vec<u32> = (from..from + asking.encoded).map(|i| i.min(count - 1) as u32).collect();
                self.stage.write_indices(asking.training, &which)?;
                let means = self.stage.read(asking.encode_training)?.await?;
                codes.extend(means.chunks(self.latent).map(<[f32]>::to_vec));
                (self.progress)(codes.len() as f32 / count as f32);
            }
            codes.truncate(count);
            self.notes.training = Some((step, codes));
        }
        self.notes.training.as_ref().map(|(_, codes)| codes).ok_or_else(|| Error("There are no pictures to compare.".to_string()))
    }

    /// Finds out what each dimension says, if that was not measured yet.
    async fn survey(&mut self) -> Result<()> {
        if self.notes.divergence.is_none() {
            let parts = self.stage.read(self.model.held_out)?.await?;
            self.notes.divergence = Some(parts[1..1 + self.latent].to_vec());
        }
        Ok(())
    }

    /// A picture and where it lies: the mean of its posterior, under what it is told to be.
    async fn code(&mut self, picked: Picked, about: Option<About>) -> Result<Coded> {
        let Pictures { held_out, known, size, .. } = self.pictures;
        let (pixels, own) = match picked {
            Picked::HeldOut(i) if (i as usize) < held_out.len() => {
                (held_out.picture(i as usize).to_vec(), known.about(held_out, i as usize))
            }
            Picked::HeldOut(_) => return Err(Error(format!("Only {} pictures are held out.", held_out.len()))),
            Picked::Own(pixels) if pixels.len() == size.bytes() => (pixels, self.notes.told.clone()),
            Picked::Own(_) => return Err(Error(format!("The picture must have {size}."))),
        };
        let about = about.unwrap_or(own);
        let mut values: Vec<f32> = pixels.iter().map(|byte| f32::from(*byte) / 255.0).collect();
        values.resize(ASKED * size.bytes(), 0.0);
        let asking = &self.model.asking;
        self.stage.write(asking.pictures, &values)?;
        self.tell(std::slice::from_ref(&about))?;
        let mut code = self.stage.read(asking.encode)?.await?;
        code.truncate(self.latent);
        Ok(Coded { pixels, code, about })
    }

    /// What the decoder paints at codes under what they are told, picture by picture.
    async fn paint(&mut self, codes: &[(Vec<f32>, About)]) -> Result<Vec<u8>> {
        let asking = &self.model.asking;
        // All are sent off before the first is waited for, which takes long on some devices.
        let mut painted = Vec::new();
        for some in codes.chunks(ASKED) {
            let mut values: Vec<f32> = some.iter().flat_map(|(code, _)| code).copied().collect();
            values.resize(ASKED * self.latent, 0.0);
            self.stage.write(asking.codes, &values)?;
            self.tell(&some.iter().map(|(_, about)| about.clone()).collect::<Vec<_>>())?;
            painted.push((some.len(), self.stage.read(asking.decode)?));
        }
        let mut pixels = Vec::new();
        for (count, painted) in painted {
            pixels.extend(bytes(&painted.await?[..count * self.pictures.size.bytes()]));
        }
        Ok(pixels)
    }

    /// Tells the model what pictures are, if it is told anything.
    fn tell(&mut self, abouts: &[About]) -> Result<()> {
        let Some(input) = self.model.asking.conditions else { return Ok(()) };
        let rows: Result<Vec<Vec<f32>>> = abouts.iter().map(|about| self.pictures.known.row(about)).collect();
        let mut rows = rows?.concat();
        rows.resize(ASKED * self.model.condition, 0.0);
        self.stage.write(input, &rows)
    }

    fn no_dimension(&self, dimension: u32) -> Error {
        Error(format!("The latent space has {} dimensions, and no z {}.", self.latent, u64::from(dimension) + 1))
    }

    fn gallery(&self, pixels: Vec<u8>, columns: usize, captions: Vec<String>) -> Gallery {
        let size = self.pictures.size;
        let [height, width, channels, columns] = [size.height, size.width, size.channels, columns].map(|v| v as u32);
        Gallery { height, width, channels, columns, pixels, captions }
    }
}

fn figure(name: &str, value: f32, help: &str) -> Figure {
    Figure { name: name.to_string(), value, help: help.to_string() }
}

fn captions<const N: usize>(captions: [&str; N]) -> Vec<String> {
    captions.map(str::to_string).to_vec()
}

/// What a latent dimension is called.
fn name(dimension: usize) -> String {
    format!("z {}", dimension + 1)
}

fn counted(count: u32) -> Result<usize> {
    match count {
        1..=MOST_PICTURES => Ok(count as usize),
        _ => Err(Error(format!("From 1 to {MOST_PICTURES} pictures can be asked for, not {count}."))),
    }
}

fn check_strength(strength: f32) -> Result<()> {
    if strength.abs() <= MOST_STRENGTH {
        return Ok(());
    }
    Err(Error(format!("The strength goes from −{MOST_STRENGTH} to {MOST_STRENGTH}.")))
}
