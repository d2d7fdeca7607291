/// The added tokens by which a chat is put together. Where user text spells one out, it can be encoded as text.
///
/// A chat template joins its own control tokens and the user's texts to one text, in which the two look the same. So
/// each control token in a user's text is put between two marks before the template runs, and only what is still
/// between marks in the rendered text is encoded as text: whole tokens that the template took over. The template sees
/// the token itself (`'</think>' in content` holds); a mark that it cut off still keeps the texts on either side apart.
///
/// The tokens are those of `apply_chat_template(sanitize_control_tokens=True)` of transformers 5.24.
package struct ControlTokens: Sendable {
  private let contents: ByteTrie
  /// All added tokens, which are looked for between marks.
  private let added: Set<[UInt8]>
  private let tokenizer: Tokenizer

  /// - Parameters:
  ///   - literals: The texts that stand in the chat template itself: added tokens in them are control tokens,
  ///     as all special tokens are, unless the tokenizer lists its control tokens.
  package init(_ tokenizer: Tokenizer, literals: [String]) {
    self.tokenizer = tokenizer
    let tokens = tokenizer.addedTokens
    added = Set(tokens.map { Array($0.content.utf8) })
    let literals = literals.map { Array($0.utf8) }
    var contents = ByteTrie()
    for token in tokens {
      let bytes = Array(token.content.utf8)
      let isControl =
        token.isSpecial
        || tokenizer.chatControlTokens?.contains { $0.utf8.elementsEqual(bytes) }
          ?? (!token.content.allSatisfy(\.isWhitespace)
            && literals.contains { Self.contains($0, bytes) })
      if isControl { contents.insert(bytes, value: token.id) }
    }
    self.contents = contents
  }

  /// The text with each control token between marks, the longest where several begin.
  package func marked(_ text: String, _ marks: ControlTokenMarks) -> String {
    let bytes = Array(text.utf8)
    var result: [UInt8] = []
    var position = 0
    while position < bytes.count {
      if let (end, _) = contents.longestMatch(in: bytes.span, at: position) {
        result += marks.start + bytes[position..<end] + marks.end
        position = end
      } else {
        result.append(bytes[position])
        position += 1
      }
    }
    return String(decoding: result, as: UTF8.self)
  }

  private static func contains(_ text: [UInt8], _ part: [UInt8]) -> Bool {
    text.firstRange(of: part) != nil
  }
}

/// Two characters that occur in none of a chat's texts.
package struct ControlTokenMarks: Sendable {
  let start: [UInt8]
  let end: [UInt8]

  /// Nil if the texts use all of the 65,534 characters for private use of plane 15.
  package init?(absentFrom texts: [String]) {
    var used: Set<UInt32> = []
    // A character of plane 15 begins with this byte.
    for text in texts where text.utf8.contains(0xF3) {
      used.formUnion(text.unicodeScalars.lazy.map(\.value).filter { $0 >= 0xF0000 })
    }
    let unused = (UInt32(0xF0000)...0xFFFFD).lazy.filter { !used.contains($0) }.prefix(2)
    let free = Array(unused).compactMap(Unicode.Scalar.init).map { Array(String($0).utf8) }
    guard free.count == 2 else { return nil }
    (start, end) = (free[0], free[1])
  }
}

/// A control token that a user typed and that plain text would become too.
package struct ControlTokenError: Error, Sendable, CustomStringConvertible {
  package let token: String

  package var description: String {
    "'\(token)' cannot be encoded as text: the tokenizer makes the control token of it even so"
  }
}

extension ControlTokens {
  private typealias Piece = (text: ArraySlice<UInt8>, isToken: Bool)

  /// The tokens of a rendered chat whose user texts were marked.
  ///
  /// - Throws: `ControlTokenError`.
  package func encode(_ chat: String, _ marks: ControlTokenMarks) throws -> [TokenID] {
    var ids: [TokenID] = []
    for (index, piece) in pieces(Array(chat.utf8)[...], marks).enumerated() {
      let text = String(decoding: piece.text, as: UTF8.self)
      let selection: AddedTokenSelection =
        piece.isToken ? .none : tokenizer.splitsSpecialTokens ? .ordinary : .all
      let tokens =
        index == 0
        ? tokenizer.encode(text, matching: selection)
        : tokenizer.encode(continuation: text, matching: selection)
      if piece.isToken, let token = tokenizer.tokenID(of: text), tokens.contains(token) {
        throw ControlTokenError(token: text)
      }
      ids += tokens
    }
    return ids
  }

  /// The text up to the first mark, then marked tokens and the texts between them, none of them empty.
  private func pieces(_ chat: ArraySlice<UInt8>, _ marks: ControlTokenMarks) -> [Piece] {
    var pieces: [Piece] = []
    var rest = chat
    while let (mark, isStart) = marks.first(in: rest) {
      if pieces.isEmpty || mark.lowerBound > rest.startIndex {
        pieces.append((rest[..<mark.lowerBound], false))
      }
      rest = rest[mark.upperBound...]
      if isStart, case (let end, false)? = marks.first(in: rest),
        added.contains(Array(rest[..<end.lowerBound]))
      {
        pieces.append((rest[..<end.lowerBound], true))
        rest = rest[end.upperBound...]
      }
    }
    if pieces.isEmpty || !rest.isEmpty { pieces.append((rest, false)) }
    return pieces
  }
}

extension ControlTokenMarks {
  /// The text without marks.
  package func removed(from text: String) -> String {
    var rest = Array(text.utf8)[...]
    var result: [UInt8] = []
    while let (mark, _) = first(in: rest) {
      result += rest[..<mark.lowerBound]
      rest = rest[mark.upperBound...]
    }
    return String(decoding: result + rest, as: UTF8.self)
  }

  /// The first of the marks in a text.
  fileprivate func first(in text: ArraySlice<UInt8>) -> (range: Range<Int>, isStart: Bool)? {
    var rest = text
    while let place = rest.firstIndex(of: 0xF3) {
      rest = rest[place...]
      if rest.starts(with: start) { return (place..<(place + start.count), true) }
      if rest.starts(with: end) { return (place..<(place + end.count), false) }
      rest = rest.dropFirst()
    }
    return nil
  }
}

extension Tokenizer {
  /// The tokens of a text behind another, without the space that some tokenizers put before the first word.
  fileprivate func encode(
    continuation text: String, matching selection: AddedTokenSelection
  ) -> [TokenID] {
    let lineBreak = encode("\n", matching: .all)
    let ids = encode("\n" + text, matching: selection)
    return ids.starts(with: lineBreak)
      ? Array(ids.dropFirst(lineBreak.count)) : encode(text, matching: selection)
  }
}
