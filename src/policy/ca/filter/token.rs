//! The words of the filter language, with their places.

use super::Error;

/// A word and where it starts, in characters from 1.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Token {
    pub(super) position: usize,
    pub(super) kind: Kind,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Kind {
    /// A property, an operator, `True` or `False`; a leading hyphen is dropped.
    Word(String),
    /// A text, without its quotes.
    Text(String),
    Open,
    Close,
    ListOpen,
    ListClose,
    Comma,
    End,
}

impl Kind {
    /// What to call it in an error.
    pub(super) fn describe(&self) -> String {
        match self {
            Self::Word(word) => format!("\"{word}\""),
            Self::Text(_) => "a quoted text".to_owned(),
            Self::Open => "\"(\"".to_owned(),
            Self::Close => "\")\"".to_owned(),
            Self::ListOpen => "\"[\"".to_owned(),
            Self::ListClose => "\"]\"".to_owned(),
            Self::Comma => "\",\"".to_owned(),
            Self::End => "the end of the rule".to_owned(),
        }
    }
}

/// Cuts `text` into words. The last is always [`Kind::End`].
pub(super) fn tokens(text: &str) -> Result<Vec<Token>, Error> {
    let characters: Vec<char> = text.chars().collect();
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(&first) = characters.get(at) {
        let start = at;
        at += 1;
        let kind = match first {
            c if c.is_whitespace() => continue,
            '(' => Kind::Open,
            ')' => Kind::Close,
            '[' => Kind::ListOpen,
            ']' => Kind::ListClose,
            ',' => Kind::Comma,
            '"' | '\'' => Kind::Text(quoted(&characters, &mut at, first)?),
            c if c == '-' || is_word(c) => {
                while characters.get(at).copied().is_some_and(is_word) {
                    at += 1;
                }
                let word: String = characters[start..at].iter().collect();
                Kind::Word(word.trim_start_matches('-').to_owned())
            }
            other => {
                return Err(Error {
                    position: start + 1,
                    message: format!("the character {other:?} has no meaning outside of quotes"),
                });
            }
        };
        tokens.push(Token { position: start + 1, kind });
    }
    tokens.push(Token { position: characters.len() + 1, kind: Kind::End });
    Ok(tokens)
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '.' | '_')
}

/// Reads up to the closing quote; a backslash or a backtick keeps the next character as it is.
fn quoted(characters: &[char], at: &mut usize, quote: char) -> Result<String, Error> {
    let opened = *at;
    let mut text = String::new();
    while let Some(&character) = characters.get(*at) {
        *at += 1;
        match character {
            c if c == quote => return Ok(text),
            '\\' | '`' if characters.get(*at).is_some_and(|&next| next == quote) => {
                text.push(quote);
                *at += 1;
            }
            other => text.push(other),
        }
    }
    Err(Error { position: opened, message: "this quote is never closed".to_owned() })
}
