//! The tasks in plain words: what each asks for, and what it shows of large models and what it does not.

use terrarium_data::text::world::Task;

pub struct About {
    pub task: Task,
    pub label: &'static str,
    /// What is asked for, and how it is judged.
    pub help: &'static str,
    /// What to make of it.
    pub lesson: &'static str,
}

pub static TASKS: [About; 10] = [
    About {
        task: Task::Story,
        label: "Story",
        help: "The model goes on with a story. Each of its sentences is read back into facts, which are held against the beginning.",
        lesson: "Large models write in the same way, one token after the other, and far better. That a text reads well does not mean \
                 that it agrees with itself: nobody checks facts while a model writes, here or there. Stories are drawn. Draw at \
                 temperature 0, always the likeliest, and people come to meet themselves: each of a hundred new names is less likely \
                 than one that is in the story already.",
    },
    About {
        task: Task::Answer,
        label: "Answer",
        help: "The model answers a question about a story. Some questions are about what the story does not say, and that is then the right answer. \
               Write a story or a question of your own: what is true is read from it, as far as its sentences are the village's.",
        lesson: "A model that has learnt to answer answers, whether it can know or not. This one was shown when to say that it \
                 cannot; large models are taught that, too, and still make things up, the more so the rarer the fact.",
    },
    About {
        task: Task::Summarise,
        label: "Summarise",
        help: "The model says a story in one sentence.",
        lesson: "A summary leaves things out, and what was left out or turned around is seen only by who has read the whole. Here the one \
                 right sentence is known; of real texts there is none, and judging is left to people.",
    },
    About {
        task: Task::Talk,
        label: "Talk",
        help: "Two villagers talk about the story. Each line is held against what happened.",
        lesson: "Chat is nothing but text that goes on, with turns marked in it. Nobody is behind the names: the model writes both sides \
                 alike.",
    },
    About {
        task: Task::ToFrench,
        label: "To French",
        help: "The model translates a sentence into French: gender, agreement, elision, negation and all.",
        lesson: "The first Transformer was made for translation. This one knows some hundred words, so it shows that grammar can be learnt from \
                 pairs of sentences alone, not that a small model could translate what people write.",
    },
    About {
        task: Task::ToEnglish,
        label: "To English",
        help: "The same the other way.",
        lesson: "Both ways are one model: what it is to do is said in the text, as a prompt says it to a large one.",
    },
    About {
        task: Task::Run,
        label: "Run step by step",
        help: "The model works out what a short program prints, writing down each step. The first wrong step is marked. Write a program of \
               your own: it is run to know what is true.",
        lesson: "Each step is short and can be read off the text, so that little has to be foreseen at a time. Large models are made to \
                 “think” aloud for the same reason. What they write on the way looks like reasons, and need not be the cause of the answer.",
    },
    About {
        task: Task::RunAtOnce,
        label: "Run at once",
        help: "The same without a word in between: the model has to say at once what the program prints.",
        lesson: "Now all sums must be done one after the other inside the few layers, before the first number is written. Compare the scores of \
                 the two: the model is the same. Where there is more to do than layers, only writing helps, or a real computer.",
    },
    About {
        task: Task::Write,
        label: "Write a program",
        help: "The model writes the program that words describe. Whatever prints the same counts.",
        lesson: "Programs can be tested, which makes them one of the things that models are most useful for, and only as far as \
                 somebody does test them.",
    },
    About {
        task: Task::FewShot,
        label: "Few-shot",
        help: "A made-up mapping of words, which nobody can know but from examples of the same kind. Switch examples off and on.",
        lesson: "Nothing is learnt here: no weight changes. The model finds in its prompt what goes with what. Large models do this with tasks they \
                 have hardly met; this one has practised many such puzzles, so it shows the effect and not its reach.",
    },
];

pub fn about(task: Task) -> &'static About {
    TASKS.iter().find(|about| about.task == task).expect("there is one for each task, as a test sees to")
}

/// Whether there are many right ways to go on, so that what is said is judged by the prompt alone.
pub fn is_open(task: Task) -> bool {
    matches!(task, Task::Story | Task::Talk)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_task_is_told_about() {
        for task in Task::ALL {
            assert_eq!(TASKS.iter().filter(|about| about.task == task).count(), 1, "{}", task.name());
        }
    }
}
