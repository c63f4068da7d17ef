"""Speed as ratios: ours against a bare limit or a peer's way, in one run, on the same data, equal results asserted first."""
