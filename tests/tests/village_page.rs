//! The language lab as it opens: with the model that ships, which has read Pocket World.

use std::fs;

use serde_json::json;
use terrarium_data::text::world::Task;
use terrarium_labs::language::{Answer, LAB, Question, Score};
use terrarium_labs::library::Folder;
use terrarium_labs::protocol::{EngineKind, SetUp};
use terrarium_labs::{Engines, Session};
use terrarium_tests::{BrowserOptions, Page, SiteOptions, dist};

const OPENED: &str = "!document.querySelector('#let-it-answer').disabled && document.querySelector('#village-prompt').value";

/// Opens the lab as visitors do who have chosen nothing.
async fn open(browser: BrowserOptions) -> Page {
    let page = Page::open_with("?lab=language", browser, SiteOptions::default()).await;
    page.until(&format!("document.querySelector('#let-it-answer') && {OPENED}")).await;
    page
}

/// Chooses a task, and waits until its first exercise is there.
async fn choose(page: &Page, task: &str, begins: &str) {
    page.click_button(task).await;
    page.until(&format!("document.querySelector('#village-prompt').value.startsWith({begins:?}) && {OPENED}")).await;
}

async fn answer(page: &Page) {
    page.click("#let-it-answer").await;
    page.until("document.querySelector('#verdict')?.textContent.length > 0 && document.querySelector('#said')").await;
}

#[tokio::test]
async fn a_story_is_told_at_once_and_held_against_its_beginning() {
    let page = open(BrowserOptions::default()).await;
    assert!(page.text(".presets").await.contains("A trained model to play with at once"));
    let began = page.js("return performance.now()").await.as_f64().unwrap();
    answer(&page).await;
    let took = page.js("return performance.now()").await.as_f64().unwrap() - began;
    assert!(took < 10_000.0, "a story took {took} ms");
    assert!(page.text("#said").await.split_whitespace().count() > 5);
    let verdict = page.text("#verdict").await;
    assert!(verdict.contains("fact") || verdict.contains("nothing"), "{verdict}");
    // Whatever is marked has its reason.
    assert_eq!(
        page.js("return document.querySelectorAll('#said mark').length == document.querySelectorAll('.reasons li').length").await,
        json!(true)
    );
    assert!(page.text("#truth").await.len() > 10);

    // Another exercise, and what is changed of it.
    let first = page.js("return document.querySelector('#village-prompt').value").await;
    page.click("#exercise-next").await;
    page.until(&format!("document.querySelector('#village-prompt').value != {first}")).await;
    page.set("#village-prompt", "Story: Rain\nTom was in the kitchen.").await;
    answer(&page).await;
    page.click_button("As it was").await;
    page.until("document.querySelector('#village-prompt').value.length > 50 && !document.querySelector('#said')").await;
    page.assert_no_errors().await;
}

#[tokio::test]
async fn questions_are_picked_and_those_that_the_story_does_not_answer_are_marked() {
    let page = open(BrowserOptions::default()).await;
    choose(&page, "Answer", "Story:").await;
    page.until("document.querySelectorAll('.question').length > 3 && document.querySelectorAll('.untold').length > 0").await;
    page.js("document.querySelector('.question:has(.untold) input').click()").await;
    let asked = page.text(".question:has(.untold) span").await;
    page.until(&format!("document.querySelector('#village-prompt').value.includes({asked:?})")).await;
    answer(&page).await;
    assert_eq!(page.text("#truth").await, "The story does not say.");
    assert!(page.text(".sure").await.contains('%'));
    // What is true of a story and a question of the visitor's own is read from the story, if it can be.
    page.set("#village-prompt", "Story: Mine\nMia was in the garden. She went to the school.\nQuestion: Where is Mia?\nAnswer:")
        .await;
    answer(&page).await;
    assert_eq!(page.text("#truth").await, "At the school.");
    page.set("#village-prompt", "Story: Mine\nMia was in the garden.\nQuestion: Who is it?\nAnswer:").await;
    answer(&page).await;
    assert!(page.text("#verdict").await.contains("You have changed what is asked"));
    assert_eq!(page.js("return document.querySelector('#truth')").await, json!(null));
    page.assert_no_errors().await;
}

