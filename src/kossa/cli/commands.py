"""The one table of commands: a name, where it lives, and its line of help.

A command's module is imported when the command runs, never for `--help`.
"""

from __future__ import annotations

from importlib import import_module

import click

__all__ = ["COMMANDS", "EXIT_CODES", "LazyGroup"]

COMMANDS: dict[str, tuple[str, str]] = {
    "new": ("kossa.cli.new", "Write a commented case.toml to fill in by hand."),
    "read": ("kossa.cli.read", "Read a folder of evidence and write one report."),
    "ct": ("kossa.cli.ct", "Find and measure calcium in a CT scan."),
    "film": ("kossa.cli.film", "Find and describe calcium on a mammogram or radiograph."),
    "section": ("kossa.cli.section", "Measure the mineralised share of stained sections."),
    "blood": ("kossa.cli.blood", "Read laboratory results: ranges, derived values, what is doubtful."),
    "history": ("kossa.cli.history", "Read letters, reports and records: what they say of a person."),
    "diagnose": ("kossa.cli.diagnose", "Weigh kinds and causes of a case told in words and numbers."),
    "causes": ("kossa.cli.causes", "List the conditions that bring calcium, or tell all of one."),
    "compare": ("kossa.cli.compare", "Dystrophic and metastatic calcification side by side."),
    "simulate": ("kossa.cli.simulate", "Grow deposits in 3-D, or show that none grow."),
    "demo": ("kossa.cli.demo", "Make two virtual people, read them cold, show truth beside reading."),
}

EXIT_CODES = """\b
Exit codes:
  0    a report was written (what was left out stands in its notices)
  1    a fault in kossa itself
  2    the call was wrong
  3    nothing usable was found
  4    more than one person (choose one with --person)
  5    kossa could not finish (output not writable, disk full, not enough memory)
  6    --strict, and something was left out
  130  interrupted (Ctrl-C or SIGTERM); what was read until then is marked as partial
"""


class LazyGroup(click.Group):
    """A group that lists commands from the table and imports one only when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the table's order."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return one command."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(COMMANDS[cmd_name][0]).command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the table without importing anything."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])
