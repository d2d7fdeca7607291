/// The special tokens that go before and after a text.
struct SpecialTokenTemplate: Sendable, Equatable {
  var prefix: [TokenID] = []
  var suffix: [TokenID] = []
}
