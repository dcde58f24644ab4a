//! The plane of the latent space that the map shows.

use terrarium_data::pca::Plane;

/// Half the side of the map's square, in standard deviations of the prior, as long as most codes lie in it.
const REACH: f32 = 3.0;
/// The share of the codes' coordinates that the square has room for.
const MOST: f32 = 0.98;

/// A square of the latent space.
#[derive(Clone, Debug, PartialEq)]
pub struct Map {
    pub plane: Plane,
    /// Half its side.
    pub reach: f32,
    /// What its axes are called: to the right and up.
    pub names: [String; 2],
}

/// Where held-out pictures lie, and by that the latent space's principal components.
#[derive(Clone, Debug, Default)]
pub struct Atlas {
    latent: usize,
    /// Picture by picture.
    codes: Vec<f32>,
    /// Those of older codes where `stale`, which new ones are not to jump away from.
    principal: Option<Plane>,
    stale: bool,
}

impl Atlas {
    pub fn new(latent: usize) -> Atlas {
        Atlas { latent, ..Atlas::default() }
    }

    /// Takes over where pictures lie now.
    pub fn update(&mut self, codes: &[f32]) {
        self.codes = codes.to_vec();
        self.stale = true;
    }

    /// The map along two dimensions of the space, the others at their means; or, where none are chosen or not two different ones,
    /// along the two there are, or the first two principal components.
    pub fn map(&mut self, axes: Option<[u32; 2]>) -> Map {
        let chosen = axes.map(|axes| axes.map(|axis| axis as usize));
        match chosen.filter(|[a, b]| a != b && a.max(b) < &self.latent) {
            Some(axes) => self.along(axes),
            None if self.latent <= 2 => self.along([0, 1]),
            None => self.principal(),
        }
    }

    fn along(&self, axes: [usize; 2]) -> Map {
        let mut mean = vec![0.0; self.latent];
        let count = (self.codes.len() / self.latent).max(1) as f32;
        for code in self.codes.chunks_exact(self.latent) {
            mean.iter_mut().zip(code).for_each(|(mean, z)| *mean += z / count);
        }
        axes.iter().for_each(|axis| mean[*axis] = 0.0);
        let unit = |axis: usize| (0..self.latent).map(|i| if i == axis { 1.0 } else { 0.0 }).collect();
        let plane = Plane { mean, axes: axes.map(unit), explained: [0.0; 2] };
        self.framed(plane, axes.map(|axis| format!("z {}", axis + 1)))
    }

    fn principal(&mut self) -> Map {
        if self.stale {
            self.stale = false;
            let plane = Plane::of(&self.codes, self.latent);
            self.principal = Some(match self.principal.take() {
                Some(before) => turned_like(&before, plane),
                None => plane,
            });
        }
        match &self.principal {
            // Where codes do not vary in two directions, any will do.
            Some(plane) if plane.axes.iter().all(|axis| axis.iter().any(|v| *v != 0.0)) => {
                self.framed(plane.clone(), ["First component", "Second component"].map(str::to_string))
            }
            _ => self.along([0, 1]),
        }
    }

    /// A square of the plane that has room for most codes, larger than it has to be rather than changing all the time.
    fn framed(&self, plane: Plane, names: [String; 2]) -> Map {
        let far = |code: &[f32]| plane.project(code).into_iter().map(f32::abs).fold(0.0, f32::max);
        let mut distances: Vec<f32> = self.codes.chunks_exact(self.latent).map(far).collect();
        distances.sort_unstable_by(f32::total_cmp);
        let most = distances.get((MOST * distances.len() as f32) as usize).copied().unwrap_or_default();
        let mut reach = REACH;
        // A number that is none ends this too.
        while reach < most && reach < f32::MAX / 4.0 {
            reach *= 2.0;
        }
        Map { plane, reach, names }
    }
}

impl Map {
    /// The point of the space at a place of the square, from −1 to 1, to the right and up.
    pub fn at(&self, place: [f32; 2]) -> Vec<f32> {
        self.plane.lift(place.map(|v| v * self.reach))
    }
}