#[tokio::test]
async fn a_visitor_s_program_is_run() {
    let page = open(BrowserOptions::default()).await;
    choose(&page, "Run step by step", "Code:").await;
    page.set("#village-prompt", "Code:\nx = 3\nprint x + 1\nSteps:").await;
    answer(&page).await;
    assert_eq!(page.text("#truth").await, "x = 3\nprint x + 1 = 3 + 1 = 4\nPrints: 4");
    page.set("#village-prompt", "Code:\nx = 3\nprint y\nSteps:").await;
    answer(&page).await;
    assert!(page.text("#verdict").await.contains("Line 2: y has no value yet."));
    page.assert_no_errors().await;
}

#[tokio::test]
async fn examples_are_switched_off_and_on_and_mappings_are_graded_by_their_number() {
    let page = open(BrowserOptions::default()).await;
    choose(&page, "Few-shot", "Pairs:").await;
    page.until("document.querySelectorAll('.examples .chip').length == 8").await;
    answer(&page).await;
    for left in (5..8).rev() {
        page.js(&format!("document.querySelectorAll('.examples .chip')[{left}].click()")).await;
        page.until(&format!(
            "document.querySelector('#village-prompt').value.split('\\n').length == {} && document.querySelector('#village').textContent.includes('{left} of 8 examples')",
            left + 2
        ))
        .await;
    }
    // It answers anew by itself.
    page.until("document.querySelector('#said') && !document.querySelector('#let-it-answer').disabled").await;

    page.go_to("shots").await;
    page.click("#grade-shots").await;
    page.until("document.querySelectorAll('#shots-plot circle').length >= 5").await;
    page.click("#grade-shots").await;
    page.until("document.querySelector('#grade-shots').textContent == 'Grade 100 more'").await;
    assert!(page.text("#grade-few-shot").await.contains("Grade"));
    assert!(page.text("#scores").await.contains("held-out items"));
    page.assert_no_errors().await;
}

#[tokio::test]
async fn scores_stay_while_the_model_stands_and_go_when_it_learns() {
    let page = open(BrowserOptions::default()).await;
    page.go_to("made-up").await;
    page.click("#grade-answer").await;
    page.until("document.querySelectorAll('#calibration circle').length > 0 && document.querySelector('.grading progress')").await;
    page.click("#grade-answer").await;
    page.until("document.querySelector('#grade-answer').textContent == 'Grade 100 more'").await;
    let before = page.text("#scores .task-scores:has(#grade-answer) .technique-note").await;
    // Another task leaves them as they are, and more is added to what there was.
    page.click("#grade-run").await;
    page.until("document.querySelector('.task-scores:has(#grade-run) .score-bars')").await;
    page.click("#grade-run").await;
    page.until("!document.querySelector('#grade-answer').disabled").await;
    assert_eq!(page.text("#scores .task-scores:has(#grade-answer) .technique-note").await, before);
    page.click("#grade-answer").await;
    page.until(&format!(
        "document.querySelector('#scores .task-scores:has(#grade-answer) .technique-note').textContent != {before:?}"
    ))
    .await;
    page.click("#grade-answer").await;
    page.until("!document.querySelector('#grade-run').disabled").await;

    answer(&page).await;
    assert_eq!(page.text(".outdated").await, "");
    page.play_to(1).await;
    page.until("document.querySelectorAll('.score-bars li').length == 0").await;
    page.pause().await;
    // What the model said before it learnt is told to be old, until it answers again.
    assert!(page.text(".outdated").await.contains("said this after 0 steps"));
    page.click("#let-it-answer").await;
    page.until("document.querySelector('.outdated').textContent == ''").await;
    page.assert_no_errors().await;
}

