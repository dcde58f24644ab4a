//! Programs made up by dice.

use super::run::Machine;
use super::{Action, Comparison, Condition, Expression, MAX, Operand, Operator, Program, Statement};
use crate::text::chance::Dice;

/// In four programs of five no value is above this: small numbers are learnt first.
const USUAL_MAX: u8 = 20;

/// As many numbers are printed at most.
const MAX_PRINTED: usize = 6;

/// So many lines at most compute a variable's value from another value: a model that answers at once must do these sums one after the
/// other, each in layers of its own.
const MAX_CHANGES: usize = 2;

impl Program {
    /// A program of two to six lines with x, y or both. It runs without errors, prints one to six numbers, and every line of it matters
    /// (what an `if` holds would, if it were done), so that none can be left unread.
    pub fn random(dice: &mut Dice) -> Program {
        let length = *dice.pick(&[2, 3, 3, 3, 3, 3, 4, 4, 4, 4, 4, 4, 5, 5, 5, 5, 6, 6, 6]);
        loop {
            let program = draft(length, dice);
            if program.every_line_matters() {
                return program;
            }
        }
    }

    fn every_line_matters(&self) -> bool {
        let printed = self.run();
        (0..self.lines.len()).all(|line| {
            let mut without = self.clone();
            let mut always = self.clone();
            if let Statement::If(_, action) = without.lines.remove(line) {
                always.lines[line] = Statement::Do(action);
            }
            without.run() != printed || always.run() != printed
        })
    }
}

/// A program of so many lines, without errors, that ends with something printed, whether or not all of it matters.
fn draft(length: usize, dice: &mut Dice) -> Program {
    let largest = if dice.lucky(1, 5) { MAX } else { USUAL_MAX };
    let mut names = ['x', 'y'];
    dice.shuffle(&mut names);
    let [first, second] = names;
    let mut lines = vec![Statement::Do(Action::Set(first, start(dice)))];
    let mut machine = Machine::default();
    // A small number is set, which cannot fail.
    let _ = machine.execute(&lines[0]);
    while lines.len() < length {
        let is_last = lines.len() + 1 == length;
        let line = if is_last { last(&machine, dice) } else { any(&machine, second, dice) };
        if is_change(&line) && lines.iter().filter(|line| is_change(line)).count() == MAX_CHANGES {
            continue;
        }
        let mut next = machine.clone();
        let runs = next.execute(&line).is_ok();
        let is_small = next.variables.values().chain(&next.printed).all(|value| *value <= largest);
        // The last line must still be able to print.
        let room = usize::from(!is_last);
        if runs && is_small && next.printed.len() + room <= MAX_PRINTED {
            machine = next;
            lines.push(line);
        }
    }
    Program { lines }
}

/// Whether a line computes the value of a variable.
fn is_change(line: &Statement) -> bool {
    let (Statement::Do(action) | Statement::If(_, action) | Statement::Repeat(_, action)) = line;
    matches!(action, Action::Set(_, Expression::Operation(..)))
}

/// A line from the middle of a program that has come as far as `machine`.
fn any(machine: &Machine, second: char, dice: &mut Dice) -> Statement {
    let has_second = machine.variables.contains_key(&second);
    match dice.below(10) {
        0..=2 if has_second => Statement::Do(change(machine, dice)),
        0 => Statement::Do(Action::Set(second, start(dice))),
        1 | 2 => Statement::Do(Action::Set(second, value(machine, dice))),
        3 | 4 => Statement::Do(change(machine, dice)),
        5..=7 => {
            let condition = condition(machine, dice);
            let action = if dice.lucky(1, 2) { Action::Print(value(machine, dice)) } else { change(machine, dice) };
            Statement::If(condition, action)
        }
        8 => repeat(machine, dice),
        _ => Statement::Do(Action::Print(value(machine, dice))),
    }
}

