"""Audio formats, each measured by the sound that is in the file, not by what its header promises."""
