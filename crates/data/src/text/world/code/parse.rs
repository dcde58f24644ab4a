//! From text to a program.

use std::fmt;
use std::str::FromStr;

use super::{Action, Comparison, Condition, Expression, MAX, Operand, Operator, Program, Statement};

/// Why a text is no program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseError {
    /// Counted from 1.
    pub line: usize,
    pub expected: &'static str,
    /// What stands there instead; nothing where the line ends.
    pub found: Option<String>,
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "Line {}: expected {}, ", self.line, self.expected)?;
        match &self.found {
            Some(found) => write!(f, "found “{found}”."),
            None => write!(f, "but the line ends."),
        }
    }
}

impl std::error::Error for ParseError {}

impl FromStr for Program {
    type Err = ParseError;

    /// Reads what `Display` writes. Spaces may be more or, where words stay apart, fewer, and lines may be empty, but not all of them.
    fn from_str(text: &str) -> Result<Self, ParseError> {
        let mut lines = Vec::new();
        for (line, text) in (1..).zip(text.lines()) {
            let mut reader = Reader { line, rest: text.trim() };
            if !reader.rest.is_empty() {
                lines.push(reader.statement()?);
            }
        }
        if lines.is_empty() { Err(Reader { line: 1, rest: "" }.expected(STATEMENT)) } else { Ok(Program { lines }) }
    }
}

const STATEMENT: &str = "a variable, print, if or repeat";
const ACTION: &str = "a variable or print";

/// Takes a line apart, token by token: a word, a number, `==` or another sign.
struct Reader<'a> {
    line: usize,
    /// Without space in front of it.
    rest: &'a str,
}

impl<'a> Reader<'a> {
    /// The next token, which stays where it is; empty at the end.
    fn peek(&self) -> &'a str {
        let run = |belongs: fn(char) -> bool| self.rest.find(|c| !belongs(c)).unwrap_or(self.rest.len());
        let length = match self.rest.chars().next() {
            None => 0,
            Some('0'..='9') => run(|c| c.is_ascii_digit()),
            Some(c) if c.is_alphabetic() => run(char::is_alphabetic),
            Some(_) if self.rest.starts_with("==") => 2,
            Some(sign) => sign.len_utf8(),
        };
        &self.rest[..length]
    }

    /// The next token, if `read` makes something of it.
    fn take<T>(&mut self, expected: &'static str, read: impl FnOnce(&str) -> Option<T>) -> Result<T, ParseError> {
        let token = self.peek();
        let value = read(token).ok_or_else(|| self.expected(expected))?;
        self.rest = self.rest[token.len()..].trim_start();
        Ok(value)
    }

    fn expected(&self, expected: &'static str) -> ParseError {
        let found = self.peek();
        ParseError { line: self.line, expected, found: (!found.is_empty()).then(|| found.to_owned()) }
    }

    fn statement(&mut self) -> Result<Statement, ParseError> {
        let statement = match self.peek() {
            "if" => {
                self.take(STATEMENT, some)?;
                let condition = self.condition()?;
                self.take("“:”", |token| (token == ":").then_some(()))?;
                Statement::If(condition, self.action(ACTION)?)
            }
            "repeat" => {
                self.take(STATEMENT, some)?;
                let times = self.take("a number from 0 to 99", number)?;
                self.take("“:”", |token| (token == ":").then_some(()))?;
                Statement::Repeat(times, self.action(ACTION)?)
            }
            _ => Statement::Do(self.action(STATEMENT)?),
        };
        self.take("the end of the line", |token| token.is_empty().then_some(statement))
    }

    fn action(&mut self, expected: &'static str) -> Result<Action, ParseError> {
        if self.peek() == "print" {
            self.take(expected, some)?;
            return Ok(Action::Print(self.expression()?));
        }
        let name = self.take(expected, variable)?;
        self.take("“=”", |token| (token == "=").then_some(()))?;
        Ok(Action::Set(name, self.expression()?))
    }

    fn expression(&mut self) -> Result<Expression, ParseError> {
        let left = self.operand()?;
        if self.rest.is_empty() {
            return Ok(Expression::Operand(left));
        }
        let operator = self.take("“+”, “-”, “*” or the end of the line", |token| match token {
            "+" => Some(Operator::Plus),
            "-" => Some(Operator::Minus),
            "*" => Some(Operator::Times),
            _ => None,
        })?;
        Ok(Expression::Operation(left, operator, self.operand()?))
    }

    fn condition(&mut self) -> Result<Condition, ParseError> {
        let left = self.operand()?;
        let comparison = self.take("“>”, “<” or “==”", |token| match token {
            ">" => Some(Comparison::Greater),
            "<" => Some(Comparison::Less),
            "==" => Some(Comparison::Equal),
            _ => None,
        })?;
        Ok(Condition { left, comparison, right: self.operand()? })
    }

    fn operand(&mut self) -> Result<Operand, ParseError> {
        self.take("a variable or a number from 0 to 99", |token| {
            number(token).map(Operand::Number).or_else(|| variable(token).map(Operand::Variable))
        })
    }
}