/// A line that prints.
fn last(machine: &Machine, dice: &mut Dice) -> Statement {
    if dice.lucky(1, 6) {
        let (name, _) = variable(machine, dice);
        return Statement::Repeat(times(dice), Action::Print(Expression::Operand(Operand::Variable(name))));
    }
    Statement::Do(Action::Print(value(machine, dice)))
}

/// Prints a variable, or counts it up or down.
fn repeat(machine: &Machine, dice: &mut Dice) -> Statement {
    let (name, _) = variable(machine, dice);
    let operand = Operand::Variable(name);
    if dice.lucky(1, 2) {
        return Statement::Repeat(times(dice), Action::Print(Expression::Operand(operand)));
    }
    let operator = if dice.lucky(2, 3) { Operator::Plus } else { Operator::Minus };
    let by = Operand::Number(1 + dice.below(5) as u8);
    Statement::Repeat(times(dice), Action::Set(name, Expression::Operation(operand, operator, by)))
}

fn times(dice: &mut Dice) -> u8 {
    2 + dice.below(3) as u8
}

/// What a variable begins with: mostly one digit.
fn start(dice: &mut Dice) -> Expression {
    let number = if dice.lucky(3, 4) { dice.below(10) } else { 10 + dice.below(11) };
    Expression::Operand(Operand::Number(number as u8))
}

/// One of the variables that there are, and its value.
fn variable(machine: &Machine, dice: &mut Dice) -> (char, u8) {
    let variables: Vec<(char, u8)> = machine.variables.iter().map(|(name, value)| (*name, *value)).collect();
    *dice.pick(&variables)
}

/// Gives a variable a value that depends on its own.
fn change(machine: &Machine, dice: &mut Dice) -> Action {
    let (name, _) = variable(machine, dice);
    Action::Set(name, operation_on(name, machine, dice))
}

/// A variable, or an operation on one.
fn value(machine: &Machine, dice: &mut Dice) -> Expression {
    let (name, _) = variable(machine, dice);
    if dice.lucky(1, 2) { Expression::Operand(Operand::Variable(name)) } else { operation_on(name, machine, dice) }
}

fn operation_on(name: char, machine: &Machine, dice: &mut Dice) -> Expression {
    let number = |number: u32| Operand::Number(number as u8);
    let (other, _) = variable(machine, dice);
    let (operator, right) = match dice.below(8) {
        // A variable minus itself would be a roundabout 0.
        0 if other != name => (Operator::Minus, Operand::Variable(other)),
        1 => (Operator::Plus, Operand::Variable(other)),
        2 => (Operator::Times, number(2 + dice.below(2))),
        3 | 4 => (Operator::Minus, number(1 + dice.below(9))),
        _ => (Operator::Plus, number(1 + dice.below(9))),
    };
    Expression::Operation(Operand::Variable(name), operator, right)
}

/// Compares a variable with another or with a number near its value, so that it may as well hold as not.
fn condition(machine: &Machine, dice: &mut Dice) -> Condition {
    let (name, value) = variable(machine, dice);
    let (other, _) = variable(machine, dice);
    let comparison = *dice.pick(&[Comparison::Greater, Comparison::Less, Comparison::Equal]);
    // Nothing is less than 0.
    let near = (u32::from(value) + dice.below(9)).saturating_sub(4).max(1) as u8;
    let right = match comparison {
        _ if other != name && dice.lucky(1, 2) => Operand::Variable(other),
        Comparison::Equal if dice.lucky(1, 2) => Operand::Number(value),
        _ => Operand::Number(near.min(MAX)),
    };
    Condition { left: Operand::Variable(name), comparison, right }
}

