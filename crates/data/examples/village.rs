//! Prints texts of Pocket World, to be read by people: so many of each kind.

use terrarium_data::text::world::{Task, document, item};

fn main() {
    let count: u32 = std::env::args().nth(1).and_then(|count| count.parse().ok()).unwrap_or(20);
    for index in 0..count {
        println!("{}<|endoftext|>", document(1, index));
    }
    for task in Task::ALL {
        println!("=== {task:?}");
        for index in 0..count {
            let item = item(task, 1, index);
            println!("{}[{}]\n", item.prompt, item.answer.trim_end());
        }
    }
}
