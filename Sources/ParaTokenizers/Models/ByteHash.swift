/// A fast hash of a byte string, eight bytes at a time (multiply and fold). Not for untrusted
/// tables of unbounded size: the vocabulary is fixed and the word cache is bounded.
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
