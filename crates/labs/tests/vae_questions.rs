//! What the VAE lab answers, and its map.

mod support;

use std::pin::Pin;
use std::rc::Rc;

use pollster::block_on;
use support::{assets, open, set_up, train};
use terrarium_data::images::{Images, Size};
use terrarium_labs::judge::{Judge, Subject};
use terrarium_labs::library::{File, Library};
use terrarium_labs::pictures::Range;
use terrarium_labs::protocol::{Answer, EngineKind, Question as Asked, Show};
use terrarium_labs::scene::{Gallery, Scene, Values};
use terrarium_labs::vae::{Direction, LAB, MOST_DIMENSIONS, PRESETS, Picked, Question, Way, smiles};
use terrarium_labs::{Engines, Result, Session};

const SMALL: [(&str, &str); 3] = [("width", "64"), ("filters", "4"), ("batch", "32")];
const MAP: Show = Show { view: 1, layers: 0b11, axes: None };

fn session(changes: &[(&str, &str)]) -> Session {
    open(&set_up(LAB.slug, &[&SMALL, changes].concat(), 1)).unwrap()
}

fn trained(changes: &[(&str, &str)], steps: u32) -> Session {
    let mut session = session(changes);
    train(&mut session, steps);
    session
}

fn asked(session: &mut Session, question: Question) -> Result<Answer> {
    block_on(session.ask(Asked::Vae(question), &|_| ()))
}

fn answer(session: &mut Session, question: Question) -> Answer {
    let answer = asked(session, question.clone()).unwrap_or_else(|why| panic!("{question:?}: {why}"));
    for gallery in &answer.galleries {
        let size = (gallery.height * gallery.width * gallery.channels) as usize;
        assert!(!gallery.pixels.is_empty() && gallery.pixels.len().is_multiple_of(size), "{question:?}");
        let pictures = gallery.pixels.len() / size;
        assert!(gallery.captions.is_empty() || gallery.captions.len() == pictures, "{question:?}");
    }
    assert!(answer.figures.iter().all(|figure| figure.value.is_finite()), "{:?}", answer.figures);
    answer
}

/// Pictures of the answer's gallery `of`, one by one.
fn pictures(answer: &Answer, of: usize) -> Vec<Vec<u8>> {
    let gallery = &answer.galleries[of];
    gallery.pixels.chunks((gallery.height * gallery.width * gallery.channels) as usize).map(<[u8]>::to_vec).collect()
}

/// What comes back of a picture.
fn back(session: &mut Session, picture: Picked) -> Vec<u8> {
    let answer = answer(session, Question::Reconstruct { picture, about: None });
    pictures(&answer, 0)[1].clone()
}

/// Numbers of held-out digits of a class.
fn digits(session: &mut Session, class: &str) -> Vec<u32> {
    let mut found = Vec::new();
    for from in (0..640).step_by(64) {
        let answer = answer(session, Question::Browse { from, count: 64 });
        let captions = answer.galleries[0].captions.iter().enumerate();
        found.extend(captions.filter(|(_, caption)| *caption == class).map(|(i, _)| from + i as u32));
    }
    found
}

/// The mean picture of each class of digits.
fn means(session: &mut Session) -> Vec<Vec<f32>> {
    let mut sums = vec![(vec![0.0; 784], 0.0); 10];
    for from in (0..640).step_by(64) {
        let answer = answer(session, Question::Browse { from, count: 64 });
        for (picture, caption) in pictures(&answer, 0).iter().zip(&answer.galleries[0].captions) {
            let (sum, count) = &mut sums[caption.parse::<usize>().unwrap()];
            sum.iter_mut().zip(picture).for_each(|(sum, v)| *sum += f32::from(*v));
            *count += 1.0;
        }
    }
    sums.into_iter().map(|(sum, count)| sum.into_iter().map(|v| v / count).collect()).collect()
}

/// The class whose mean picture is nearest.
fn nearest(means: &[Vec<f32>], picture: &[u8]) -> usize {
    let distance = |mean: &Vec<f32>| mean.iter().zip(picture).map(|(m, v)| (m - f32::from(*v)).powi(2)).sum::<f32>();
    (0..means.len()).min_by(|a, b| distance(&means[*a]).total_cmp(&distance(&means[*b]))).unwrap()
}

fn gallery(session: &mut Session, show: Show) -> Gallery {
    match block_on(session.scene(show, false)).unwrap() {
        Scene::Gallery(gallery) => gallery,
        Scene::Plane(_) => panic!("the lab shows pictures"),
    }
}

