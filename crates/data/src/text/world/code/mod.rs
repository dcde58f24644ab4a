//! A tiny programming language, so that what a model makes of code can be run.
//!
//! A statement stands on a line, and `if` and `repeat` hold a single action, on the same line:
//!
//! ```text
//! x = 3
//! y = x + 4
//! if y > 5: print y
//! repeat 3: x = x + 2
//! print x
//! ```
//!
//! Variables are single small letters, numbers are whole and lie between 0 and 99, and what a program prints is one line of numbers.
//! There are three tasks: to work out what a program prints, line by line ([`Task::Run`]: Nye et al., 2021, “Show Your Work: Scratchpads
//! for Intermediate Computation with Language Models”), to say it at once ([`Task::RunAtOnce`]), and to write the program that English
//! words describe ([`Task::Write`]). Programs are made up without end; which are held out is a matter of the program alone, whatever the seed and the
//! task, so that training text has none of them.

mod describe;
mod parse;
mod random;
mod run;

use std::fmt;

pub use parse::ParseError;
pub use run::{MAX_STEPS, RunError};

use crate::text::chance::{Dice, hash};
use crate::text::tasks::Item;

/// The greatest number; the least is 0.
pub const MAX: u8 = 99;

const CODE: &str = "Code:\n";

/// One program in so many is held out.
const HELD_OUT: u64 = 10;

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Program {
    /// Run from the first to the last.
    pub lines: Vec<Statement>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Statement {
    Do(Action),
    /// Does it where the condition holds.
    If(Condition, Action),
    /// Does it so many times.
    Repeat(u8, Action),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// Gives a variable, a letter from a to z, a value.
    Set(char, Expression),
    Print(Expression),
}

/// An operand by itself, or two with an operator between.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Expression {
    Operand(Operand),
    Operation(Operand, Operator, Operand),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operand {
    Number(u8),
    Variable(char),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operator {
    Plus,
    Minus,
    Times,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Condition {
    pub left: Operand,
    pub comparison: Comparison,
    pub right: Operand,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Comparison {
    Greater,
    Less,
    Equal,
}

/// What is asked of a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Task {
    /// From a program to what it prints, by way of what it does.
    Run,
    /// From a program straight to what it prints.
    RunAtOnce,
    /// From words to the program.
    Write,
}

impl Task {
    pub const ALL: [Task; 3] = [Task::Run, Task::RunAtOnce, Task::Write];

    /// Item `index` of those of a seed. Training items and held-out ones share no program, whatever their seeds. The prompt ends right
    /// before the answer, with `Steps:`, `Prints:` or `Code:`; the answer begins with the space or line break that follows in a text, and ends with a line.
    pub fn item(self, seed: u64, index: u32, held_out: bool) -> Item {
        let mut dice = Dice::new(seed, 0xC0DE + self as u32, index);
        let program = loop {
            let program = Program::random(&mut dice);
            if program.is_held_out() == held_out {
                break program;
            }
        };
        let prompt = match self {
            Task::Run | Task::RunAtOnce => format!("{CODE}{program}\n{}", self.asks()),
            Task::Write => format!("Words: {}\n{}", program.describe(&mut dice), self.asks()),
        };
        // A made-up program runs without errors.
        Item { prompt, answer: self.answer(&program).unwrap_or_default() }
    }

    /// What a prompt ends with.
    const fn asks(self) -> &'static str {
        match self {
            Task::Run => "Steps:",
            Task::RunAtOnce => "Prints:",
            Task::Write => "Code:",
        }
    }

    fn answer(self, program: &Program) -> Result<String, RunError> {
        Ok(match self {
            Task::Run => {
                let (steps, printed) = program.work_out()?;
                format!("\n{}\nPrints: {printed}\n", steps.join("\n"))
            }
            Task::RunAtOnce => format!(" {}\n", program.run()?),
            Task::Write => format!("\n{program}\n"),
        })
    }

    /// What is right to go on with after a prompt that somebody made up, where the prompt has a program in it; nothing where it has none.
    ///
    /// # Errors
    /// In words, where what stands there is no program, or does not run.
    pub fn truth(self, prompt: &str) -> Option<Result<String, String>> {
        let code = prompt.strip_prefix(CODE)?.trim_end().strip_suffix(self.asks())?;
        let program = code.parse::<Program>().map_err(|error| error.to_string());
        Some(program.and_then(|program| self.answer(&program).map_err(|error| error.to_string())))
    }
}

impl Program {
    /// Whether the program is kept out of training. Two that differ only in that x and y have changed places are one.
    pub fn is_held_out(&self) -> bool {
        let text = self.to_string();
        let swapped = |letter| match letter {
            'x' => 'y',
            'y' => 'x',
            other => other,
        };
        // No word of the language has an x or a y in it.
        let text = if text.starts_with('y') { text.chars().map(swapped).collect() } else { text };
        hash(&text).is_multiple_of(HELD_OUT)
    }
}

/// Whether two texts are programs that run without errors and print the same: what execution accuracy counts of written programs.
pub fn print_the_same(a: &str, b: &str) -> bool {
    let printed = |text: &str| text.parse::<Program>().ok()?.run().ok();
    printed(a).is_some_and(|printed_by_a| printed(b) == Some(printed_by_a))
}

impl fmt::Display for Program {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        for (place, line) in self.lines.iter().enumerate() {
            write!(f, "{}{line}", if place == 0 { "" } else { "\n" })?;
        }
        Ok(())
    }
}

impl fmt::Display for Statement {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Statement::Do(action) => action.fmt(f),
            Statement::If(condition, action) => write!(f, "if {condition}: {action}"),
            Statement::Repeat(times, action) => write!(f, "repeat {times}: {action}"),
        }
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Action::Set(name, value) => write!(f, "{name} = {value}"),
            Action::Print(value) => write!(f, "print {value}"),
        }
    }
}