/// Scores as the page shows them: what of, in words, and the ends of the bar and of its interval.
fn shown(scores: &[Score]) -> Vec<[String; 5]> {
    let row = |Score { label, value, interval, of, .. }: &Score| {
        let said = match interval {
            Some([low, high]) => format!("{value:.0}\u{202f}% ({low:.0} to {high:.0}) of {of}"),
            None => format!("{value:.1} over {of}"),
        };
        let [low, high] = interval.unwrap_or([*value; 2]);
        let [value, low, high] = [*value, low, high].map(|number| format!("{number:.1}%"));
        [label.clone(), said, value, low, high]
    };
    scores.iter().map(row).collect()
}

/// The first 100 items of a task, graded as `terrarium evaluate --items 100` does.
async fn graded(session: &mut Session, task: Task) -> Vec<Score> {
    let question = Question::Grade { task, seed: 1, from: 0, count: 100 };
    match session.ask(question.into(), &|_| ()).await.unwrap().language {
        Some(Answer::Graded(report)) => report.scores,
        other => panic!("no grades but {other:?}"),
    }
}

#[tokio::test]
async fn page_and_command_line_give_the_same_scores() {
    let assets = dist().join("assets");
    let base = fs::read(assets.join("village.safetensors")).unwrap().into();
    let changes = [("data", "world"), ("documents", "1000")].map(|(key, value)| (key.to_string(), value.to_string()));
    let set_up = SetUp { lab: LAB.slug.to_string(), changes: changes.into(), base, ..SetUp::default() };
    let mut session = Session::new(&set_up, &Folder(assets), &Engines::without_gpu(), EngineKind::Cpu).await.unwrap();

    let page = open(BrowserOptions::default()).await;
    page.go_to("scores").await;
    for task in [Task::Answer, Task::ToFrench, Task::RunAtOnce] {
        let button = format!("#grade-{}", task.name());
        page.until(&format!("document.querySelector({button:?}) && !document.querySelector({button:?}).disabled")).await;
        page.click(&button).await;
        let scores = format!(".task-scores:has({button})");
        page.until(&format!(
            "document.querySelector('{scores} .technique-note')?.textContent == 'Of 100 held-out items' && !document.querySelector('.grading progress')"
        ))
        .await;
        let rows = page
            .js(&format!(
                "return [...document.querySelectorAll('{scores} .score-bars li')].map(row => [
                     row.querySelector('span').textContent,
                     row.querySelector('output').textContent,
                     ...['--value', '--low', '--high'].map(end => row.querySelector('.score-bar').style.getPropertyValue(end)),
                 ])"
            ))
            .await;
        assert_eq!(rows, json!(shown(&graded(&mut session, task).await)), "{}", task.name());
    }
    page.assert_no_errors().await;
}

#[tokio::test]
async fn other_links_and_set_ups_lead_elsewhere() {
    let page = open(BrowserOptions::default()).await;
    // What the model brings along is shown, and need not be in the link.
    page.until("document.querySelector('#facts dd')").await;
    assert_eq!(page.js("return location.search").await, json!("?lab=language&seed=1"));
    page.click_button("Names").await;
    page.until("location.search.includes('data=names') && !document.querySelector('#village')").await;
    page.visit("?lab=language&seed=1&data=names").await;
    page.until("document.querySelector('#facts dd')").await;
    assert_eq!(page.js("return document.querySelector('#village')").await, json!(null));
    // A model that has read the village goes on with names, and can still be asked about it.
    page.click_button("Village, then names").await;
    page.until("document.querySelector('.charts').textContent.includes('text before')").await;
    page.until(&format!("document.querySelector('#let-it-answer') && {OPENED}")).await;
    page.assert_no_errors().await;
}

#[tokio::test]
async fn it_fits_a_phone() {
    let phone = BrowserOptions { viewport: (360, 740), ..BrowserOptions::default() };
    let page = open(phone).await;
    for (task, begins) in [("Story", "Story:"), ("Answer", "Story:"), ("Few-shot", "Pairs:")] {
        choose(&page, task, begins).await;
        answer(&page).await;
    }
    for panel in ["scores", "made-up", "shots"] {
        page.go_to(panel).await;
    }
    assert_eq!(page.js("return document.documentElement.scrollWidth <= innerWidth").await, json!(true));
    page.assert_no_errors().await;
}