fn host(values: &Values) -> &[f32] {
    match values {
        Values::Host(values) => values,
        Values::Device(_) => panic!("the engine has no device"),
    }
}

/// How many of the map's dots are of the same kind as most of their nearest five.
fn order(session: &mut Session, show: Show) -> f32 {
    let dots = gallery(session, show).dots.unwrap();
    let points: Vec<&[f32]> = host(&dots.points).chunks(2).collect();
    assert_eq!(points.len(), dots.kinds.len());
    let right = (0..points.len()).filter(|&i| {
        let distance = |j: usize| (points[i][0] - points[j][0]).powi(2) + (points[i][1] - points[j][1]).powi(2);
        let mut others: Vec<usize> = (0..points.len()).filter(|j| *j != i).collect();
        others.sort_unstable_by(|a, b| distance(*a).total_cmp(&distance(*b)));
        let votes = |kind: u8| others[..5].iter().filter(|j| dots.kinds[**j] == kind).count();
        (0..=u8::MAX).max_by_key(|kind| (votes(*kind), *kind == dots.kinds[i])) == Some(dots.kinds[i])
    });
    right.count() as f32 / points.len() as f32
}

#[test]
fn two_dimensions_become_an_ordered_map() {
    let preset = PRESETS.iter().find(|preset| preset.slug == "map").unwrap();
    let mut session = open(&set_up(LAB.slug, preset.changes, 1)).unwrap();
    let before = order(&mut session, MAP);
    train(&mut session, 1_000);
    let after = order(&mut session, MAP);
    assert!(after > 0.65 && after > before + 0.2, "{before}, {after}");
}

#[test]
fn the_map_shows_what_is_asked_of_it_point_by_point() {
    for changes in [&[("latent", "2")][..], &[("latent", "6"), ("condition", "known")], &[("data", "faces"), ("network", "conv")]] {
        let mut session = trained(changes, 50);
        for axes in [None, Some([1, 0])] {
            let shown = gallery(&mut session, Show { axes, ..MAP });
            let [wall] = &shown.walls[..] else { panic!() };
            assert!(wall.joined && wall.rows == wall.columns);
            let (row, column) = (1, wall.columns - 2);
            let at = |cell: usize| (2 * cell + 1) as f32 / wall.rows as f32 - 1.0;
            let answer = answer(&mut session, Question::At { x: at(column), y: -at(row), axes });
            let values = wall.size.iter().product::<usize>();
            let painted = &host(&wall.pixels)[(row * wall.columns + column) * values..][..values];
            let off = painted.iter().zip(&answer.galleries[0].pixels).map(|(a, b)| (a * 255.0 - f32::from(*b)).abs());
            assert!(off.fold(0.0, f32::max) < 1.0, "{changes:?}, {axes:?}");
        }
        for layers in 0..4 {
            let shown = gallery(&mut session, Show { layers, ..MAP });
            assert_eq!((shown.walls.len() as u32, shown.dots.is_some()), (layers & 1, layers & 2 > 0));
        }
    }
}

#[test]
fn held_out_pictures_are_there_to_choose_from() {
    let mut session = session(&[]);
    let choices = answer(&mut session, Question::Choices);
    assert_eq!(choices.figures.iter().map(|figure| figure.value).collect::<Vec<_>>(), [1000.0, 20.0, 0.0]);
    assert!(matches!(&choices.known.0[..], [class] if matches!(&class.range, Range::Options(names) if names.len() == 10)));
    let last = answer(&mut session, Question::Browse { from: 990, count: 64 });
    assert_eq!(pictures(&last, 0).len(), 10);
    let one = answer(&mut session, Question::Browse { from: 993, count: 1 });
    assert_eq!((&pictures(&one, 0)[0], &one.galleries[0].captions[0]), (&pictures(&last, 0)[3], &last.galleries[0].captions[3]));
    let told = answer(&mut session, Question::Reconstruct { picture: Picked::HeldOut(993), about: None });
    assert_eq!(pictures(&told, 0)[0], pictures(&one, 0)[0]);
}

#[test]
fn a_drawn_picture_is_treated_as_a_held_out_one() {
    let mut session = trained(&[], 50);
    let shown = answer(&mut session, Question::Browse { from: 7, count: 1 });
    let drawn = Picked::Own(pictures(&shown, 0)[0].clone());
    assert_eq!(back(&mut session, drawn.clone()), back(&mut session, Picked::HeldOut(7)));
    let told = answer(&mut session, Question::Reconstruct { picture: drawn, about: None });
    assert_eq!(told.figures.len(), MOST_DIMENSIONS);
    assert!(told.figures.iter().any(|figure| figure.value.abs() > 0.1));
}

