/// The five kinds of character that the pre-tokenizers' regular expressions tell apart:
/// `\p{L}`, `\p{N}`, `[\r\n]`, the rest of `\s`, and the rest.
enum CharacterClass: UInt8 {
  case letter, number, newline, space, other

  init(_ scalar: Unicode.Scalar) {
    let properties = scalar.properties
    switch properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter:
      self = .letter
    case .decimalNumber, .letterNumber, .otherNumber:
      self = .number
    case .control, .spaceSeparator, .lineSeparator, .paragraphSeparator:
      self = scalar == "\n" || scalar == "\r" ? .newline : properties.isWhitespace ? .space : .other
    default:
      self = .other
    }
  }

  static let ascii: [CharacterClass] = (UInt8(0)..<128).map { CharacterClass(Unicode.Scalar($0)) }

  var isWhitespace: Bool { self == .space || self == .newline }
}
