package import Foundation

package struct TarEntry {
  /// The type flags of POSIX `pax`, "ustar Interchange Format".
  package enum Kind: Character {
    case file = "0"
    case hardLink = "1"
    case symbolicLink = "2"
    case folder = "5"
  }

  package let name: Data
  package let content: Data
  package let kind: Kind

  package init(_ name: String, _ content: Data = Data(), kind: Kind = .file) {
    self.init(rawName: Data(name.utf8), content, kind: kind)
  }

  package init(rawName: Data, _ content: Data = Data(), kind: Kind = .file) {
    name = rawName
    self.content = content
    self.kind = kind
  }

  package var header: Data {
    var header = Data(count: 512)
    func put(_ text: String, at offset: Int) {
      header.replaceSubrange(offset..<(offset + text.utf8.count), with: text.utf8)
    }
    header.replaceSubrange(0..<name.count, with: name)
    put("0000644\0", at: 100)
    put(octal(content.count, digits: 11) + "\0", at: 124)
    put("00000000000\0", at: 136)
    put("        ", at: 148)
    put(String(kind.rawValue), at: 156)
    if kind == .hardLink || kind == .symbolicLink { put("target", at: 157) }
    put("ustar\u{0}00", at: 257)
    put(octal(header.reduce(0) { $0 + Int($1) }, digits: 6) + "\0 ", at: 148)
    return header
  }

  private func octal(_ value: Int, digits: Int) -> String {
    let text = String(value, radix: 8)
    return String(repeating: "0", count: digits - text.count) + text
  }
}