#[test]
fn what_is_fed_is_what_the_settings_say() {
    let mut session = session(&[("noise", "0.3"), ("shift", "2"), ("flip", "yes")]);
    let fed = answer(&mut session, Question::Fed { count: 64 });
    let [as_is, changed] = [0, 1].map(|of| pictures(&fed, of));
    assert_eq!((as_is.len(), changed.len(), fed.figures[0].value), (16, 16, 0.0));
    assert!(as_is.iter().zip(&changed).all(|(a, b)| a != b));
    train(&mut session, 100);
    let later = answer(&mut session, Question::Fed { count: 3 });
    assert_ne!(pictures(&later, 0)[0], as_is[0]);
    let epochs = 100.0 * 32.0 / 9000.0;
    assert!((later.figures[0].value - epochs).abs() < 1e-3);
    let mut plain = self::session(&[]);
    let fed = answer(&mut plain, Question::Fed { count: 5 });
    assert_eq!(pictures(&fed, 0), pictures(&fed, 1));
}

#[test]
fn the_way_from_one_picture_to_another_begins_and_ends_with_them() {
    for told in ["none", "known"] {
        let mut session = trained(&[("condition", told)], 100);
        let ends = [Picked::HeldOut(3), Picked::HeldOut(8)];
        let backs = ends.clone().map(|end| back(&mut session, end));
        let [from, to] = ends;
        let [straight, spherical] = [Way::Straight, Way::Spherical].map(|way| {
            let question = Question::Between { from: from.clone(), to: to.clone(), way, frames: 9 };
            pictures(&answer(&mut session, question), 0)
        });
        for way in [&straight, &spherical] {
            assert_eq!(way.len(), 9);
            for (end, back) in [&way[0], &way[8]].into_iter().zip(&backs) {
                assert!(end.iter().zip(back).all(|(a, b)| a.abs_diff(*b) <= 1));
            }
        }
        assert_ne!(straight[4], spherical[4]);
    }
}

#[test]
fn ones_become_zeros_by_arithmetic() {
    let mut session = trained(&[("latent", "8")], 600);
    let means = means(&mut session);
    let ones = digits(&mut session, "1");
    let direction = Direction { thing: 0, from: Some(1), to: 0 };
    let changed = |session: &mut Session, strength: f32| {
        let become_zero = ones[..20].iter().filter(|one| {
            let question = Question::Attribute { of: Picked::HeldOut(**one), direction, strength };
            let answer = answer(session, question);
            nearest(&means, &pictures(&answer, 0)[1]) == 0
        });
        become_zero.count()
    };
    assert_eq!(changed(&mut session, 0.0), 0);
    assert!(changed(&mut session, 1.0) >= 16);
    let question = Question::Attribute { of: Picked::HeldOut(ones[0]), direction, strength: 1.0 };
    let before = answer(&mut session, question.clone());
    assert_eq!(before.galleries[0].captions[1], "+1.0 × (0 − 1)");
    assert_eq!(pictures(&before, 0)[0], back(&mut session, Picked::HeldOut(ones[0])));
    train(&mut session, 50);
    assert_ne!(answer(&mut session, question).galleries, before.galleries);
}

#[test]
fn smiles_are_counted_on_faces_by_a_judge_of_faces() {
    let judge = |subject: Subject| {
        let bytes = std::fs::read(assets().0.join(subject.judge())).unwrap();
        block_on(Judge::open(&bytes, &Engines::without_gpu(), EngineKind::Cpu)).unwrap()
    };
    let (mut of_faces, mut of_digits) = (judge(Subject::Faces), judge(Subject::Digits));
    let mut faces = trained(&[("data", "faces"), ("network", "conv")], 50);
    let still = block_on(smiles(&mut faces, &mut of_faces, 3, true, 0.0)).unwrap();
    assert_eq!((still.faces, still.after), (3, still.before));
    let mut digits = session(&[]);
    for (session, judge, count) in [(&mut digits, &mut of_faces, 3), (&mut faces, &mut of_digits, 3)] {
        let why = block_on(smiles(session, judge, count, false, 1.0)).unwrap_err().to_string();
        assert_eq!(why, "Smiles are counted on the faces, by a judge of faces.");
    }
    let why = block_on(smiles(&mut faces, &mut of_faces, 200, true, 1.0)).unwrap_err().to_string();
    assert!(why.starts_with("There are only ") && why.ends_with(" such faces among those held out."), "{why}");
}

