/// Whether one thing fits a model, and why not.
struct ModelFit: Encodable, Sendable {
  var model: String
  var fits: Bool
  var reason: String?

  /// - Parameter check: Throws why it does not fit.
  init(_ model: String, check: () throws -> Void) {
    self.model = model
    do {
      try check()
      fits = true
    } catch {
      fits = false
      reason = "\(error)"
    }
  }

  var fact: Fact {
    Fact("fits", reason.map { "no, not \(model): \($0)" } ?? "yes, \(model)")
  }
}
