"""Audio formats. Lengths are measured from the sound in the file and not taken from its header."""
