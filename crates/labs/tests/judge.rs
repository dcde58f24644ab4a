//! The shipped judges, and what they say of real pictures and of others.

mod support;

use pollster::block_on;
use support::assets;
use terrarium_data::images::{Images, faces};
use terrarium_graph::philox::{Domain, Stream};
use terrarium_labs::Engines;
use terrarium_labs::judge::{Evaluation, Judge, Lesson, Seen, Subject, asked, score, train};
use terrarium_labs::library::Files;
use terrarium_labs::protocol::EngineKind;

fn bytes(subject: Subject) -> Vec<u8> {
    let files = block_on(Files::fetch(&assets(), &[subject.judge()])).unwrap();
    files.bytes(subject.judge()).unwrap().to_vec()
}

fn open(bytes: &[u8], kind: EngineKind) -> terrarium_labs::Result<Judge> {
    block_on(Judge::open(bytes, &Engines::without_gpu(), kind))
}

fn judge(subject: Subject) -> Judge {
    open(&bytes(subject), EngineKind::Cpu).unwrap()
}

fn images(subject: Subject) -> Images {
    subject.images(&block_on(Files::fetch(&assets(), subject.sheets())).unwrap()).unwrap()
}

fn look(judge: &mut Judge, pictures: &[f32]) -> Seen {
    block_on(judge.look(pictures, &mut |_, _| {})).unwrap()
}

#[test]
fn the_judges_of_digits_and_clothes_keep_what_their_files_promise() {
    for (subject, least) in [(Subject::Digits, 0.975), (Subject::Fashion, 0.85)] {
        let (mut judge, images) = (judge(subject), images(subject));
        let held_out = images.subset(&judge.split(&images).held_out);
        let seen = look(&mut judge, &held_out.rows());
        let found = score(&seen, 0, &asked(&held_out)[0]).unwrap().accuracy;
        assert!(found >= least && (found - judge.questions()[0].accuracy).abs() < 0.002, "{subject:?}: {found}");
        assert_eq!((judge.subject(), judge.questions().len()), (subject.slug(), 1));
    }
}

#[test]
fn the_judge_of_faces_knows_a_smile() {
    let mut judge = judge(Subject::Faces);
    let faces = faces::sample(400, 12);
    let seen = look(&mut judge, &faces.rows());
    let asked = asked(&faces);
    assert_eq!(judge.questions().len(), asked.len());
    let mouths = score(&seen, 0, &asked[0]).unwrap();
    let smile = asked[0].answers.iter().position(|answer| answer == "smile").unwrap();
    assert!(mouths.accuracy > 0.9 && mouths.found[smile] > 0.95, "{mouths:?}");
    for (i, (asked, question)) in asked.iter().zip(judge.questions()).enumerate() {
        assert_eq!((&asked.name, &asked.answers), (&question.name, &question.answers));
        let found = score(&seen, i, asked).unwrap().accuracy;
        assert!((found - question.accuracy).abs() < 0.1, "{}: {found}, not {}", asked.name, question.accuracy);
    }
}

#[test]
fn real_digits_are_the_ceiling_and_noise_is_far_below() {
    let (mut judge, images) = (judge(Subject::Digits), images(Subject::Digits));
    let split = judge.split(&images);
    let real = look(&mut judge, &images.subset(&split.train[..1000]).rows());
    let held_out = images.subset(&split.held_out);

    let ceiling = Evaluation::of(&look(&mut judge, &held_out.rows()), &real).unwrap();
    assert!(ceiling.inception_score > 9.0 && ceiling.frechet_distance < 8.0, "{ceiling:?}");
    assert!(ceiling.precision > 0.8 && ceiling.recall > 0.8, "{ceiling:?}");
    assert_eq!((ceiling.pictures, ceiling.answers[0].covered), (1000, 10));

    let mut noise = vec![0.0; held_out.rows().len()];
    Stream::new(1, Domain::Host, 0, 0).fill(0, &mut noise, Stream::uniform);
    let noise = Evaluation::of(&look(&mut judge, &noise), &real).unwrap();
    assert!(noise.inception_score < 1.5 && noise.frechet_distance > 30.0 * ceiling.frechet_distance, "{noise:?}");
    assert!(noise.precision < 0.05 && noise.recall < 0.05, "{noise:?}");

    // A generator that draws nothing but real sevens.
    let labels = held_out.labels().unwrap().values();
    let sevens: Vec<usize> = (0..held_out.len()).filter(|i| labels[*i] == 7).collect();
    let collapsed = Evaluation::of(&look(&mut judge, &held_out.subset(&sevens).rows()), &real).unwrap();
    assert!(collapsed.inception_score < 1.3 && collapsed.answers[0].covered <= 2, "{collapsed:?}");
    assert!(collapsed.precision > 0.9 && collapsed.recall < 0.3, "{collapsed:?}");
    assert!(collapsed.frechet_distance > 10.0 * ceiling.frechet_distance, "{collapsed:?}");
}

