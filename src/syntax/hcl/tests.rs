use super::*;

fn read(text: &str) -> (SourceFile, Parsed<Body>) {
    let file = SourceFile::new(FileId(0), "main.tf", Default::default(), text);
    let parsed = parse(&file);
    (file, parsed)
}

#[test]
fn blocks_and_attributes_keep_their_places() {
    let text = "# c\nresource \"aws_db_instance\" \"main\" {\n  engine = \"postgres\" // x\n  size   = 20\n  on     = true\n  parameter {\n    name = \"a\"\n  }\n}\n";
    let (file, parsed) = read(text);
    assert_eq!(parsed.errors, []);
    let block = &parsed.tree.blocks[0];
    let labels: Vec<_> = block.labels.iter().map(|it| file.slice(it.span)).collect();
    assert_eq!((&*block.kind.value, labels), ("resource", vec!["aws_db_instance", "main"]));
    let Value::Text(engine) = &block.body.get("engine").unwrap().value else { panic!("text") };
    assert_eq!(file.slice(engine.span), "postgres");
    assert_eq!(block.body.get("size").unwrap().value, Value::Plain("20".into()));
    assert_eq!(block.body.all("parameter").count(), 1);
}

#[test]
fn values() {
    let value = |text: &str| {
        let (_, parsed) = read(&format!("a = {text}\nb = 1\n"));
        assert_eq!(parsed.tree.attributes.len(), 2, "{text}: {:?}", parsed.errors);
        parsed.tree.get("a").unwrap().value.clone()
    };
    assert_eq!(value("var.x"), Value::Reference("var.x".into()));
    assert_eq!(value("aws_x.y[0].z"), Value::Reference("aws_x.y.z".into()));
    assert_eq!(value("var.x ? 1 : 2"), Value::Other);
    assert_eq!(value("[for x in y : x.z]"), Value::Other);
    assert_eq!(value("{ for k, v in y : k => v }"), Value::Other);
    assert!(
        matches!(value("jsonencode([{ a = 1, \"b\" : [2,\n 3] }])"), Value::Call(name, _) if &*name == "jsonencode")
    );
    assert_eq!(
        value("\"x-${var.a}-${b(\"c}\")}\""),
        Value::Template(vec![
            Piece::Text("x-".into()),
            Piece::Reference("var.a".into()),
            Piece::Text("-".into()),
            Piece::Other
        ])
    );
    assert!(matches!(value("<<-EOF\n  text\n  EOF"), Value::Text(text) if &*text.value == "  text\n"));
    assert!(matches!(value("\"a \\\"b\\\" $${c}\""), Value::Text(text) if &*text.value == "a \"b\" ${c}"));
}

#[test]
fn any_text_is_read_to_its_end() {
    for text in ["a = \"", "a {", "a = [", "}}", "a = <<X", "= = =", "a = {b", "\u{e9}é = \"${", "a = \"\\"] {
        read(text);
    }
    let deep = format!("a = {}", "[".repeat(5000));
    read(&deep);
    read(&"a {\n".repeat(5000));
}
