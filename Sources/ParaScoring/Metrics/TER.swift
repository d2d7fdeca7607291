extension MetricDefinition {
  /// Translation edit rate of the corpus (Snover et al. 2006), as sacrebleu computes it: lower case, words
  /// by white space. The fewest edits to any reference over the references' mean length. 0 is best; 100
  /// and more are possible.
  static let ter = corpus("ter", .ter, higherIsBetter: false) { prediction, references in
    let predicted = words(prediction)
    let references = references.map(words)
    let edits = references.map { TranslationEdits($0).count(from: predicted) }.min() ?? 0
    let length = references.reduce(0) { $0 + $1.count }
    return .counts([Double(edits), Double(length) / Double(references.count)])
  }

  private static func words(_ text: String) -> [ArraySlice<Unicode.Scalar>] {
    PythonText(text).lowercased().words()
  }
}

extension Aggregation {
  static let ter = Aggregation("ter", of: .ter) { items in
    let sums = counts(items)
    return sums[1] > 0 ? 100 * (sums[0] / sums[1]) : sums[0] > 0 ? 100 : 0
  }
}

/// Edits that turn a text into a reference: words inserted, deleted and replaced, and runs of words
/// shifted, as Tercom and sacrebleu search for them (greedily, within limits).
struct TranslationEdits<Word: Hashable> {
  typealias Words = [Word]

  private let reference: Words
  private let distance: BeamEditDistance<Word>

  private static var maximumShiftSize: Int { 10 }
  private static var maximumShiftDistance: Int { 50 }
  private static var maximumCandidates: Int { 1000 }

  init(_ reference: Words) {
    self.reference = reference
    distance = BeamEditDistance(reference)
  }

  func count(from text: Words) -> Int {
    if reference.isEmpty { return text.count }
    var text = text
    var (shifts, candidates) = (0, 0)
    while let shift = bestShift(of: text, &candidates), candidates < Self.maximumCandidates,
      shift.gain > 0
    {
      shifts += 1
      text = shift.words
    }
    return shifts + distance.rows(to: text).distance
  }

  private struct Shift {
    let gain: Int
    /// The longest run first, then the earliest, then the earliest target.
    let size: Int
    let start: Int
    let target: Int
    let words: Words

    func isBetter(than other: Shift) -> Bool {
      (gain, size, -start, -target) > (other.gain, other.size, -other.start, -other.target)
    }
  }

  private func bestShift(of text: Words, _ candidates: inout Int) -> Shift? {
    let rows = distance.rows(to: text)
    let alignment = Alignment(rows.trace)
    var best: Shift?
    for run in matchingRuns(text) {
      guard alignment.isWorthShifting(run) else { continue }
      for target in alignment.targets(of: run) {
        let words = shifted(text, run, to: target)
        let gain = rows.distance - distance.distance(to: words, sharing: rows)
        let shift = Shift(
          gain: gain, size: run.size, start: run.start, target: target, words: words)
        candidates += 1
        if best.map(shift.isBetter) ?? true { best = shift }
      }
      if candidates >= Self.maximumCandidates { break }
    }
    return best
  }

  /// Runs of words that text and reference share, in sacrebleu's order.
  private func matchingRuns(_ text: Words) -> [MatchingRun] {
    var runs: [MatchingRun] = []
    for start in text.indices {
      let near = Swift.max(0, start - Self.maximumShiftDistance)
      let far = Swift.min(reference.count - 1, start + Self.maximumShiftDistance)
      guard near <= far else { continue }
      for other in near...far {
        var size = 0
        while size < Self.maximumShiftSize, start + size < text.count,
          other + size < reference.count, text[start + size] == reference[other + size]
        {
          size += 1
          runs.append(MatchingRun(start: start, reference: other, size: size))
        }
      }
    }
    return runs
  }

  /// The words with a run of them put before `target`, an index among the words as they stand; within the
  /// run it counts from where the run would begin.
  private func shifted(_ words: Words, _ run: MatchingRun, to target: Int) -> Words {
    var rest = words
    let moved = Array(words[run.start..<(run.start + run.size)])
    rest.removeSubrange(run.start..<(run.start + run.size))
    let isBehind = target > run.start + run.size
    let place = isBehind ? target - run.size : target
    rest.insert(contentsOf: moved, at: Swift.min(place, rest.count))
    return rest
  }
}

/// A run of words at `start` in the text that stands at `reference` in the reference.
private struct MatchingRun {
  let start: Int
  let reference: Int
  let size: Int
}

/// Which word of the text belongs to which of the reference, and where both are wrong.
private struct Alignment {
  /// By the reference's word.
  private var places: [Int] = []
  private var isReferenceWrong: [Bool] = []
  private var isTextWrong: [Bool] = []

  /// - Parameter trace: Edits that turn the text into the reference.
  init(_ trace: [EditOperation]) {
    var place = -1
    for operation in trace {
      if operation != .insertion {
        place += 1
        isTextWrong.append(operation != .none)
      }
      if operation != .deletion {
        places.append(place)
        isReferenceWrong.append(operation != .none)
      }
    }
  }

  /// Whether something is wrong at both places, and the run does not already stand within itself.
  func isWorthShifting(_ run: MatchingRun) -> Bool {
    let text = run.start..<(run.start + run.size)
    let reference = run.reference..<(run.reference + run.size)
    return isTextWrong[text].contains(true) && isReferenceWrong[reference].contains(true)
      && !text.contains(places[run.reference])
  }

  /// Where the run may go: behind what the reference's words before it and of it are aligned with.
  func targets(of run: MatchingRun) -> [Int] {
    var targets: [Int] = []
    for place in (run.reference - 1)..<(run.reference + run.size) {
      let target = place < 0 ? 0 : places[place] + 1
      if targets.last != target { targets.append(target) }
    }
    return targets
  }
}
