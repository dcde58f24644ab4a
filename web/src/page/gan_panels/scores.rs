//! What the discriminator thinks.

use leptos::prelude::*;
use terrarium_labs::image_gan::Question;
use terrarium_labs::protocol::Gallery;

use super::diversity::Shares;
use crate::lab::Lab;
use crate::techniques::keep::{Problem, keep};
use crate::techniques::parts::panel;
use crate::techniques::pictures::{Captioned, count};

/// Pictures shown of a wall.
const SHOWN: usize = 6;

pub fn scores(lab: Lab) -> impl IntoView {
    let help = "Under each picture, how sure the discriminator is that it is real. Where it cannot tell samples from real pictures any \
                more, the generator has won.";
    panel("scores", "What the discriminator thinks", help, move |shown| view! { <Walls lab shown /> })
}

#[component]
fn Walls(lab: Lab, shown: Signal<bool>) -> impl IntoView {
    let kept = keep(lab, move || shown.get().then_some(Question::Scores));
    let some_of = move |wall: usize| Signal::derive(move || kept.answered.with(|a| Some(some(a.as_ref()?.1.galleries.get(wall)?))));
    let figures = Signal::derive(move || kept.figures());
    view! {
        <div class="judged of-generator">
            <h4>"Samples"</h4>
            <Captioned gallery=some_of(0) label="Samples, and how real each is thought to be" />
        </div>
        <div class="judged of-real">
            <h4>"Real"</h4>
            <Captioned gallery=some_of(1) label="Real pictures, and how real each is thought to be" />
        </div>
        <Shares figures />
        <Problem kept />
    }
}

/// A few pictures from all over a wall, side by side.
fn some(wall: &Gallery) -> Gallery {
    let (count, one) = (count(wall), (wall.height * wall.width * wall.channels) as usize);
    let shown = SHOWN.min(count);
    let taken: Vec<usize> = (0..shown).map(|i| i * count / shown).collect();
    let pixels = taken.iter().flat_map(|i| &wall.pixels[i * one..(i + 1) * one]).copied().collect();
    let captions = taken.iter().filter_map(|i| wall.captions.get(*i).cloned()).collect();
    Gallery { columns: shown as u32, pixels, captions, ..*wall }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_pictures_are_from_all_over_a_wall_with_their_captions() {
        let captions = (0..24).map(|i| i.to_string()).collect();
        let wall = Gallery { height: 1, width: 2, channels: 1, columns: 8, pixels: (0..48).collect(), captions };
        let few = some(&wall);
        assert_eq!(few.captions, ["0", "4", "8", "12", "16", "20"]);
        assert_eq!((few.pixels, few.columns), (vec![0, 1, 8, 9, 16, 17, 24, 25, 32, 33, 40, 41], 6));
        assert_eq!(some(&Gallery::default()), Gallery::default());
    }
}
