"""Nothing that matters."""
