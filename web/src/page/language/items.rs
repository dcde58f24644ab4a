//! What the model answers to questions that it has never seen, where the text is a task.

use leptos::prelude::*;
use terrarium_labs::language::{Answer, Item, Question};

use super::told;
use crate::icons::{Icon, icon};
use crate::lab::Lab;
use crate::techniques::keep::{Problem, keep};
use crate::techniques::parts::panel;

/// Items shown at a time.
const COUNT: u32 = 8;

pub fn items(lab: Lab) -> impl IntoView {
    let is_task = Memo::new(move |_| lab.writing.about.with(|about| about.as_ref().is_some_and(|about| about.task)));
    let help = "Questions that were kept out of the training text, with what the model answers when it always takes the likeliest token. \
                Wrong letters are marked.";
    move || is_task.get().then(|| panel("items", "Does it know?", help, move |shown| view! { <Table lab shown /> }))
}

/// The letters of an answer, each with whether it is as it should be. Letters that are missing stand as gaps.
fn marked(said: &str, answer: &str) -> Vec<(char, bool)> {
    // What ends a line ends the answer.
    let said: Vec<char> = said.trim_end_matches('\n').chars().collect();
    let wanted: Vec<char> = answer.chars().collect();
    (0..said.len().max(wanted.len())).map(|i| (said.get(i).copied().unwrap_or('_'), said.get(i) == wanted.get(i))).collect()
}

#[component]
fn Table(lab: Lab, shown: Signal<bool>) -> impl IntoView {
    let from = RwSignal::new(0_u32);
    let kept =
        keep(lab, move || (shown.get() && !lab.writing.busy.get()).then(|| Question::Items { from: from.get(), count: COUNT }));
    let items = told(kept, |answer| match answer {
        Answer::Items(items) => Some(items),
        _ => None,
    });
    let row = |Item { prompt, answer, said, right }: Item| {
        let letter = |(letter, right): (char, bool)| {
            if right {
                view! { <span>{letter.to_string()}</span> }.into_any()
            } else {
                view! { <mark>{letter.to_string()}</mark> }.into_any()
            }
        };
        let verdict = if right { "right" } else { "wrong" };
        view! {
            <tr>
                <td>{prompt}</td>
                <td>{marked(&said, &answer).into_iter().map(letter).collect_view()}</td>
                <td>{answer}</td>
                <td class=verdict>
                    {icon(if right { Icon::Good } else { Icon::Close })}
                    <span class="visually-hidden">{verdict}</span>
                </td>
            </tr>
        }
    };
    let is_last = move || items.with(|items| items.as_ref().is_none_or(|items| (items.len() as u32) < COUNT));
    view! {
        <table class="items-table">
            <thead>
                <tr>
                    <th scope="col">"Question"</th>
                    <th scope="col">"It says"</th>
                    <th scope="col">"Right is"</th>
                    <th>
                        <span class="visually-hidden">"Verdict"</span>
                    </th>
                </tr>
            </thead>
            <tbody>{move || items.get().unwrap_or_default().into_iter().map(row).collect_view()}</tbody>
        </table>
        <div class="buttons">
            <button class="button" type="button" disabled=is_last on:click=move |_| from.update(|from| *from += COUNT)>
                "Others"
            </button>
            <button class="button quiet" type="button" disabled=move || from.get() == 0 on:click=move |_| from.set(0)>
                "The first again"
            </button>
        </div>
        <Problem kept />
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrong_missing_and_superfluous_letters_are_marked() {
        assert_eq!(marked("cbx\n", "cba"), [('c', true), ('b', true), ('x', false)]);
        assert_eq!(marked("c", "cb"), [('c', true), ('_', false)]);
        assert_eq!(marked("cbb", "cb"), [('c', true), ('b', true), ('b', false)]);
    }
}
