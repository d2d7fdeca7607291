import CParaKernels
import Foundation
import ParaTensors
import ParaTestSupport

/// One key/value head of a prompt and of generated tokens, in the kernels' layout and as fp32 arrays.
final class AttentionCase {
  private typealias Vectors = [[Float]]

  private let kernels: para_kernels
  private let shape: AttentionKernelTests.Shape
  private let format: KVCacheType
  private let window: Int
  private let cap: Float
  private var random = SeededGenerator(seed: 31)
  private var angles: [Float] = []  // [positions][cosines, sines]
  private var promptKeys: Vectors = []
  private var promptValues: Vectors = []
  private var cache = para_prompt_kv()
  private var memory: [UnsafeMutableRawPointer] = []

  private var size: Int { shape.size }
  /// Bytes of a generated token's key or value.
  private var entryBytes: Int { format.generatedTokenBytes(headSize: size) }
  private static let steps = 9

  init(
    _ isa: String, _ shape: AttentionKernelTests.Shape, format: KVCacheType, window: Int, cap: Float
  ) {
    kernels = InstructionSets.kernels(isa)
    self.shape = shape
    self.format = format
    self.window = window
    self.cap = cap
    for position in 0..<shape.prompt + Self.steps {
      let turn = (0..<size / 2).map { Float(position) / Float($0 + 1) }
      angles += turn.map(cosf) + turn.map(sinf)
    }
    let positions = rounded(shape.prompt)
    cache = para_prompt_kv(
      keys: garbage(positions * format.keyBytes(headSize: size)),
      values: garbage(rounded(size) * positions * format.bytes),
      valuePanelBytes: positions * 16 * format.bytes, keyScales: floats(positions),
      valueScales: floats(positions), count: shape.prompt, headBytes: 0, next: nil)
  }

  deinit { for block in memory { block.deallocate() } }

  private func rounded(_ count: Int) -> Int { (count + 15) / 16 * 16 }

  /// Memory full of NaN, so that reads of what was never written show.
  private func garbage(_ bytes: Int) -> UnsafeMutableRawPointer {
    let block = UnsafeMutableRawPointer.allocate(byteCount: max(bytes, 64), alignment: 64)
    block.initializeMemory(as: UInt8.self, repeating: 0xFF, count: max(bytes, 64))
    memory.append(block)
    return block
  }

  private func floats(_ count: Int) -> UnsafeMutablePointer<Float> {
    garbage(count * 4).bindMemory(to: Float.self, capacity: count)
  }

  /// With scratch for scores [queries, width].
  private func settings(queries: Int, width: Int, _ rotary: UnsafePointer<Float>) -> para_attention
  {
    let columns = rounded(size) + width
    let scratch = queries * (size + columns + (format == .int8 ? 68 + 4 * columns : 0))
    let types = [KVCacheType.float32: PARA_FLOAT32, .bfloat16: PARA_BFLOAT16, .int8: PARA_INT8]
    return para_attention(
      headSize: size, group: shape.group, scale: 0.3, cap: cap, window: window,
      cacheType: Int32(types[format] ?? -1), rotary: rotary, scratch: floats(scratch))
  }

  /// A key or value as the cache stores it: exactly, as the nearest bf16, or as int8.
  private func kept(_ values: [Float]) -> [Float] {
    if format == .float32 { return values }
    if format == .int8 {
      let scale = (values.map(abs).max() ?? 0) / 127
      return values.map { scale * ($0 / scale).rounded(.toNearestOrEven) }
    }
    return values.map { value in
      let bits = value.bitPattern
      return Float(bitPattern: (bits + 0x7FFF + (bits >> 16 & 1)) & 0xFFFF_0000)
    }
  }

  private func rotated(_ head: ArraySlice<Float>, _ position: Int) -> [Float] {
    let half = size / 2, x = Array(head), table = angles[(position * size)...].prefix(size)
    let (cosine, sine) = (Array(table.prefix(half)), Array(table.suffix(half)))
    return (0..<half).map { x[$0] * cosine[$0] - x[half + $0] * sine[$0] }
      + (0..<half).map { x[half + $0] * cosine[$0] + x[$0] * sine[$0] }
  }

  /// The greatest difference between a query's output and the formula.
  private func difference(
    _ found: ArraySlice<Float>, query: ArraySlice<Float>, at position: Int, keys: Vectors,
    values: Vectors
  ) -> Double {
    let exact = rotated(query, position).map { $0 * 0.3 }
    // Queries are bf16 beside bf16 caches, and int16 beside int8 ones.
    let q = format == .int8 ? exact : kept(exact)
    let visible = max(0, position - min(window, 1 << 40) + 1)...position
    let scores = visible.map { index -> Double in
      let dot = zip(q, keys[index]).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
      return cap < .infinity ? Double(cap) * tanh(dot / Double(cap)) : dot
    }
    let weights = scores.map { exp($0 - (scores.max() ?? 0)) }, sum = weights.reduce(0, +)
    let expected = (0..<size).map { d in
      zip(visible, weights).reduce(0.0) { $0 + $1.1 / sum * Double(values[$1.0][d]) }
    }
    return zip(found, expected).map { abs(Double($0) - $1) }.max() ?? .infinity
  }

  /// A prompt's projections, [tokens, features].
  private typealias Projections = (query: [Float], key: [Float], value: [Float])

  private func randomPrompt() -> Projections {
    let query = random.floats(shape.prompt * shape.group * size)
    let value = random.floats(shape.prompt * size)
    return (query, random.floats(shape.prompt * size), value)
  }

  /// The output of a random prompt that is prefilled in some parts.
  func promptOut(parts: [Range<Int>]) -> [Float] { attend(randomPrompt(), parts) }

