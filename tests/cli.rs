//! The program as users run it: commands, what they print, how they exit.

#[test]
fn commands() {
    trycmd::TestCases::new().case("tests/cli/*.trycmd");
}
