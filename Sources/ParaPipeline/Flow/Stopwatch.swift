/// The time that several threads spend in one activity, added up.
///
/// An open interval counts up to the moment of asking, so a snapshot is right at any time.
struct Stopwatch {
  private var open: Int64 = 0
  private var nanoseconds: Int64 = 0

  mutating func enter(at now: Int64) {
    open += 1
    nanoseconds -= now
  }

  mutating func leave(at now: Int64) {
    open -= 1
    nanoseconds += now
  }

  func seconds(at now: Int64) -> Double {
    Double(nanoseconds + open * now) / 1e9
  }
}