#[test]
fn an_analogy_moves_as_two_pictures_differ() {
    let mut session = trained(&[], 100);
    let [a, b, c] = [1, 2, 3].map(Picked::HeldOut);
    let mut result = |a: &Picked, b: &Picked, c: &Picked, strength: f32| {
        let question = Question::Analogy { a: a.clone(), b: b.clone(), c: c.clone(), strength };
        pictures(&answer(&mut session, question), 0)
    };
    let still = result(&a, &b, &c, 0.0);
    assert_eq!(still[3], still[0]);
    let whole = result(&a, &a, &c, 1.0);
    assert!(whole[3].iter().zip(&whole[2]).all(|(a, b)| a.abs_diff(*b) <= 1));
    assert_ne!(result(&a, &b, &c, 1.0)[3], still[0]);
}

#[test]
fn samples_are_of_the_class_that_is_told() {
    let mut session = trained(&[("condition", "known"), ("latent", "2"), ("batch", "64")], 1_200);
    let means = means(&mut session);
    let mut right = 0;
    for class in 0..10 {
        let samples = answer(&mut session, Question::Conditional { about: vec![class as f32], count: 10 });
        right += pictures(&samples, 0).iter().filter(|sample| nearest(&means, sample) == class).count();
    }
    // Of real digits, too, only about 80 of 100 are nearest to the mean of their class.
    assert!(right >= 60, "{right}");
    answer(&mut session, Question::Tell(vec![0.0]));
    let zero = answer(&mut session, Question::At { x: 0.0, y: 0.0, axes: None });
    answer(&mut session, Question::Tell(vec![1.0]));
    let one = answer(&mut session, Question::At { x: 0.0, y: 0.0, axes: None });
    assert_eq!([zero, one].map(|at| nearest(&means, &at.galleries[0].pixels)), [0, 1]);
}

#[test]
fn a_model_that_is_told_nothing_says_how_to_change_that() {
    let mut session = session(&[]);
    let why = asked(&mut session, Question::Conditional { about: vec![3.0], count: 8 }).unwrap_err().to_string();
    assert!(why.contains("Set “Told” to “All that is known”"), "{why}");
}

#[test]
fn traversals_go_along_the_dimensions_that_say_most() {
    let mut session = trained(&[], 100);
    let of = Picked::HeldOut(5);
    let told = answer(&mut session, Question::Traverse { of: of.clone() });
    assert_eq!((told.galleries.len(), told.figures.len()), (MOST_DIMENSIONS, MOST_DIMENSIONS));
    assert!(told.figures.is_sorted_by(|a, b| a.value >= b.value));
    assert_eq!(told.galleries[0].captions[0], "−3.00");
    let dimension = told.figures[0].name.strip_prefix("z ").unwrap().parse::<u32>().unwrap() - 1;
    let slid = answer(&mut session, Question::Slide { of: of.clone(), moves: vec![(dimension, 3.0)] });
    assert_eq!(pictures(&slid, 0)[0], pictures(&told, 0)[8]);
    let still = answer(&mut session, Question::Slide { of: of.clone(), moves: Vec::new() });
    assert_eq!(pictures(&still, 0)[0], back(&mut session, of.clone()));
    let mut untrained = self::session(&[("latent", "2")]);
    assert_eq!(answer(&mut untrained, Question::Traverse { of }).galleries.len(), 2);
}

#[test]
fn the_gap_is_told_where_factors_are_known() {
    let mut shapes = trained(&[("data", "shapes"), ("network", "conv"), ("latent", "6")], 50);
    let told = answer(&mut shapes, Question::Disentanglement);
    assert_eq!((told.figures.len(), told.figures[0].name.as_str()), (8, "Mutual information gap"));
    assert!(told.figures.iter().all(|figure| (0.0..=1.0).contains(&figure.value)));
    assert!(told.figures[1].help.starts_with("z ") && told.sentence.contains("of 1"), "{told:?}");
    let mut digits = session(&[]);
    assert!(asked(&mut digits, Question::Disentanglement).unwrap_err().to_string().contains("shapes and the faces"));
}

