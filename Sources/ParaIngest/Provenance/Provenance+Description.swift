extension Provenance: CustomStringConvertible {
  /// One line such as `squad.tar.gz!part-1.jsonl:17`, `copa.xml:12:/copa-corpus/item[3]` or
  /// `dev.json:data[0].paragraphs[2].qas[1]`.
  ///
  /// Names are data: control characters, characters that turn the writing direction, backslashes
  /// and `..` path components show as Swift escapes.
  public var description: String {
    let name = ([file.escaped] + (member.map { [$0.escapedMember] } ?? [])).joined(separator: "!")
    switch location {
    case .whole: return name
    case .line(let line): return "\(name):\(line)"
    case .element(let path, let line): return "\(name):\(line):\(path)"
    case .path(let path): return "\(name):\(path.escaped)"
    }
  }
}

extension String {
  /// Fit to be shown on one line of a terminal.
  package var escaped: String {
    guard unicodeScalars.contains(where: \.needsEscape) else { return self }
    return unicodeScalars.reduce(into: "") { text, scalar in
      text += scalar.needsEscape ? scalar.escape : String(scalar)
    }
  }

  /// As `escaped`, with components that climb the folder tree made harmless to copy.
  package var escapedMember: String {
    let dot = Unicode.Scalar(UInt8(ascii: ".")).escape
    return split(separator: "/", omittingEmptySubsequences: false)
      .map { $0 == ".." ? dot + dot : String($0).escaped }
      .joined(separator: "/")
  }
}

extension Unicode.Scalar {
  fileprivate var needsEscape: Bool {
    switch properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator: true
    default: self == "\\"
    }
  }

  fileprivate var escape: String { "\\u{\(String(value, radix: 16, uppercase: true))}" }
}
