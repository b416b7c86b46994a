//! stub
use crate::view::View;
use std::io::{self, Write};
/// stub
pub fn render(_view: &View, _out: &mut impl Write) -> io::Result<()> {
    Ok(())
}