#[test]
fn what_cannot_be_answered_is_refused_in_words_and_breaks_nothing() {
    let mut session = session(&[]);
    let (there, gone) = (Picked::HeldOut(0), Picked::HeldOut(1000));
    let direction = Direction { thing: 0, from: None, to: 1 };
    let attribute = |direction, strength| Question::Attribute { of: there.clone(), direction, strength };
    let unfit = [
        Question::Browse { from: 0, count: 0 },
        Question::Browse { from: 0, count: 65 },
        Question::Browse { from: u32::MAX, count: 1 },
        Question::Fed { count: 0 },
        Question::Tell(vec![]),
        Question::Tell(vec![10.0]),
        Question::Tell(vec![f32::NAN]),
        Question::Reconstruct { picture: gone.clone(), about: None },
        Question::Reconstruct { picture: Picked::Own(vec![0; 783]), about: None },
        Question::At { x: 1.1, y: 0.0, axes: None },
        Question::At { x: f32::NAN, y: 0.0, axes: None },
        Question::At { x: 0.0, y: 0.0, axes: Some([0, 20]) },
        Question::Between { from: there.clone(), to: gone.clone(), way: Way::Straight, frames: 8 },
        Question::Between { from: there.clone(), to: there.clone(), way: Way::Straight, frames: 65 },
        attribute(Direction { thing: 1, ..direction }, 1.0),
        attribute(Direction { to: 10, ..direction }, 1.0),
        attribute(Direction { from: Some(10), ..direction }, 1.0),
        attribute(Direction { from: Some(1), ..direction }, 1.0),
        attribute(direction, f32::NAN),
        attribute(direction, 5.5),
        Question::Analogy { a: there.clone(), b: there.clone(), c: gone.clone(), strength: 1.0 },
        Question::Analogy { a: there.clone(), b: there.clone(), c: there.clone(), strength: f32::INFINITY },
        Question::Traverse { of: gone },
        Question::Slide { of: there.clone(), moves: vec![(20, 0.0)] },
        Question::Slide { of: there.clone(), moves: vec![(0, f32::NAN)] },
    ];
    let before = support::state(&mut session);
    for question in unfit {
        let why = asked(&mut session, question.clone()).expect_err(&format!("{question:?}")).to_string();
        assert!(why.ends_with('.') && why.len() > 20, "{question:?}: {why}");
    }
    answer(&mut session, Question::Between { from: there.clone(), to: there.clone(), way: Way::Spherical, frames: 1 });
    answer(&mut session, attribute(direction, -5.0));
    assert_eq!(support::state(&mut session), before, "nothing is learnt by answering");
}

/// So many pictures of the visitor's.
struct Visitor(usize);

impl Library for Visitor {
    fn file(&self, name: &'static str) -> Pin<Box<dyn Future<Output = Result<File>> + '_>> {
        Box::pin(async move { assets().file(name).await })
    }

    fn own(&self) -> Option<Rc<Images>> {
        let size = Size { height: 64, width: 64, channels: 3 };
        let pixels = (0..self.0 * size.bytes()).map(|i| (i / 7 % 256) as u8).collect();
        (self.0 > 0).then(|| Rc::new(Images::new(size, pixels).unwrap()))
    }
}

#[test]
fn the_visitors_own_pictures_are_learnt_in_the_size_asked_for() {
    let begin = |count: usize, changes: &[(&str, &str)]| {
        let set_up = set_up(LAB.slug, &[&SMALL, &[("data", "own")][..], changes].concat(), 1);
        block_on(Session::new(&set_up, &Visitor(count), &Engines::without_gpu(), EngineKind::Cpu))
    };
    for (count, word) in [(0, "50"), (49, "50")] {
        let why = begin(count, &[]).err().unwrap().to_string();
        assert!(why.contains(word) && why.ends_with('.'), "{why}");
    }
    for (changes, size) in [
        (&[][..], (28, 3)),
        (&[("own_side", "32"), ("own_colours", "gray"), ("condition", "known")], (32, 1)),
        (&[("own_side", "64"), ("network", "conv"), ("held_out", "0.05")], (64, 3)),
    ] {
        let mut session = begin(50, changes).unwrap();
        train(&mut session, 50);
        let answer = answer(&mut session, Question::Browse { from: 0, count: 1 });
        let gallery = &answer.galleries[0];
        assert_eq!((gallery.height, gallery.width, gallery.channels), (size.0, size.0, size.1));
        back(&mut session, Picked::HeldOut(0));
        assert!(gallery_dots(&mut session) > 0);
        assert!(asked(&mut session, Question::Disentanglement).is_err());
    }
}

fn gallery_dots(session: &mut Session) -> usize {
    gallery(session, MAP).dots.unwrap().kinds.len()
}
