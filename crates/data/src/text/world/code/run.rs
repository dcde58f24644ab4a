//! What programs do.

use std::collections::BTreeMap;
use std::fmt;

use super::{Action, Comparison, Condition, Expression, MAX, Operand, Operator, Program, Statement};

/// So many actions are done before a program is stopped.
pub const MAX_STEPS: usize = 1000;

/// Why a program has stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RunError {
    /// A variable is used that has no value.
    UnknownVariable { line: usize, name: char },
    /// A result below 0 or above [`MAX`].
    OutOfRange { line: usize, value: i32 },
    /// More than [`MAX_STEPS`].
    TooLong { line: usize },
}

impl fmt::Display for RunError {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            RunError::UnknownVariable { line, name } => write!(f, "Line {line}: {name} has no value yet."),
            RunError::OutOfRange { line, value } => write!(f, "Line {line}: {value} is not between 0 and {MAX}."),
            RunError::TooLong { line } => write!(f, "Line {line}: the program was stopped after {MAX_STEPS} steps."),
        }
    }
}

impl std::error::Error for RunError {}

impl Program {
    /// What the program prints: numbers with a space between.
    ///
    /// # Errors
    /// All of [`RunError`].
    pub fn run(&self) -> Result<String, RunError> {
        let mut machine = Machine::default();
        for statement in &self.lines {
            machine.execute(statement)?;
        }
        let printed: Vec<String> = machine.printed.iter().map(u8::to_string).collect();
        Ok(printed.join(" "))
    }
}

/// A program that has come up to some line.
#[derive(Clone, Debug, Default)]
pub(super) struct Machine {
    pub variables: BTreeMap<char, u8>,
    pub printed: Vec<u8>,
    line: usize,
    steps: usize,
}

impl Machine {
    /// Does the next line.
    pub fn execute(&mut self, statement: &Statement) -> Result<(), RunError> {
        self.line += 1;
        match statement {
            Statement::Do(action) => self.act(action),
            Statement::If(condition, action) => {
                if self.holds(condition)? {
                    self.act(action)?;
                }
                Ok(())
            }
            Statement::Repeat(times, action) => (0..*times).try_for_each(|_| self.act(action)),
        }
    }

    fn act(&mut self, action: &Action) -> Result<(), RunError> {
        self.steps += 1;
        if self.steps > MAX_STEPS {
            return Err(RunError::TooLong { line: self.line });
        }
        match action {
            Action::Set(name, value) => {
                let value = self.value(value)?;
                self.variables.insert(*name, value);
            }
            Action::Print(value) => {
                let value = self.value(value)?;
                self.printed.push(value);
            }
        }
        Ok(())
    }

    pub fn holds(&self, condition: &Condition) -> Result<bool, RunError> {
        let (left, right) = (self.operand(&condition.left)?, self.operand(&condition.right)?);
        Ok(match condition.comparison {
            Comparison::Greater => left > right,
            Comparison::Less => left < right,
            Comparison::Equal => left == right,
        })
    }

    fn value(&self, expression: &Expression) -> Result<u8, RunError> {
        let (left, operator, right) = match expression {
            Expression::Operand(operand) => return self.operand(operand),
            Expression::Operation(left, operator, right) => (self.operand(left)?, operator, self.operand(right)?),
        };
        let (left, right) = (i32::from(left), i32::from(right));
        let value = match operator {
            Operator::Plus => left + right,
            Operator::Minus => left - right,
            Operator::Times => left * right,
        };
        u8::try_from(value).ok().filter(|value| *value <= MAX).ok_or(RunError::OutOfRange { line: self.line, value })
    }

    fn operand(&self, operand: &Operand) -> Result<u8, RunError> {
        match operand {
            Operand::Number(number) => Ok(*number),
            Operand::Variable(name) => {
                let value = self.variables.get(name);
                value.copied().ok_or(RunError::UnknownVariable { line: self.line, name: *name })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::random::any_program;
    use super::*;

    fn run(text: &str) -> Result<String, RunError> {
        text.parse::<Program>().unwrap().run()
    }

    #[test]
    fn programs_print_what_they_compute() {
        let programs = [
            ("x = 3\ny = x + 4\nx = x * 2\nprint x\nprint y - x", "6 1"),
            ("x = 9\nif x > 9: print 1\nif x < 9: print 2\nif x == 9: print 3", "3"),
            ("x = 9\nif x > 8: print 1\nif 8 < x: print 2\nif x == 8: print 3", "1 2"),
            ("x = 1\nrepeat 3: x = x * 3\nrepeat 2: print x\nrepeat 0: print 0", "27 27"),
            ("print 99\nprint 0 * 99", "99 0"),
            ("x = 4\nx = x - x\nprint x", "0"),
            ("x = 1", ""),
        ];
        for (program, printed) in programs {
            assert_eq!(run(program).as_deref(), Ok(printed), "{program}");
        }
    }

    #[test]
    fn what_cannot_be_done_is_told() {
        let errors = [
            ("x = 1\nif x == 2: print y\nif y == 1: print x", "Line 3: y has no value yet."),
            ("x = 99\nx = x + 1", "Line 2: 100 is not between 0 and 99."),
            ("print 3 - 4", "Line 1: -1 is not between 0 and 99."),
            ("print 99 * 99", "Line 1: 9801 is not between 0 and 99."),
        ];
        for (program, says) in errors {
            assert_eq!(run(program).unwrap_err().to_string(), says, "{program}");
        }
        let lines = |lines| vec!["repeat 50: print 1"; lines].join("\n");
        assert_eq!(run(&lines(20)), Ok(vec!["1"; 1000].join(" ")));
        assert_eq!(run(&lines(21)).unwrap_err().to_string(), "Line 21: the program was stopped after 1000 steps.");
    }

    proptest! {
        #[test]
        fn numbers_stay_in_range(program in any_program()) {
            if let Ok(printed) = program.run() {
                prop_assert!(printed.split_whitespace().all(|number| number.parse::<u8>().unwrap() <= MAX));
            }
        }
    }
}
