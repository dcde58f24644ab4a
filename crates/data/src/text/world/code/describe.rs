//! Programs in English words.

use super::{Action, Comparison, Condition, Expression, Operand, Operator, Program, Statement};
use crate::text::chance::Dice;

impl Program {
    /// A sentence for each line, in one of several wordings. No two programs are ever described by the same words, so the program can be
    /// told from them exactly.
    pub fn describe(&self, dice: &mut Dice) -> String {
        let sentences: Vec<String> = self.lines.iter().map(|line| sentence(dice.pick::<String>(&wordings(line)))).collect();
        sentences.join(" ")
    }
}

fn sentence(words: &str) -> String {
    let (first, rest) = words.split_at(1);
    format!("{}{rest}.", first.to_ascii_uppercase())
}

/// All that a line is called, without the capital letter and the full stop.
fn wordings(statement: &Statement) -> Vec<String> {
    match statement {
        Statement::Do(action) => orders(action),
        Statement::If(condition, action) => {
            let orders = orders(action);
            let one = |order: &String, condition: &String| [format!("if {condition}, {order}"), format!("{order} if {condition}")];
            let conditions = conditions(condition);
            orders.iter().flat_map(|order| conditions.iter().flat_map(|condition| one(order, condition))).collect()
        }
        Statement::Repeat(count, action) => {
            let times = times(*count);
            let one = |order: &String| [format!("{times}, {order}"), format!("do this {times}: {order}")];
            // “Print x plus 1 twice” could be x and 1 twice.
            let brief = match action {
                Action::Print(Expression::Operand(_)) => orders(action),
                _ => changes(action),
            };
            let behind = brief.iter().map(|order| format!("{order} {times}"));
            orders(action).iter().flat_map(one).chain(behind).collect()
        }
    }
}

fn times(count: u8) -> String {
    match count {
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        3 => "three times".to_owned(),
        4 => "four times".to_owned(),
        5 => "five times".to_owned(),
        count => format!("{count} times"),
    }
}

fn orders(action: &Action) -> Vec<String> {
    match action {
        Action::Print(value) => {
            values(value).iter().flat_map(|value| [format!("print {value}"), format!("show {value}")]).collect()
        }
        Action::Set(name, value) => {
            let changes = changes(action);
            if !changes.is_empty() {
                return changes;
            }
            let set = |value: &String| [format!("set {name} to {value}"), format!("let {name} be {value}")];
            values(value).iter().flat_map(set).collect()
        }
    }
}

/// What an action is called that changes a variable by its own value; nothing for others.
fn changes(action: &Action) -> Vec<String> {
    let Action::Set(name, Expression::Operation(Operand::Variable(changed), operator, by)) = action else {
        return Vec::new();
    };
    if changed != name {
        return Vec::new();
    }
    match operator {
        Operator::Plus => vec![format!("add {by} to {name}"), format!("increase {name} by {by}")],
        Operator::Minus => vec![format!("subtract {by} from {name}"), format!("take {by} from {name}")],
        Operator::Times if *by == Operand::Number(2) => vec![format!("double {name}"), format!("multiply {name} by 2")],
        Operator::Times => vec![format!("multiply {name} by {by}")],
    }
}

fn values(expression: &Expression) -> Vec<String> {
    match expression {
        Expression::Operand(operand) => vec![operand.to_string()],
        Expression::Operation(a, Operator::Plus, b) => vec![format!("{a} plus {b}"), format!("the sum of {a} and {b}")],
        Expression::Operation(a, Operator::Minus, b) => vec![format!("{a} minus {b}")],
        // “3 times x” could be how often.
        Expression::Operation(a, Operator::Times, b) => vec![format!("{a} multiplied by {b}")],
    }
}

fn conditions(Condition { left, comparison, right }: &Condition) -> Vec<String> {
    match comparison {
        Comparison::Greater => vec![format!("{left} is greater than {right}"), format!("{left} is more than {right}")],
        Comparison::Less => vec![format!("{left} is less than {right}"), format!("{left} is below {right}")],
        Comparison::Equal => vec![format!("{left} is {right}"), format!("{left} equals {right}")],
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    /// All statements with these numbers and variables.
    fn statements() -> Vec<Statement> {
        let operands = [Operand::Number(2), Operand::Number(3), Operand::Variable('x'), Operand::Variable('y')];
        let pairs = operands.iter().flat_map(|left| operands.iter().map(move |right| (*left, *right)));
        let operators = [Operator::Plus, Operator::Minus, Operator::Times];
        let operations =
            pairs.clone().flat_map(|(left, right)| operators.map(|operator| Expression::Operation(left, operator, right)));
        let expressions: Vec<Expression> = operands.map(Expression::Operand).into_iter().chain(operations).collect();
        let sets = expressions.iter().flat_map(|value| ['x', 'y'].map(|name| Action::Set(name, *value)));
        let actions: Vec<Action> = expressions.iter().copied().map(Action::Print).chain(sets).collect();
        let comparisons = [Comparison::Greater, Comparison::Less, Comparison::Equal];
        let conditions = pairs.flat_map(|(left, right)| comparisons.map(|comparison| Condition { left, comparison, right }));
        let ifs = conditions.flat_map(|condition| actions.iter().map(move |action| Statement::If(condition, *action)));
        let repeats = (0..=7).flat_map(|times| actions.iter().map(move |action| Statement::Repeat(times, *action)));
        actions.iter().copied().map(Statement::Do).chain(ifs).chain(repeats).collect()
    }

    /// With this, and full stops at the ends of sentences alone, no two programs have the same description.
    #[test]
    fn no_two_statements_have_the_same_words() {
        let mut described: HashMap<String, Statement> = HashMap::new();
        for statement in statements() {
            for words in wordings(&statement) {
                assert!(!words.contains('.') && words.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit()));
                if let Some(other) = described.insert(words.clone(), statement) {
                    panic!("{words}: {statement} or {other}");
                }
            }
        }
        assert!(described.len() > 30_000, "{}", described.len());
    }

    #[test]
    fn lines_become_sentences() {
        let program: Program = "x = 3\nx = x + 4\ny = x * 2\nif y == 14: x = x - y\nrepeat 3: print x\nprint 1".parse().unwrap();
        let expected = [
            &["Set x to 3.", "Let x be 3."][..],
            &["Add 4 to x.", "Increase x by 4."],
            &["Set y to x multiplied by 2.", "Let y be x multiplied by 2."],
            &["If y is 14, subtract y from x.", "Take y from x if y equals 14."],
            &["Print x three times.", "Three times, show x.", "Do this three times: print x."],
            &["Print 1.", "Show 1."],
        ];
        for (line, expected) in program.lines.iter().zip(expected) {
            let sentences: Vec<String> = wordings(line).iter().map(|words| sentence(words)).collect();
            for expected in expected {
                assert!(sentences.iter().any(|sentence| sentence == expected), "{expected}: {sentences:?}");
            }
        }
        let described = program.describe(&mut Dice::new(1, 0, 0));
        assert_eq!(described.matches('.').count(), program.lines.len());
    }

    #[test]
    fn all_wordings_come_up() {
        let program: Program = "repeat 2: x = x * 2".parse().unwrap();
        let mut dice = Dice::new(1, 0, 0);
        let drawn: std::collections::HashSet<String> = (0..500).map(|_| program.describe(&mut dice)).collect();
        assert_eq!(drawn.len(), wordings(&program.lines[0]).len());
    }
}
