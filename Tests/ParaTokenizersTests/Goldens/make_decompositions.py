"""Writes Sources/ParaTokenizers/Unicode/Decompositions+{Canonical,Compatibility}.swift.

The data are the decomposition mappings of UnicodeData.txt as Python's unicodedata has them
(Python 3.11: Unicode 14.0.0), without the Hangul syllables, which are computed.
Run: python3 make_decompositions.py <package root>
"""

import sys
import unicodedata


def entries(compatibility):
    runs = []
    for code in range(0x110000):
        mapping = unicodedata.decomposition(chr(code))
        if not mapping or mapping.startswith("<") != compatibility:
            continue
        target = [int(x, 16) for x in mapping.split() if not x.startswith("<")]
        last = runs[-1] if runs else None
        if (
            last
            and len(target) == len(last[2]) == 1
            and code == last[0] + last[1] + 1
            and target[0] == last[2][0] + last[1] + 1
        ):
            last[1] += 1
        else:
            runs.append([code, 0, target])
    for code, more, target in runs:
        run = f"+{more:X}" if more else ""
        yield f"{code:X}{run}={' '.join(f'{x:X}' for x in target)}"


def write(path, name, compatibility, what):
    lines, line = [], ""
    for entry in entries(compatibility):
        if len(line) + len(entry) + 1 > 94:
            lines.append(line)
            line = ""
        line += entry + ";"
    lines.append(line)
    body = "\\\n".join(f"    {line}" for line in lines)
    with open(path, "w") as file:
        file.write(
            f"""// Written by Tests/ParaTokenizersTests/Goldens/make_decompositions.py.

extension Decompositions {{
  /// {what} of Unicode {unicodedata.unidata_version}: `scalar[+more]=scalars;`
  /// in hexadecimal, where `more` following scalars map to those that follow.
  static let {name} = \"\"\"
{body}
    \"\"\"
}}
"""
        )


root = sys.argv[1] + "/Sources/ParaTokenizers/Unicode/Decompositions+"
write(root + "Canonical.swift", "canonicalData", False, "The canonical decomposition mappings")
write(root + "Compatibility.swift", "compatibilityData", True, "The compatibility mappings")
