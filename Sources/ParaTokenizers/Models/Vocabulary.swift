/// The pieces of a model by id, and their ids by bytes.
///
/// Pieces are byte strings, compared byte by byte. Ids may have gaps. All pieces are in one arena,
/// so that a vocabulary of 128,000 pieces takes four allocations rather than 128,000.
struct Vocabulary: Sendable {
  /// Larger ids are refused as corrupt; the largest vocabularies in use have 2¹⁸ pieces.
  static let maximumID = TokenID(1 << 22)

  private var arena: [UInt8] = []
  /// The position of each piece in the arena; absent ids have a negative start.
  private var places: [(start: Int32, length: Int32)] = []
  /// A hash table of ids with open addressing; −1 is a free slot.
  private var slots: [TokenID] = Array(repeating: -1, count: 16)
  private var used = 0

  /// One more than the largest id.
  var count: Int { places.count }

  /// The number of different pieces, less than `count` where ids have gaps.
  var pieceCount: Int { used }

  func bytes(of id: TokenID) -> ArraySlice<UInt8>? {
    guard id >= 0, id < places.count, places[Int(id)].start >= 0 else { return nil }
    let place = places[Int(id)]
    return arena[Int(place.start)..<Int(place.start + place.length)]
  }

  func id(of piece: Span<UInt8>) -> TokenID? {
    let id = slots[slot(of: piece)]
    return id < 0 ? nil : id
  }

  func id(of piece: String) -> TokenID? {
    id(of: Array(piece.utf8).span)
  }

  /// Adds a piece. A piece that exists gets the new id; an id that exists gets the new piece.
  mutating func insert(_ piece: [UInt8], id: TokenID) {
    if 2 * (used + 1) > slots.count { grow() }
    let start = arena.count
    arena.append(contentsOf: piece)
    while places.count <= id { places.append((-1, 0)) }
    places[Int(id)] = (Int32(start), Int32(piece.count))
    let index = slot(of: piece.span)
    if slots[index] < 0 { used += 1 }
    slots[index] = id
  }

  /// The slot of the piece, or the free slot for it.
  private func slot(of piece: Span<UInt8>) -> Int {
    let mask = slots.count - 1
    var index = Int(truncatingIfNeeded: byteHash(piece)) & mask
    while slots[index] >= 0, !equals(slots[index], piece) { index = (index + 1) & mask }
    return index
  }

  private func equals(_ id: TokenID, _ piece: Span<UInt8>) -> Bool {
    let place = places[Int(id)]
    guard place.length == piece.count else { return false }
    let start = Int(place.start)
    for offset in 0..<piece.count where arena[start + offset] != piece[offset] { return false }
    return true
  }

  private func slot(ofPieceAt id: TokenID) -> Int {
    let place = places[Int(id)]
    return slot(of: arena.span.extracting(Int(place.start)..<Int(place.start + place.length)))
  }

  private mutating func grow() {
    let old = slots
    slots = Array(repeating: -1, count: 2 * old.count)
    for id in old where id >= 0 {
      let index = slot(ofPieceAt: id)
      slots[index] = id
    }
  }
}

/// A fast hash of a byte string, eight bytes at a time (multiply and fold). It does not resist
/// crafted collisions, so it is for tables of bounded size only: the vocabulary and the word cache.
func byteHash(_ bytes: Span<UInt8>) -> UInt64 {
  let raw = bytes.bytes
  var hash = UInt64(truncatingIfNeeded: raw.byteCount) &* 0x9E37_79B9_7F4A_7C15
  var offset = 0
  while offset + 8 <= raw.byteCount {
    hash = fold(hash ^ raw.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
    offset += 8
  }
  var tail: UInt64 = 0
  while offset < raw.byteCount {
    tail = tail << 8 | UInt64(bytes[offset])
    offset += 1
  }
  return fold(hash ^ tail)
}

private func fold(_ value: UInt64) -> UInt64 {
  let product = value.multipliedFullWidth(by: 0xD6E8_FEB8_6659_FD93)
  return product.high ^ product.low
}
