//! Operators over known values.

use std::sync::Arc;

use super::convert::shown;
use super::lift;
use super::{Evaluator, HOLE, PyValue};
use crate::source::Span;
use crate::stack::{Fact, Origin, Sourced, Why};
use crate::syntax::python::{BinOp, CompareOp};

/// Longer texts are not made.
const MOST_TEXT: usize = 16 * 1024;

impl Evaluator<'_> {
    /// `left op right`; what comes of it stands at both places.
    pub(super) fn binary(&self, left: Fact<PyValue>, op: BinOp, right: &Fact<PyValue>, span: Span) -> Fact<PyValue> {
        // A text with a part that nobody knows is still known in its other parts.
        if op == BinOp::Add && (is_text(&left) || is_text(right)) && (is_open(&left) || is_open(right)) {
            let text = format!("{}{}", shown(&left), shown(right));
            return lift::at(PyValue::Str(text.into()), span);
        }
        // Only paths are divided by texts.
        if op == BinOp::Div && is_text(right) && (is_open(&left) || is_text(&left)) {
            return self.joined_path(&left, std::slice::from_ref(right), span);
        }
        if let (BinOp::Add, Some(PyValue::List(_)), Fact::Unknown(_)) = (op, left.known(), right) {
            return left;
        }
        lift::both_then(left, right, |left, right| match apply(&left.value, op, &right.value) {
            Some(value) => {
                let mut spans = vec![span];
                for origin in [&left.origin, &right.origin] {
                    if let Origin::Written(more) = origin {
                        spans.extend(more.iter().filter(|it| !spans.contains(it)).copied().collect::<Vec<_>>());
                    }
                }
                let origin = match (&left.origin, &right.origin) {
                    (it @ Origin::Assumed(_), _) | (_, it @ Origin::Assumed(_)) => it.clone(),
                    _ => Origin::Written(spans),
                };
                Fact::Known(Sourced { value, origin, slots: Vec::new() })
            }
            None => Fact::Unknown(Why::at("worked out when the program runs", span)),
        })
    }

    /// `left op right`, a truth.
    pub(super) fn compare(
        &self,
        left: Fact<PyValue>,
        op: CompareOp,
        right: &Fact<PyValue>,
        span: Span,
    ) -> Fact<PyValue> {
        lift::both_then(left, right, |left, right| match holds(&left.value, op, &right.value) {
            Some(truth) => lift::like(PyValue::Bool(truth), &left.origin).by_way_of([span]),
            None => Fact::Unknown(Why::at("worked out when the program runs", span)),
        })
    }
}

fn is_text(fact: &Fact<PyValue>) -> bool {
    matches!(fact.known(), Some(PyValue::Str(_)))
}

fn is_open(fact: &Fact<PyValue>) -> bool {
    !matches!(fact, Fact::Known(_) | Fact::OneOf(_))
        || matches!(fact.known(), Some(PyValue::Outside(_) | PyValue::Object(_)))
}

fn apply(left: &PyValue, op: BinOp, right: &PyValue) -> Option<PyValue> {
    use PyValue as V;
    match (left, right) {
        (V::Int(a), V::Int(b)) => integers(*a, op, *b),
        (V::Str(a), V::Str(b)) if op == BinOp::Add && a.len() + b.len() <= MOST_TEXT => {
            Some(V::Str(format!("{a}{b}").into()))
        }
        (V::Str(text), right) if op == BinOp::Mod => formatted(text, right),
        // `environ.Path(__file__) - 2`
        (V::Str(text), V::Int(up @ 0..=16)) if op == BinOp::Sub => {
            Some(V::Str((0..*up).fold(&**text, |path, _| super::text::parent(path)).into()))
        }
        (V::List(a), V::List(b)) if op == BinOp::Add => {
            Some(V::List(Arc::new(a.iter().chain(b.iter()).cloned().collect())))
        }
        (V::Missing, V::List(_)) if op == BinOp::Add => Some(right.clone()),
        (V::Dict(a), V::Dict(b)) if op == BinOp::BitOr => {
            let mut joined = (**a).clone();
            joined.merge(b);
            Some(V::Dict(joined.into()))
        }
        _ => floats(float(left)?, op, float(right)?),
    }
}

fn float(value: &PyValue) -> Option<f64> {
    match value {
        PyValue::Int(int) => Some(*int as f64),
        PyValue::Float(float) => Some(*float),
        PyValue::Bool(truth) => Some(f64::from(u8::from(*truth))),
        _ => None,
    }
}

fn integers(a: i64, op: BinOp, b: i64) -> Option<PyValue> {
    let int = match op {
        BinOp::Add => a.checked_add(b),
        BinOp::Sub => a.checked_sub(b),
        BinOp::Mul => a.checked_mul(b),
        BinOp::FloorDiv => a.checked_div_euclid(b).filter(|_| b > 0),
        BinOp::Mod => a.checked_rem_euclid(b).filter(|_| b > 0),
        BinOp::Pow => u32::try_from(b).ok().and_then(|power| a.checked_pow(power)),
        BinOp::LShift => u32::try_from(b).ok().filter(|it| *it < 63).and_then(|it| a.checked_mul(1 << it)),
        BinOp::RShift => u32::try_from(b).ok().and_then(|it| a.checked_shr(it)),
        BinOp::BitOr => Some(a | b),
        BinOp::BitAnd => Some(a & b),
        BinOp::BitXor => Some(a ^ b),
        BinOp::Div => return (b != 0).then(|| PyValue::Float(a as f64 / b as f64)),
        BinOp::MatMul => None,
    };
    int.map(PyValue::Int)
}