  func promptDifference() -> Double {
    let tokens = shape.prompt
    let (query, key, value) = randomPrompt()
    // In two parts, which meet at an odd position if there are enough.
    let middle = tokens / 4 * 2 + 1
    let out = attend((query, key, value), [0..<middle, middle..<tokens])
    promptKeys = (0..<tokens).map { kept(rotated(key[($0 * size)..<($0 + 1) * size], $0)) }
    promptValues = (0..<tokens).map { kept(Array(value[($0 * size)..<($0 + 1) * size])) }
    return (0..<tokens * shape.group).map { row in
      let range = row * size..<(row + 1) * size
      return difference(
        out[range], query: query[range], at: row / shape.group, keys: promptKeys,
        values: promptValues)
    }.max() ?? 0
  }

  private func attend(_ prompt: Projections, _ parts: [Range<Int>]) -> [Float] {
    let (tokens, columns) = (shape.prompt, shape.group * size)
    var (keys, out) = (prompt.key, [Float](repeating: .nan, count: tokens * columns))
    let queries = shape.group * max(1, 32 / shape.group)
    angles.withUnsafeBufferPointer { angles in
      guard let base = angles.baseAddress else { return }
      var settings = settings(queries: queries, width: rounded(tokens), base)
      prompt.query.withUnsafeBufferPointer { query in
        keys.withUnsafeMutableBufferPointer { key in
          prompt.value.withUnsafeBufferPointer { value in
            out.withUnsafeMutableBufferPointer { out in
              for part in parts {
                let (first, firstRow) = (part.lowerBound * size, part.lowerBound * columns)
                var rows = para_attention_tokens(
                  query: query.baseAddress.map { $0 + firstRow },
                  key: key.baseAddress.map { $0 + first },
                  value: value.baseAddress.map { $0 + first },
                  queryStride: columns, keyStride: size, valueStride: size,
                  out: out.baseAddress.map { $0 + firstRow }, outStride: columns)
                kernels.storePrompt(
                  &settings, &cache, &rows, part.lowerBound, part.upperBound)
                kernels.attendPrefill(
                  &settings, &cache, &rows, part.lowerBound, part.upperBound)
              }
            }
          }
        }
      }
    }
    return out
  }

  /// Some steps of lanes that fork and swap their back-pointers, after `promptDifference`.
  func stepDifference(lanes: Int) -> Double {
    let entries = Self.steps * lanes, columns = shape.group * size
    let block = garbage(2 * entries * entryBytes)
    var pasts = [[Int]](repeating: [], count: lanes)
    var (keysOf, valuesOf): ([Int: [Float]], [Int: [Float]]) = ([:], [:])
    var greatest = 0.0
    for step in 0..<Self.steps {
      if step % 3 == 2 { pasts.reverse() }
      if step % 4 == 3 { pasts[0] = pasts[lanes - 1] }
      for lane in 0..<lanes { pasts[lane].append(step * lanes + lane) }
      let query = random.floats(lanes * columns), key = random.floats(lanes * size)
      let value = random.floats(lanes * size)
      for lane in 0..<lanes {
        let range = lane * size..<(lane + 1) * size
        keysOf[step * lanes + lane] = kept(rotated(key[range], shape.prompt + step))
        valuesOf[step * lanes + lane] = kept(Array(value[range]))
      }
      let addresses: [UnsafePointer<CChar>?] = pasts.flatMap { past in
        (past + repeatElement(past[step], count: 3)).map {
          UnsafePointer((block + $0 * entryBytes).assumingMemoryBound(to: CChar.self))
        }
      }
      let out = run(query, key, value, addresses, lanes: lanes, valueOffset: entries * entryBytes)
      for lane in 0..<lanes {
        let keys = promptKeys + pasts[lane].compactMap { keysOf[$0] }
        let values = promptValues + pasts[lane].compactMap { valuesOf[$0] }
        for head in 0..<shape.group {
          let start = (lane * shape.group + head) * size
          greatest = max(
            greatest,
            difference(
              out[start..<start + size], query: query[start..<start + size],
              at: shape.prompt + step, keys: keys, values: values))
        }
      }
    }
    return greatest
  }

  private func run(
    _ query: [Float], _ key: [Float], _ value: [Float], _ past: [UnsafePointer<CChar>?],
    lanes: Int, valueOffset: Int
  ) -> [Float] {
    let (columns, count) = (shape.group * size, past.count / lanes - 3)
    var (keys, out) = (key, [Float](repeating: .nan, count: lanes * columns))
    let width = rounded(shape.prompt) + rounded(count)
    angles.withUnsafeBufferPointer { angles in
      guard let base = angles.baseAddress else { return }
      var settings = settings(queries: lanes * shape.group, width: width, base)
      query.withUnsafeBufferPointer { query in
        keys.withUnsafeMutableBufferPointer { key in
          value.withUnsafeBufferPointer { value in
            past.withUnsafeBufferPointer { past in
              out.withUnsafeMutableBufferPointer { out in
                var rows = para_attention_tokens(
                  query: query.baseAddress, key: key.baseAddress, value: value.baseAddress,
                  queryStride: columns, keyStride: size, valueStride: size, out: out.baseAddress,
                  outStride: columns)
                var generated = para_generated_kv(
                  table: past.baseAddress, tableStride: count + 3, lanes: lanes, count: count,
                  keyOffset: 0, valueOffset: valueOffset, headBytes: 0, next: nil)
                kernels.attendDecode(&settings, &cache, &rows, &generated, 1)
              }
            }
          }
        }
      }
    }
    return out
  }
}