fn some(_: &str) -> Option<()> {
    Some(())
}

fn number(token: &str) -> Option<u8> {
    // Digits alone: Rust's own numbers may have a sign, but a sign is a token of its own.
    token.parse().ok().filter(|number| *number <= MAX)
}

fn variable(token: &str) -> Option<char> {
    let mut letters = token.chars();
    letters.next().filter(|letter| letter.is_ascii_lowercase() && letters.next().is_none())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::random::any_program;
    use super::*;

    fn read(text: &str) -> Program {
        text.parse().unwrap()
    }

    #[test]
    fn space_is_free() {
        let tidy = "x = 3\nif x > 2: print x + 1\nrepeat 3: x = x * 2\nif x == y: x = y - 12";
        let untidy = "\n  x=3 \r\nif x>2:print x+1\n\t\nrepeat  3 : x =x*2\nif x==y: x= y-12\n";
        assert_eq!(read(untidy), read(tidy));
        assert_eq!(read(untidy).to_string(), tidy);
    }

    #[test]
    fn mistakes_are_told() {
        let mistakes = [
            ("", "Line 1: expected a variable, print, if or repeat, but the line ends."),
            ("x = 1\n\nPrint x", "Line 3: expected a variable, print, if or repeat, found “Print”."),
            ("xx = 1", "Line 1: expected a variable, print, if or repeat, found “xx”."),
            ("x", "Line 1: expected “=”, but the line ends."),
            ("x == 3", "Line 1: expected “=”, found “==”."),
            ("print", "Line 1: expected a variable or a number from 0 to 99, but the line ends."),
            ("print 100", "Line 1: expected a variable or a number from 0 to 99, found “100”."),
            ("print -1", "Line 1: expected a variable or a number from 0 to 99, found “-”."),
            ("print x y", "Line 1: expected “+”, “-”, “*” or the end of the line, found “y”."),
            ("print x + 1 + 2", "Line 1: expected the end of the line, found “+”."),
            ("if x: print x", "Line 1: expected “>”, “<” or “==”, found “:”."),
            ("if x = 3: print x", "Line 1: expected “>”, “<” or “==”, found “=”."),
            ("if x > 3 print x", "Line 1: expected “:”, found “print”."),
            ("if x > 3:\n  print x", "Line 1: expected a variable or print, but the line ends."),
            ("if x > 3: if x > 4: print x", "Line 1: expected a variable or print, found “if”."),
            ("repeat x: print x", "Line 1: expected a number from 0 to 99, found “x”."),
            ("é = 1", "Line 1: expected a variable, print, if or repeat, found “é”."),
        ];
        for (text, says) in mistakes {
            assert_eq!(text.parse::<Program>().unwrap_err().to_string(), says, "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(program in any_program()) {
            prop_assert_eq!(program.to_string().parse(), Ok(program));
        }

        #[test]
        fn any_text_is_read_or_refused_and_run(text in "([a-z0-9=+*<>: -]|print|repeat |if |\\PC|\n){0,40}") {
            if let Ok(program) = text.parse::<Program>() {
                let _ = program.run();
                prop_assert_eq!(program.to_string().parse(), Ok(program));
            }
        }
    }
}
