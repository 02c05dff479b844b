"""Scale (规模): benches at national size; figures are printed, never asserted."""
