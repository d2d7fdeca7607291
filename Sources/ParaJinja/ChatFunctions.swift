package import Foundation

/// What transformers puts beside a chat template's variables: `raise_exception` and `strftime_now`.
package enum ChatFunctions {
  /// - Parameter now: What `strftime_now` tells, in UTC; the hour at which a run began, so that all its prompts
  ///   say the same.
  package static func functions(now: Date) -> [String: JinjaValue] {
    [
      "raise_exception": .function(
        JinjaFunction("raise_exception") { arguments, renderer in
          let values = try arguments.bound(to: ["message"], required: 1, of: "raise_exception")
          throw JinjaError(.raised, try renderer.text(values[0] ?? .none))
        }),
      "strftime_now": .function(
        JinjaFunction("strftime_now") { arguments, renderer in
          let values = try arguments.bound(to: ["format"], required: 1, of: "strftime_now")
          return .string(formatted(now, try renderer.text(values[0] ?? .none)))
        }),
    ]
  }

  /// C's `strftime`, in the "C" locale that programs start with.
  static func formatted(_ date: Date, _ format: String) -> String {
    var seconds = time_t(date.timeIntervalSince1970)
    var fields = tm()
    gmtime_r(&seconds, &fields)
    guard !format.isEmpty else { return "" }
    var buffer = [CChar](repeating: 0, count: min(format.utf8.count, 4_096) * 32 + 64)
    let count = strftime(&buffer, buffer.count, format, &fields)
    return String(decoding: buffer.prefix(count).map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}
