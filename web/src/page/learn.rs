//! What it is all about, for those who see it for the first time.

use leptos::prelude::*;

#[component]
pub fn Learn() -> impl IntoView {
    view! {
        <section class="learn panel" id="learn" aria-labelledby="learn-title">
            <div class="idea">
                <h2 id="learn-title">"What am I looking at?"</h2>
                <p>
                    "Two small neural networks play against each other, right here in this tab. \
                    The generator gets random numbers and turns each handful into a point, hoping that it looks real. \
                    The discriminator gets real points and generated ones, and learns to tell which is which. \
                    Whatever gives a forgery away, the generator then learns to avoid, so both get better together. \
                    If all goes well, the generated points end up where the real ones are, \
                    although the generator has never seen a single one of them."
                </p>
            </div>
            <div class="concepts">
                <article class="of-generator">
                    <h3>"Generator"</h3>
                    <p>
                        "A function from noise to points. At first it maps all noise to one small heap; training bends and \
                        stretches that heap over the data. Switch on the grid to see how it folds the plane of noise."
                    </p>
                </article>
                <article class="of-discriminator">
                    <h3>"Discriminator"</h3>
                    <p>
                        "A function from points to a verdict. The colours behind the points are that verdict: blue where it \
                        takes points for real, orange where it takes them for generated. The arrows show where it pulls."
                    </p>
                </article>
                <article>
                    <h3>"Losses"</h3>
                    <p>
                        "Each network's own account of how badly it plays. In a game neither can win for good: \
                        a balance is what you want, and a loss that runs to zero means that one side has stopped learning."
                    </p>
                </article>
                <article>
                    <h3>"Mode collapse"</h3>
                    <p>
                        "The generator finds one spot that fools the discriminator and puts everything there. \
                        The discriminator catches on, the heap moves elsewhere, and the rest of the data is forgotten. \
                        Try the set-up “Mode collapse”, then mend it."
                    </p>
                </article>
            </div>
            <footer>
                "Everything is computed on your own device, and nothing you do here leaves it."
            </footer>
        </section>
    }
}
