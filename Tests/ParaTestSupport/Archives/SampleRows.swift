package import Foundation

/// Twelve rows of JSON Lines, 604 bytes.
package enum SampleRows {
  package static let text: String = (0..<12).map { row in
    let letters = "abcdefghijklmnop".prefix(1 + row * 7 % 13)
    return #"{"id": \#(row), "text": "row \#(row) of the sample, \#(letters)"}"# + "\n"
  }.joined()

  package static let data = Data(text.utf8)
}