/// Any program that can be written, most of them senseless.
#[cfg(test)]
pub(super) fn any_program() -> impl proptest::strategy::Strategy<Value = Program> {
    use proptest::prelude::*;

    let operand = || prop_oneof![(0..=MAX).prop_map(Operand::Number), prop::char::range('a', 'z').prop_map(Operand::Variable)];
    let operator = || prop::sample::select(vec![Operator::Plus, Operator::Minus, Operator::Times]);
    let comparison = prop::sample::select(vec![Comparison::Greater, Comparison::Less, Comparison::Equal]);
    let expression = || {
        prop_oneof![
            operand().prop_map(Expression::Operand),
            (operand(), operator(), operand()).prop_map(|(left, operator, right)| Expression::Operation(left, operator, right)),
        ]
    };
    let action = || {
        prop_oneof![
            (prop::char::range('a', 'z'), expression()).prop_map(|(name, value)| Action::Set(name, value)),
            expression().prop_map(Action::Print),
        ]
    };
    let condition = (operand(), comparison, operand()).prop_map(|(left, comparison, right)| Condition { left, comparison, right });
    let statement = prop_oneof![
        action().prop_map(Statement::Do),
        (condition, action()).prop_map(|(condition, action)| Statement::If(condition, action)),
        (0..=MAX, action()).prop_map(|(times, action)| Statement::Repeat(times, action)),
    ];
    prop::collection::vec(statement, 1..8).prop_map(|lines| Program { lines })
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn programs(count: usize) -> Vec<Program> {
        let mut dice = Dice::new(1, 0, 0);
        (0..count).map(|_| Program::random(&mut dice)).collect()
    }

    #[test]
    fn programs_are_short_and_print_small_numbers() {
        let (mut small, mut all) = (0, 0);
        for program in programs(5000) {
            let printed = program.run().unwrap();
            let numbers: Vec<u8> = printed.split(' ').map(|number| number.parse().unwrap()).collect();
            assert!((2..=6).contains(&program.lines.len()) && (1..=MAX_PRINTED).contains(&numbers.len()), "{program}");
            assert!(program.lines.iter().filter(|line| is_change(line)).count() <= MAX_CHANGES, "{program}");
            small += numbers.iter().filter(|number| **number <= USUAL_MAX).count();
            all += numbers.len();
        }
        assert!(small as f64 > 0.9 * all as f64, "{small} of {all}");
    }

    #[test]
    fn no_line_can_be_left_out() {
        let matters = |text: &str| text.parse::<Program>().unwrap().every_line_matters();
        assert!(matters("x = 3\nif x > 5: x = 1\nprint x"), "what is not done counts as well");
        assert!(matters("x = 6\nif x > 5: x = 1\nprint x"));
        assert!(!matters("x = 3\ny = 2\nprint x"));
        assert!(!matters("x = 3\nx = 2\nprint x"));
        assert!(!matters("x = 6\nif x > 5: x = 6\nprint x"));
        assert!(!matters("x = 6\nif x > 7: x = 1\nx = 2\nprint x"));
    }

    #[test]
    fn all_of_the_language_comes_up_and_conditions_hold_as_often_as_not() {
        let programs = programs(5000);
        let texts: Vec<String> = programs.iter().map(Program::to_string).collect();
        for part in [" + ", " - ", " * ", " > ", " < ", " == ", "repeat 2: ", "repeat 4: ", ": x = ", ": print y", "= y\n"] {
            let count = texts.iter().filter(|text| text.contains(part)).count();
            assert!(count > 50, "{part} {count}");
        }
        let different: HashSet<&String> = texts.iter().collect();
        assert!(different.len() > 4500, "{}", different.len());
        let (mut held, mut all) = (0, 0);
        for program in &programs {
            let mut machine = Machine::default();
            for line in &program.lines {
                if let Statement::If(condition, _) = line {
                    held += usize::from(machine.holds(condition).unwrap());
                    all += 1;
                }
                machine.execute(line).unwrap();
            }
        }
        let share = f64::from(held as u32) / f64::from(all as u32);
        assert!((0.35..0.65).contains(&share), "{share}");
    }
}
