//! Prints texts of Pocket World, to be read by people, or measures them.

use terrarium_data::text::world::{Task, document, item};

fn main() {
    let count: u32 = std::env::args().nth(1).and_then(|count| count.parse().ok()).unwrap_or(20);
    for index in 0..count {
        println!("{}<|endoftext|>", document(1, index));
    }
    if count < 100 {
        for task in [Task::Story, Task::Answer, Task::Summarise, Task::Talk, Task::ToFrench, Task::ToEnglish] {
            println!("=== {task:?}");
            for index in 0..3 {
                let item = item(task, 1, index);
                println!("{}[{}] {:?} {}\n", item.prompt, item.answer, item.asks, item.is_new_pair);
            }
        }
    }
}
