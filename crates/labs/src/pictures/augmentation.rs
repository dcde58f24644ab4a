//! What is done to pictures before a network is fed, anew in every batch.

use terrarium_graph::{Builder, Tensor};

/// How pictures are changed so that more can be learnt from them.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Augmentation {
    /// The most pixels that a picture is moved by, each way; what comes in at the border is black.
    pub shift: usize,
    /// Whether every other picture is mirrored left to right, by the fall of a coin.
    pub flip: bool,
    /// Standard deviation of the noise on pixels.
    pub noise: f32,
    /// Whether each value is drawn black or white, with its shade as the odds.
    pub binary: bool,
}

impl Augmentation {
    /// Pictures `[n, h, w, c]` with values from 0 to 1, and what a network is fed of them.
    pub fn apply<'b>(&self, b: &'b Builder, pictures: Tensor<'b>) -> Tensor<'b> {
        let pictures = if self.flip { flipped(b, pictures) } else { pictures };
        let pictures = if self.shift > 0 { shifted(b, pictures, self.shift) } else { pictures };
        let pictures = if self.noise > 0.0 {
            let noisy = pictures + b.normal(pictures.shape()) * self.noise;
            noisy.max(b.scalar(0.0)).min(b.scalar(1.0))
        } else {
            pictures
        };
        if self.binary { (pictures - b.uniform(pictures.shape())).positive() } else { pictures }
    }
}

/// Pictures, about half of them mirrored.
fn flipped<'b>(b: &'b Builder, pictures: Tensor<'b>) -> Tensor<'b> {
    let coin = (b.uniform([pictures.shape()[0], 1, 1, 1]) - 0.5).positive();
    let mirrored = pictures.reverse(2);
    pictures + coin * (mirrored - pictures)
}

/// Pictures, each moved by up to `most` pixels up or down and left or right.
fn shifted<'b>(b: &'b Builder, pictures: Tensor<'b>, most: usize) -> Tensor<'b> {
    let places = 2 * most + 1;
    [1, 2].into_iter().fold(pictures, |pictures, axis| {
        let shape = pictures.shape();
        let chosen = b.random_index(places, shape[0]).one_hot(places);
        let framed = pictures.pad(axis, most, most);
        let at = |place: usize| {
            let weight = chosen.slice(1, place..place + 1).reshape([shape[0], 1, 1, 1]);
            framed.slice(axis, place..place + shape[axis]) * weight
        };
        (1..places).fold(at(0), |sum, place| sum + at(place))
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use terrarium_cpu::Cpu;
    use terrarium_graph::Engine;

    use super::*;

    const COUNT: usize = 500;

    /// What so many pictures of 7 × 7 are fed as, all of them the same.
    fn fed(augmentation: Augmentation, picture: [f32; 49]) -> Vec<f32> {
        let b = Builder::new();
        let fed = augmentation.apply(&b, b.input("pictures", [COUNT, 7, 7, 1]));
        let program = b.program("fed", &[("fed", fed)]);
        let graph = Arc::new(b.finish().unwrap());
        let mut engine = Cpu::new(graph.clone()).unwrap();
        engine.set_seed(1);
        engine.write_input(graph.find_input("pictures").unwrap(), &picture.repeat(COUNT)).unwrap();
        engine.run(program, 1).unwrap();
        engine.output(program, 0).unwrap().to_vec()
    }

    /// All of one shade but for its middle, which is white.
    fn spot(shade: f32) -> [f32; 49] {
        let mut picture = [shade; 49];
        picture[24] = 1.0;
        picture
    }

    #[test]
    fn a_shift_moves_whole_pictures_everywhere_within_reach() {
        let fed = fed(Augmentation { shift: 2, ..Augmentation::default() }, spot(0.0));
        let mut places = [0; 49];
        for picture in fed.chunks(49) {
            assert_eq!((picture.iter().sum::<f32>(), picture.iter().copied().fold(0.0, f32::max)), (1.0, 1.0));
            places[picture.iter().position(|v| *v == 1.0).unwrap()] += 1;
        }
        for (place, count) in places.iter().enumerate() {
            let within = (1..=5).contains(&(place / 7)) && (1..=5).contains(&(place % 7));
            assert_eq!(*count > 0, within, "{places:?}");
        }
    }

    #[test]
    fn about_half_are_mirrored_whole() {
        let picture: [f32; 49] = std::array::from_fn(|i| i as f32 / 49.0);
        let mirrored: Vec<f32> = picture.chunks(7).flat_map(|row| row.iter().rev().copied()).collect();
        let fed = fed(Augmentation { flip: true, ..Augmentation::default() }, picture);
        let near = |a: &[f32], b: &[f32]| a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-6);
        let flipped = fed.chunks(49).filter(|fed| near(fed, &mirrored)).count();
        assert!((200..300).contains(&flipped), "{flipped}");
        assert_eq!(fed.chunks(49).filter(|fed| near(fed, &picture)).count(), COUNT - flipped);
    }

    #[test]
    fn noise_has_the_width_asked_for() {
        let fed = fed(Augmentation { noise: 0.1, ..Augmentation::default() }, spot(0.5));
        let off: Vec<f32> = fed.chunks(49).map(|picture| picture[0] - 0.5).collect();
        let width = (off.iter().map(|v| v * v).sum::<f32>() / off.len() as f32).sqrt();
        assert!((width - 0.1).abs() < 0.01, "{width}");
        assert!(fed.iter().all(|v| (0.0..=1.0).contains(v)));
    }

    #[test]
    fn black_and_white_is_drawn_by_the_shade() {
        let fed = fed(Augmentation { binary: true, ..Augmentation::default() }, spot(0.25));
        assert!(fed.iter().all(|v| [0.0, 1.0].contains(v)));
        let white = fed.iter().sum::<f32>() / fed.len() as f32;
        assert!((white - (48.0 * 0.25 + 1.0) / 49.0).abs() < 0.01, "{white}");
        assert!(fed.chunks(49).all(|picture| picture[24] == 1.0));
    }
}
