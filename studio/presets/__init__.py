"""What a team keeps to begin from: presets (saved inputs of a tool), wildcards (lists that prompts draw from), brand kits."""
