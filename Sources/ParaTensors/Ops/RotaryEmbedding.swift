import Foundation
import Synchronization

/// Rotary position embedding (Su et al., 2021) in the half-split layout of Hugging Face
/// checkpoints.
///
/// Cosines and sines are tabulated for the positions seen so far; the table doubles when a later
/// position comes.
package final class RotaryEmbedding: Sendable {
  package let headSize: Int
  private let inverseFrequencies: [Float]  // [headSize / 2]
  private let table: Mutex<Table>

  private struct Table {
    var positions: Int
    var numbers: FloatBuffer  // [positions, cosines then sines: headSize]
  }

  package init(headSize: Int, theta: Double, scaling: RotaryScaling = .none) {
    self.headSize = headSize
    inverseFrequencies = scaling.frequencies(headSize: headSize, theta: theta)
    table = Mutex(Self.tabulate(inverseFrequencies, positions: 512))
  }

  private static func tabulate(_ frequencies: [Float], positions: Int) -> Table {
    let half = frequencies.count
    let numbers = FloatBuffer(count: positions * half * 2)
    for position in 0..<positions {
      let row = numbers.base + position * half * 2
      for (index, frequency) in frequencies.enumerated() {
        row[index] = cosf(Float(position) * frequency)
        row[half + index] = sinf(Float(position) * frequency)
      }
    }
    return Table(positions: positions, numbers: numbers)
  }

  /// Cosines and sines of the positions up to one: [position][headSize / 2 cosines, then sines].
  package func table(through position: Int) -> FloatBuffer {
    table.withLock { table in
      if position >= table.positions {
        table = Self.tabulate(inverseFrequencies, positions: max(position + 1, table.positions * 2))
      }
      return table.numbers
    }
  }
}
