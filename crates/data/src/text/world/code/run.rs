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
        Ok(self.execute(Machine::default())?.output())
    }

    /// The same in writing, as somebody works it out who has no computer: a line for each thing done and each condition, with the values
    /// put in; and what is printed.
    ///
    /// # Errors
    /// As [`Program::run`].
    pub fn work_out(&self) -> Result<(Vec<String>, String), RunError> {
        let machine = self.execute(Machine { working: Some(Vec::new()), ..Machine::default() })?;
        let output = machine.output();
        Ok((machine.working.unwrap_or_default(), output))
    }

    fn execute(&self, mut machine: Machine) -> Result<Machine, RunError> {
        self.lines.iter().try_for_each(|statement| machine.execute(statement))?;
        Ok(machine)
    }
}

/// A program that has come up to some line.
#[derive(Clone, Debug, Default)]
pub(super) struct Machine {
    pub variables: BTreeMap<char, u8>,
    pub printed: Vec<u8>,
    /// What has been done, in writing, if that is wanted.
    working: Option<Vec<String>>,
    line: usize,
    steps: usize,
}

impl Machine {
    /// Does the next line.
    pub fn execute(&mut self, statement: &Statement) -> Result<(), RunError> {
        self.line += 1;
        match statement {
            Statement::Do(action) => self.act(action, None),
            Statement::If(condition, action) => {
                let holds = self.holds(condition)?;
                if self.working.is_some() {
                    let values = Condition {
                        left: Operand::Number(self.operand(&condition.left)?),
                        right: Operand::Number(self.operand(&condition.right)?),
                        ..*condition
                    };
                    self.write(format!("if {condition}: {values}, {}", if holds { "yes" } else { "no" }));
                }
                if holds { self.act(action, None) } else { Ok(()) }
            }
            Statement::Repeat(times, action) => (1..=*times).try_for_each(|round| self.act(action, Some((round, *times)))),
        }
    }

    /// Does something: once, or this time of so many.
    fn act(&mut self, action: &Action, round: Option<(u8, u8)>) -> Result<(), RunError> {
        self.steps += 1;
        if self.steps > MAX_STEPS {
            return Err(RunError::TooLong { line: self.line });
        }
        let (Action::Set(_, expression) | Action::Print(expression)) = action;
        let value = self.value(expression)?;
        if self.working.is_some() {
            let mut stages = vec![expression.to_string(), self.with_values(expression)?.to_string(), value.to_string()];
            stages.dedup();
            let stages = stages.join(" = ");
            let round = round.map_or(String::new(), |(round, times)| format!("{round} of {times}: "));
            self.write(match action {
                Action::Set(name, _) => format!("{round}{name} = {stages}"),
                Action::Print(_) => format!("{round}print {stages}"),
            });
        }
        match action {
            Action::Set(name, _) => {
                self.variables.insert(*name, value);
            }
            Action::Print(_) => self.printed.push(value),
        }
        Ok(())
    }

    fn write(&mut self, line: String) {
        self.working.get_or_insert_default().push(line);
    }

    fn output(&self) -> String {
        let printed: Vec<String> = self.printed.iter().map(u8::to_string).collect();
        printed.join(" ")
    }

    fn with_values(&self, expression: &Expression) -> Result<Expression, RunError> {
        let number = |operand| Ok(Operand::Number(self.operand(operand)?));
        Ok(match expression {
            Expression::Operand(operand) => Expression::Operand(number(operand)?),
            Expression::Operation(left, operator, right) => Expression::Operation(number(left)?, *operator, number(right)?),
        })
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
    fn programs_are_worked_out_line_by_line() {
        let program: Program =
            "x = 3\ny = x\ny = x + 4\nif y > 7: print 1\nif x < y: print y - 1\nrepeat 2: x = x * 2\nprint x".parse().unwrap();
        let working = [
            "x = 3",
            "y = x = 3",
            "y = x + 4 = 3 + 4 = 7",
            "if y > 7: 7 > 7, no",
            "if x < y: 3 < 7, yes",
            "print y - 1 = 7 - 1 = 6",
            "1 of 2: x = x * 2 = 3 * 2 = 6",
            "2 of 2: x = x * 2 = 6 * 2 = 12",
            "print x = 12",
        ];
        assert_eq!(program.work_out(), Ok((working.map(str::to_string).to_vec(), "6 12".to_string())));
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
            prop_assert_eq!(program.work_out().map(|(_, printed)| printed), program.run());
            if let Ok(printed) = program.run() {
                prop_assert!(printed.split_whitespace().all(|number| number.parse::<u8>().unwrap() <= MAX));
            }
        }
    }
}
