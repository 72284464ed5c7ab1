"""Words to calls: one module a command, no logic."""
