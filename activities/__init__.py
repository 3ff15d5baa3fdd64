"""Everything that touches the world, one class per dependency."""
