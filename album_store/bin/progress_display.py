"""Progress output of the subcommands."""

import sys

from tqdm import tqdm

LINES_PER_STAGE = 10


class ProgressDisplay:
    """Shows a progress bar per stage on a terminal, or else up to ten lines per stage. Both go to stderr."""

    def __init__(self) -> None:
        self._bar: tqdm | None = None
        self._on_terminal = sys.stderr.isatty()
        self._last = ("", 0)

    def show(self, stage: str, done: int, total: int) -> None:
        """Show that `done` of `total` steps are complete. The stage ends with `total`."""
        if self._on_terminal:
            self._move_bar(stage, done, total)
            return
        now = stage, done * LINES_PER_STAGE // total
        if now != self._last and now[1]:
            sys.stderr.write(f"{stage}: {done} of {total}\n")
        self._last = now

    def close(self) -> None:
        """Close the bar and restore the terminal. Call this after errors too."""
        if self._bar is not None:
            self._bar.close()

    def _move_bar(self, stage: str, done: int, total: int) -> None:
        if self._bar is None or self._bar.desc != stage:
            self.close()
            self._bar = tqdm(desc=stage, total=total, file=sys.stderr)
            self._bar.desc = stage  # tqdm adds a colon to the description it is created with
        self._bar.update(done - self._bar.n)
