"""What a team keeps to begin from: presets (saved inputs of a tool) and wildcards (lists that prompts draw from)."""
