"""Audio formats, measured by the sound in the file and not by the length in its header."""
