//! Text inside XML.

/// A text as the content of an element or of an attribute in double quotes. Letters that XML 1.0 cannot hold in any form are
/// left out.
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            // Readers make one blank or one line end of these where they stand bare.
            '\t' => out.push_str("&#9;"),
            '\n' => out.push_str("&#10;"),
            '\r' => out.push_str("&#13;"),
            '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => {}
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::escaped;
    use proptest::prelude::*;

    /// As an XML reader takes it back.
    fn read(mut text: &str) -> String {
        let mut out = String::new();
        while let Some((before, rest)) = text.split_once('&') {
            let (name, after) = rest.split_once(';').unwrap();
            out.push_str(before);
            out.push(match name {
                "amp" => '&',
                "lt" => '<',
                "gt" => '>',
                "quot" => '"',
                number => char::from_u32(number.strip_prefix('#').unwrap().parse().unwrap()).unwrap(),
            });
            text = after;
        }
        out + text
    }

    proptest! {
        #[test]
        fn any_text_comes_back_and_holds_no_mark(text in "\\PC{0,40}") {
            let escaped = escaped(&text);
            prop_assert!(!escaped.contains(['<', '>', '"']));
            prop_assert_eq!(read(&escaped), text);
        }
    }

    #[test]
    fn letters_that_xml_cannot_hold_are_left_out() {
        assert_eq!(escaped("a\u{0}\u{1b}[0m\u{ffff}b\nc"), "a[0mb&#10;c");
        assert_eq!(escaped(r#"C:\Jürgen & <Söhne> "x""#), "C:\\Jürgen &amp; &lt;Söhne&gt; &quot;x&quot;");
    }
}