fn floats(a: f64, op: BinOp, b: f64) -> Option<PyValue> {
    let float = match op {
        BinOp::Add => a + b,
        BinOp::Sub => a - b,
        BinOp::Mul => a * b,
        BinOp::Div if b != 0.0 => a / b,
        BinOp::FloorDiv if b != 0.0 => (a / b).floor(),
        BinOp::Pow => a.powf(b),
        _ => return None,
    };
    float.is_finite().then_some(PyValue::Float(float))
}

/// `text % values`: each `%s` and `%d` in turn, each `%(name)s` by its key.
fn formatted(text: &str, values: &PyValue) -> Option<PyValue> {
    let mut given = match values {
        PyValue::List(items) => items.iter().map(shown).collect::<Vec<_>>(),
        PyValue::Dict(_) => Vec::new(),
        other => vec![shown(&Fact::derived(other.clone(), Vec::new()))],
    }
    .into_iter();
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('%') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        if let Some(named) = rest.strip_prefix('(') {
            let (name, behind) = named.split_once(')')?;
            let PyValue::Dict(dict) = values else { return None };
            out.push_str(
                &dict
                    .entries
                    .iter()
                    .find(|it| &*it.0 == name)
                    .map_or_else(|| HOLE.to_string().into(), |it| shown(&it.1)),
            );
            rest = behind;
        } else if rest.starts_with(['s', 'd']) {
            out.push_str(&given.next()?);
        } else if rest.starts_with('%') {
            out.push('%');
        } else {
            return None;
        }
        rest = rest.get(1..)?;
    }
    out.push_str(rest);
    Some(PyValue::Str(out.into()))
}

/// Whether a comparison holds; nothing where it cannot be told.
fn holds(left: &PyValue, op: CompareOp, right: &PyValue) -> Option<bool> {
    use CompareOp as Op;
    if let PyValue::Missing = left {
        return None;
    }
    match op {
        Op::Eq | Op::Is => same(left, right),
        Op::NotEq | Op::IsNot => same(left, right).map(|it| !it),
        Op::In => contains(right, left),
        Op::NotIn => contains(right, left).map(|it| !it),
        Op::Lt | Op::LtE | Op::Gt | Op::GtE => {
            let order = match (left, right) {
                (PyValue::Str(a), PyValue::Str(b)) if !a.contains(HOLE) && !b.contains(HOLE) => a.cmp(b),
                _ => float(left)?.partial_cmp(&float(right)?)?,
            };
            Some(match op {
                Op::Lt => order.is_lt(),
                Op::LtE => order.is_le(),
                Op::Gt => order.is_gt(),
                _ => order.is_ge(),
            })
        }
    }
}

fn same(left: &PyValue, right: &PyValue) -> Option<bool> {
    if let (Some(a), Some(b)) = (float(left), float(right)) {
        return Some(a == b);
    }
    match (left, right) {
        (PyValue::Str(a), PyValue::Str(b)) => (!a.contains(HOLE) && !b.contains(HOLE)).then_some(a == b),
        (PyValue::None, PyValue::None) => Some(true),
        // `cast is bool`
        (PyValue::Outside(a), PyValue::Outside(b)) if is_type(a) && is_type(b) => Some(a == b),
        // Values of different kinds are never the same.
        (a, b) if is_plain(a) && is_plain(b) => Some(false),
        (PyValue::None, PyValue::Object(_) | PyValue::Dict(_) | PyValue::List(_)) => Some(false),
        (PyValue::Object(_) | PyValue::Dict(_) | PyValue::List(_), PyValue::None) => Some(false),
        _ => None,
    }
}

fn is_type(name: &str) -> bool {
    matches!(name, "bool" | "int" | "float" | "str" | "list" | "tuple" | "dict" | "set")
}

fn is_plain(value: &PyValue) -> bool {
    matches!(value, PyValue::None | PyValue::Bool(_) | PyValue::Int(_) | PyValue::Float(_) | PyValue::Str(_))
}

fn contains(whole: &PyValue, part: &PyValue) -> Option<bool> {
    match (whole, part) {
        (PyValue::Str(whole), PyValue::Str(part)) if !whole.contains(HOLE) && !part.contains(HOLE) => {
            Some(whole.contains(&**part))
        }
        (PyValue::List(items), part) => {
            let mut all = Some(false);
            for item in items.iter() {
                match item.known().and_then(|item| same(item, part)) {
                    Some(true) => return Some(true),
                    Some(false) => {}
                    None => all = None,
                }
            }
            all
        }
        (PyValue::Dict(dict), PyValue::Str(key)) if dict.open.is_none() => {
            Some(dict.entries.iter().any(|it| it.0 == *key))
        }
        _ => None,
    }
}
