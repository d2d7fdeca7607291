import Foundation
import Synchronization

/// Rotary position embedding (Su et al., 2021) in the half-split layout of Hugging Face
/// checkpoints: features i and i + headSize/2 of a head form a pair.
///
/// Cosines and sines are tabulated for the positions seen so far; the table doubles when a later
/// position comes. Pairs that are not rotated have cosine 1 and sine 0.
package final class RotaryEmbedding: Sendable {
  package let headSize: Int
  /// Leading features of a head that are rotated.
  package let dimensions: Int
  private let frequencies: [Float]  // [dimensions / 2]
  private let magnitude: Float
  private let table: Mutex<Table>

  private struct Table {
    var positions: Int
    var angles: FloatBuffer  // [positions, headSize / 2 cosines then headSize / 2 sines]
  }

  package init(headSize: Int, _ parameters: RotaryParameters) {
    precondition(headSize % 2 == 0 && parameters.dimensions % 2 == 0)
    precondition((0...headSize).contains(parameters.dimensions))
    self.headSize = headSize
    dimensions = parameters.dimensions
    frequencies = parameters.scaling.frequencies(
      dimensions: parameters.dimensions, theta: parameters.theta)
    magnitude = parameters.scaling.magnitude
    table = Mutex(Table(positions: 0, angles: FloatBuffer(count: 0)))
    _ = table(through: 511)
  }

  /// Cosines and sines of the positions up to one: [position][headSize / 2 cosines, then sines].
  package func table(through position: Int) -> FloatBuffer {
    table.withLock { table in
      if position >= table.positions {
        table = tabulate(positions: max(position + 1, table.positions * 2))
      }
      return table.angles
    }
  }

  private func tabulate(positions: Int) -> Table {
    let half = headSize / 2
    let angles = FloatBuffer(count: positions * headSize)
    for position in 0..<positions {
      let row = angles.base + position * headSize
      for (pair, frequency) in frequencies.enumerated() {
        row[pair] = cosf(Float(position) * frequency) * magnitude
        row[half + pair] = sinf(Float(position) * frequency) * magnitude
      }
      for pair in frequencies.count..<half { (row[pair], row[half + pair]) = (1, 0) }
    }
    return Table(positions: positions, angles: angles)
  }

  /// True if a part of each head is rotated, which `pairHalves` must arrange first.
  package var isPartial: Bool { dimensions > 0 && dimensions < headSize }

  /// Rearranges a head whose leading `dimensions` features form pairs (i, i + dimensions/2) among
  /// themselves, as partial rotary embeddings have it, into pairs (i, i + headSize/2).
  ///
  /// Scores do not change by it: queries and keys are rearranged alike.
  package func pairHalves(_ head: UnsafeMutablePointer<Float>) {
    let (rotated, rest) = (dimensions / 2, (headSize - dimensions) / 2)
    // [first | second | rest | rest'] → [first | rest | second | rest'], first and second being the
    // halves of the pairs.
    withUnsafeTemporaryAllocation(of: Float.self, capacity: rotated) { second in
      guard let second = second.baseAddress else { return }
      second.initialize(from: head + rotated, count: rotated)
      (head + rotated).update(from: head + dimensions, count: rest)
      (head + rotated + rest).update(from: second, count: rotated)
    }
  }
}
