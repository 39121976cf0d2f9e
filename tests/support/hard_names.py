"""Names that need invisible characters, and characters that no name needs."""

# Default_Ignorable_Code_Point, from DerivedCoreProperties.txt of Unicode 15.1.
IGNORABLE = [
    (0xAD, 0xAD), (0x34F, 0x34F), (0x61C, 0x61C), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F),
    (0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F), (0x3164, 0x3164), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF),
    (0xFFA0, 0xFFA0), (0xFFF0, 0xFFF8), (0x1BCA0, 0x1BCA3), (0x1D173, 0x1D17A), (0xE0000, 0xE0FFF),
]  # fmt: skip
ALL_IGNORABLE = [chr(number) for first, last in IGNORABLE for number in range(first, last + 1)]
BLANK = ["\u2800", "\U0001d159", "\U00013441", "\U00013442"]
PERSIAN = "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"
SINHALA = "\u0dc1\u0dca\u200d\u0dbb\u0dd3"
MALAYALAM = "\u0d05\u0d35\u0d28\u0d4d\u200d"  # ends with a joiner, as spelt before Unicode 5.1
FAMILY = "\U0001f469\u200d\u2764\ufe0f\u200d\U0001f469"
SCOTLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f"
