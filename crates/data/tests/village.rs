//! Items of Pocket World that people have read, and whether it still makes them.

use terrarium_data::text::world::{Task, item};

/// How many of each task.
const ITEMS: u32 = 200;

const READ: &str = include_str!("village.txt");

/// Held-out items of every task: what is asked, and in square brackets what is right to go on with.
fn village() -> String {
    let mut text = String::new();
    for task in Task::ALL {
        text += &format!("=== {}\n\n", task.name());
        for index in 0..ITEMS {
            let item = item(task, 1, index);
            text += &format!("{}[{}]\n\n", item.prompt, item.answer.trim_end());
        }
    }
    text
}

/// After a change to what texts say: `cargo test -p terrarium-data --test village -- --ignored`, and read what is different.
#[test]
#[ignore = "writes the file that the other test compares with"]
fn write() {
    std::fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/village.txt"), village()).unwrap();
}

#[test]
fn texts_are_those_that_were_read() {
    for (i, (made, read)) in village().lines().zip(READ.lines()).enumerate() {
        assert_eq!(made, read, "line {}", i + 1);
    }
    assert_eq!(village().len(), READ.len());
}