impl fmt::Display for Expression {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Expression::Operand(operand) => operand.fmt(f),
            Expression::Operation(left, operator, right) => write!(f, "{left} {operator} {right}"),
        }
    }
}

impl fmt::Display for Operand {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Operand::Number(number) => number.fmt(f),
            Operand::Variable(name) => name.fmt(f),
        }
    }
}

impl fmt::Display for Operator {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            Operator::Plus => "+",
            Operator::Minus => "-",
            Operator::Times => "*",
        })
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let Condition { left, comparison, right } = self;
        write!(f, "{left} {comparison} {right}")
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            Comparison::Greater => ">",
            Comparison::Less => "<",
            Comparison::Equal => "==",
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    /// The program that an item is about.
    fn program(task: Task, item: &Item) -> Program {
        let text = match task {
            Task::Run => item.prompt.strip_prefix("Code:\n").unwrap().strip_suffix("\nSteps:").unwrap(),
            Task::RunAtOnce => item.prompt.strip_prefix("Code:\n").unwrap().strip_suffix("\nPrints:").unwrap(),
            Task::Write => item.answer.trim(),
        };
        text.parse().unwrap()
    }

    #[test]
    fn items_are_as_they_are_shown() {
        let [run, run_at_once, write] = Task::ALL.map(|task| task.item(1, 0, false).line());
        let steps = "x = 3\n1 of 2: x = x - 1 = 3 - 1 = 2\n2 of 2: x = x - 1 = 2 - 1 = 1\nprint x - 1 = 1 - 1 = 0";
        assert_eq!(run, format!("Code:\nx = 3\nrepeat 2: x = x - 1\nprint x - 1\nSteps:\n{steps}\nPrints: 0\n"));
        let code = "x = 11\nif x == 11: print x + 6\nif x > 12: x = x - 1\nprint x + 9";
        assert_eq!(run_at_once, format!("Code:\n{code}\nPrints: 17 20\n"));
        let words = "Let y be 0. Show y. Twice, add 4 to y. Show y if y is more than 7. Print y twice. Print y.";
        let code = "y = 0\nprint y\nrepeat 2: y = y + 4\nif y > 7: print y\nrepeat 2: print y\nprint y";
        assert_eq!(write, format!("Words: {words}\nCode:\n{code}\n"));
    }

    #[test]
    fn answers_are_what_programs_print() {
        for (task, index) in [Task::Run, Task::RunAtOnce].into_iter().flat_map(|task| (0..2000).map(move |index| (task, index))) {
            let item = task.item(3, index, index % 2 == 0);
            let printed = item.answer.rsplit_once(':').map_or(&item.answer[..], |(_, printed)| printed);
            assert_eq!(printed, format!(" {}\n", program(task, &item).run().unwrap()));
        }
    }

    #[test]
    fn training_has_no_program_that_is_held_out() {
        for task in Task::ALL {
            let all = |held_out: bool| {
                let programs =
                    (0..3000).map(move |index| program(task, &task.item(u64::from(held_out), index, held_out)).to_string());
                programs.collect::<HashSet<String>>()
            };
            let (training, held_out) = (all(false), all(true));
            assert!(training.is_disjoint(&held_out));
            assert!(training.len() > 2800 && held_out.len() > 2600, "{} {}", training.len(), held_out.len());
        }
        let mut dice = Dice::new(1, 0, 0);
        let share = (0..5000).filter(|_| Program::random(&mut dice).is_held_out()).count() as f64 / 5000.0;
        assert!((share - 0.1).abs() < 0.02, "{share}");
    }

    #[test]
    fn names_do_not_matter_to_what_is_held_out() {
        let held_out = |text: &str| text.parse::<Program>().unwrap().is_held_out();
        for n in 0..100 {
            let [ours, theirs] = [("x", "y"), ("y", "x")].map(|(a, b)| format!("{a} = {n}\n{b} = {a} + 1\nprint {b}"));
            assert_eq!(held_out(&ours), held_out(&theirs));
        }
    }

    #[test]
    fn everything_is_decided_by_the_seed() {
        for task in Task::ALL {
            assert_eq!(task.item(1, 7, true), task.item(1, 7, true));
            assert_ne!(task.item(1, 7, true), task.item(2, 7, true));
        }
    }

    #[test]
    fn programs_are_compared_by_what_they_print() {
        assert!(print_the_same("x = 3\nprint x", "print 1 + 2"));
        assert!(!print_the_same("x = 3\nprint x", "print 4"));
        assert!(!print_the_same("print x", "print x"), "an error prints nothing");
        assert!(!print_the_same("print", "print"));
    }
}
