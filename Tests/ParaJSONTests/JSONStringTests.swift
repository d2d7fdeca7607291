import Foundation
import ParaJSON
import ParaTestSupport
import Testing

struct JSONStringTests {
  @Test(
    arguments: [
      (#"\"\\\/\b\f\n\r\t"#, "\"\\/\u{8}\u{C}\n\r\t"), (#"\u0041\u00e9\u20AC"#, "Aé€"),
      (#"\uD834\uDD1E"#, "𝄞"), (#"\udbff\udfff"#, "\u{10FFFF}"), (#"\u0000"#, "\0"),
      ("é名𝄞", "é名𝄞"), (#"a\nb"#, "a\nb"), ("\u{7F}\u{2028}", "\u{7F}\u{2028}"),
    ])
  func unescapes(escaped: String, text: String) throws {
    #expect(try JSONParser.parse("\"\(escaped)\"") == .string(text))
  }

  @Test(
    arguments: [
      (#""abc"#, "byte 5: expected the string's closing quote, found the end of the text"),
      ("\"", "byte 2: expected the string's closing quote, found the end of the text"),
      (#""a\"#, "byte 4: expected an escape, found the end of the text"),
      (#""\x41""#, #"byte 3: expected one of \" \\ \/ \b \f \n \r \t \u, found "x""#),
      (#""\u12G4""#, #"byte 6: expected four hexadecimal digits, found "G""#),
      (#""\u12"#, "byte 6: expected four hexadecimal digits, found the end of the text"),
      (#""\ud800""#, "byte 2: the escape is half of a surrogate pair, which is no character"),
      (#""x\udc00""#, "byte 3: the escape is half of a surrogate pair, which is no character"),
      (#""\ud800\u0041""#, "byte 2: the escape is half of a surrogate pair, which is no character"),
      (#""\ud800\ud800""#, "byte 2: the escape is half of a surrogate pair, which is no character"),
      (#""\ud800\n""#, "byte 2: the escape is half of a surrogate pair, which is no character"),
      ("\"a\nb\"", "byte 3: control characters in strings must be escaped, found the byte 0xA"),
      ("\"\u{0}\"", "byte 2: control characters in strings must be escaped, found the byte 0x0"),
    ])
  func refuses(text: String, message: String) {
    expect(throws: message) { try JSONParser.parse(text) }
  }

  /// Strings are scanned eight bytes at a time.
  @Test func readsEveryLengthAndEndsAtEveryPlace() throws {
    for length in 0..<40 {
      let plain = String(repeating: "x", count: length)
      #expect(try JSONParser.parse("\"\(plain)\"") == .string(plain))
      for place in 0..<length {
        var text = Array(plain)
        text[place] = "\t"
        let escaped = text.map { $0 == "\t" ? "\\t" : String($0) }.joined()
        #expect(try JSONParser.parse("\"\(escaped)\"") == .string(String(text)))
        #expect(throws: JSONError.self) { try JSONParser.parse("\"\(String(text))\"") }
      }
    }
  }

  /// Every byte at every position of a word either stands for itself or is refused.
  @Test func checksEveryByte() {
    for byte in UInt8.min...UInt8.max {
      for place in 0..<9 {
        var bytes = [UInt8](repeating: UInt8(ascii: "x"), count: 20)
        (bytes[0], bytes[19]) = (UInt8(ascii: "\""), UInt8(ascii: "\""))
        bytes[place + 1] = byte
        let value = bytes.withUnsafeBytes { try? JSONParser.parse($0) }
        let isPlain = byte >= 0x20 && byte < 0x80 && byte != 0x22 && byte != 0x5C
        #expect((value != nil) == isPlain, "byte \(byte) at \(place)")
      }
    }
  }

  @Test(
    arguments: [
      [0xFF], [0xC3], [0x80], [0xC0, 0xAF], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80],
      [0xE2, 0x82],
    ] as [[UInt8]])
  func refusesInvalidUTF8(bad: [UInt8]) {
    for prefix in ["", "aé", #"\n"#] {
      let bytes = Array("\"\(prefix)".utf8) + bad + Array("z\"".utf8)
      let message =
        "byte \(2 + prefix.utf8.count): the text is not UTF-8, found the byte 0x"
        + String(bad[0], radix: 16, uppercase: true)
      expect(throws: message) { try bytes.withUnsafeBytes { try JSONParser.parse($0) } }
    }
  }

  @Test func readsBackWhatFoundationWrites() throws {
    var generator = SeededGenerator(seed: 11)
    for _ in 0..<300 {
      let scalars = (0..<Int.random(in: 0..<30, using: &generator)).compactMap { _ in
        Unicode.Scalar(UInt32.random(in: 0..<0x3000, using: &generator))
      }
      let text = String(String.UnicodeScalarView(scalars))
      let encoded = try JSONEncoder().encode([text])
      let value = try encoded.withUnsafeBytes { try JSONParser.parse($0) }
      #expect(value == .array([.string(text)]))
    }
  }
}
