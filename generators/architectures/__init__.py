"""Model families, one file each, read top to bottom. `config` is free of torch; the others are imported lazily."""