#[test]
fn any_number_of_pictures_is_looked_at_and_each_for_itself() {
    let (mut judge, images) = (judge(Subject::Digits), images(Subject::Digits));
    let pictures = images.subset(&(0..203).collect::<Vec<_>>()).rows();
    let mut told = Vec::new();
    let all = block_on(judge.look(&pictures, &mut |done, of| told.push((done, of)))).unwrap();
    assert_eq!(told, [(100, 203), (200, 203), (203, 203)]);
    assert_eq!(all.features().map(|rows| rows.count()), Some(203));
    let last = look(&mut judge, &pictures[202 * 784..]);
    assert_eq!(last.probabilities(0).unwrap().iter().last(), all.probabilities(0).unwrap().iter().last());
    assert_eq!(last.features().unwrap().iter().last(), all.features().unwrap().iter().last());
    assert_eq!(look(&mut judge, &[]).features(), None);
    assert!(Evaluation::of(&last, &all).unwrap_err().0.contains("more than 3 pictures"));
}

#[test]
fn the_reference_sees_the_same() {
    let mut judges = [EngineKind::Cpu, EngineKind::Dfdx].map(|kind| open(&bytes(Subject::Fashion), kind).unwrap());
    let images = images(Subject::Fashion);
    let pictures = images.subset(&[0, 1, 2, 3]).rows();
    let [ours, reference] = judges.each_mut().map(|judge| look(judge, &pictures));
    let rows = |seen: &Seen| {
        [seen.features().unwrap(), seen.probabilities(0).unwrap()]
            .map(|rows| rows.iter().flatten().copied().collect::<Vec<f32>>())
            .concat()
    };
    let (ours, reference) = (rows(&ours), rows(&reference));
    let scale = reference.iter().copied().fold(1.0, f32::max);
    assert!(ours.iter().zip(&reference).all(|(a, b)| (a - b).abs() < 1e-4 * scale), "{ours:?} {reference:?}");
}

#[test]
fn what_cannot_be_judged_is_said_in_words() {
    let mut judge = judge(Subject::Digits);
    let mut said = |pictures: &[f32]| block_on(judge.look(pictures, &mut |_, _| {})).unwrap_err().0;
    assert_eq!(said(&[0.5; 785]), "The judge of digits looks at pictures of 28 × 28 × 1.");
    assert!(said(&[f32::NAN; 784]).contains("nothing to judge"));

    let whole = bytes(Subject::Digits);
    let refused = |bytes: &[u8]| open(bytes, EngineKind::Cpu).err().unwrap().0;
    assert!(refused(&[]).starts_with("The judge's file cannot be read: "));
    assert!(refused(&whole[..whole.len() - 1]).starts_with("The judge's file cannot be read: "));
    // A header that promises other answers than there are weights for.
    let other = String::from_utf8_lossy(&whole).find("\\\"features\\\":64").unwrap();
    let mut other_size = whole.clone();
    other_size[other + 13..other + 15].copy_from_slice(b"63");
    assert!(refused(&other_size).contains("missing or of another shape"), "{}", refused(&other_size));
}

#[test]
fn a_short_lesson_teaches_most_digits_and_the_same_again() {
    let images = images(Subject::Digits);
    let teach = |steps| {
        let lesson = Lesson { subject: Subject::Digits, seed: 3, steps };
        let mut told = Vec::new();
        let engines = Engines::without_gpu();
        let trained =
            block_on(train(lesson, &images, &engines, EngineKind::Cpu, &mut |step, loss| told.push((step, loss)))).unwrap();
        (trained, told)
    };
    let (trained, told) = teach(150);
    assert_eq!(told.iter().map(|(step, _)| *step).collect::<Vec<_>>(), [100, 150]);
    let (question, score) = &trained.scores[0];
    assert!(question.accuracy > 0.9 && question.accuracy == score.accuracy, "{question:?}");
    assert!(trained.ceiling.inception_score > 5.0 && trained.ceiling.pictures == 1000, "{:?}", trained.ceiling);
    assert!(trained.parameters <= 150_000 && trained.bytes.len() <= 400_000);
    assert_eq!(open(&trained.bytes, EngineKind::Cpu).unwrap().questions(), std::slice::from_ref(question));
    assert_eq!(teach(5), teach(5));
}