/// The same plane with its axes in the order, and in the directions, in which they are nearest to those of the one before.
fn turned_like(before: &Plane, mut plane: Plane) -> Plane {
    let likeness = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
    let all = |plane: &Plane| (0..2).map(|i| likeness(&plane.axes[i], &before.axes[i]).abs()).sum::<f32>();
    let mut swapped = plane.clone();
    swapped.axes.reverse();
    swapped.explained.reverse();
    if all(&swapped) > all(&plane) {
        plane = swapped;
    }
    for (axis, before) in plane.axes.iter_mut().zip(&before.axes) {
        if likeness(axis, before) < 0.0 {
            axis.iter_mut().for_each(|v| *v = -*v);
        }
    }
    plane
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Codes in four dimensions that vary by so much in the first two, and by less in the others.
    fn cloud(first: f32, second: f32) -> Vec<f32> {
        let mut codes = Vec::new();
        for i in 0..100 {
            let at = |turns: f32| (i as f32 / 100.0 * turns * std::f32::consts::TAU).sin();
            codes.extend([1.0 + first * at(1.0), second * at(2.0), 0.1 * at(3.0), 5.0]);
        }
        codes
    }

    #[test]
    fn two_dimensions_are_the_map_themselves() {
        let mut atlas = Atlas::new(2);
        atlas.update(&[1.0, 2.0, 0.5, -2.0]);
        let map = atlas.map(None);
        assert_eq!((map.at([0.5, -1.0]), map.reach, &map.names[1][..]), (vec![1.5, -3.0], 3.0, "z 2"));
        assert_eq!(atlas.map(Some([1, 0])).at([0.5, -1.0]), [-3.0, 1.5]);
    }

    #[test]
    fn other_dimensions_are_at_their_means() {
        let mut atlas = Atlas::new(4);
        atlas.update(&cloud(1.0, 1.0));
        let point = atlas.map(Some([3, 1])).at([1.0, 0.0]);
        for (found, expected) in point.iter().zip([1.0, 0.0, 0.0, 6.0]) {
            assert!((found - expected).abs() < 1e-4, "{point:?}");
        }
    }

    #[test]
    fn the_map_grows_where_codes_do_not_fit() {
        let mut atlas = Atlas::new(4);
        atlas.update(&cloud(20.0, 1.0));
        assert_eq!((atlas.map(None).reach, atlas.map(Some([1, 2])).reach, atlas.map(Some([0, 1])).reach), (24.0, 3.0, 24.0));
        atlas.update(&[f32::INFINITY; 4]);
        assert!(atlas.map(Some([0, 1])).reach.is_finite());
    }

    #[test]
    fn axes_keep_their_order_and_direction() {
        let mut atlas = Atlas::new(4);
        atlas.update(&cloud(2.0, 1.0));
        let before = atlas.map(None).plane;
        assert!(before.axes[0][0].abs() > 0.99 && before.axes[1][1].abs() > 0.99, "{before:?}");
        atlas.update(&cloud(-1.0, -2.0));
        let after = atlas.map(None).plane;
        for (before, after) in before.axes.iter().zip(&after.axes) {
            assert!(before.iter().zip(after).map(|(a, b)| a * b).sum::<f32>() > 0.99);
        }
        assert!(after.explained[1] > after.explained[0]);
    }

    #[test]
    fn without_components_or_codes_or_with_axes_that_there_are_not_there_is_a_map_all_the_same() {
        let mut atlas = Atlas::new(4);
        assert_eq!(atlas.map(None).names, ["z 1", "z 2"]);
        atlas.update(&[1.0; 40]);
        assert_eq!(atlas.map(None).names, ["z 1", "z 2"]);
        assert_eq!(atlas.map(Some([2, 2])), atlas.map(None));
        assert_eq!(atlas.map(Some([4, 0])), atlas.map(None));
        atlas.update(&cloud(1.0, 0.5));
        assert_eq!(atlas.map(None).names[0], "First component");
    }
}
