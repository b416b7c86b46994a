//! Quantities as Kubernetes writes them (`k8s.io/apimachinery/pkg/api/resource`): `500m`, `1.5`, `1Gi`, `512M`, `1e3`.

/// A quantity; what is no quantity, or negative, is none.
pub(super) fn quantity(text: &str) -> Option<f64> {
    let text = text.trim();
    let digits = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at_checked(digits)?;
    let number: f64 = number.parse().ok()?;
    let factor = match unit {
        "" => 1.0,
        "n" => 1e-9,
        "u" => 1e-6,
        "m" => 1e-3,
        "k" => 1e3,
        "M" => 1e6,
        "G" => 1e9,
        "T" => 1e12,
        "P" => 1e15,
        "E" => 1e18,
        "Ki" => 1024.0,
        "Mi" => 1024_f64.powi(2),
        "Gi" => 1024_f64.powi(3),
        "Ti" => 1024_f64.powi(4),
        "Pi" => 1024_f64.powi(5),
        "Ei" => 1024_f64.powi(6),
        _ => 10_f64.powi(unit.strip_prefix(['e', 'E'])?.parse::<i32>().ok().filter(|it| it.abs() < 20)?),
    };
    Some(number * factor)
}

/// CPUs.
pub(super) fn cpus(text: &str) -> Option<f64> {
    quantity(text).filter(|cpus| *cpus > 0.0)
}

/// Bytes, as many whole ones as are needed.
pub(super) fn bytes(text: &str) -> Option<u64> {
    quantity(text).filter(|bytes| *bytes >= 1.0 && *bytes < 1e18).map(|bytes| bytes.ceil() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities() {
        assert_eq!((cpus("500m"), cpus("1.5"), cpus("2"), cpus("1e1")), (Some(0.5), Some(1.5), Some(2.0), Some(10.0)));
        assert_eq!(
            (bytes("1Gi"), bytes("512M"), bytes("128974848")),
            (Some(1 << 30), Some(512_000_000), Some(128_974_848))
        );
        assert_eq!((bytes("64Ki"), bytes("129e6")), (Some(65536), Some(129_000_000)));
        assert_eq!(
            (cpus("0"), cpus(""), cpus("x"), cpus("1g"), bytes("-1"), bytes("1e99")),
            (None, None, None, None, None, None)
        );
    }
}
