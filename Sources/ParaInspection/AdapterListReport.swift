import Foundation
import ParaAdapters
import ParaCheckpoints
import ParaReports

/// A folder of adapter folders.
struct AdapterListReport: InspectionReport {
  var kind = InspectedKind.adapters
  var path: String
  /// In the order of their names.
  var adapters: [Entry]

  struct Entry: Encodable {
    var name: String
    var adapter: AdapterReport?
    /// Why it cannot be read.
    var problem: String?
  }

  init(_ path: String, against model: ModelFolder?) throws {
    self.path = path
    let found = try AdapterBank.discover(in: URL(filePath: path))
    adapters = found.keys.sorted().map { name in
      do {
        return Entry(name: name, adapter: try AdapterReport("\(path)/\(name)", against: model))
      } catch {
        return Entry(name: name, problem: "\(error)")
      }
    }
  }

  /// True if all fit; false as soon as one does not, or cannot be read.
  var fits: Bool? {
    let answers = adapters.map { $0.adapter?.fits ?? ($0.problem == nil ? nil : false) }
    return answers.contains(nil) ? nil : !answers.contains(false)
  }

  var facts: [Fact] {
    [Fact("adapters", "\(adapters.count) in \(path)")]
      + adapters.map { entry in
        guard let adapter = entry.adapter else {
          return Fact(entry.name, entry.problem ?? "unreadable")
        }
        let count = "\(adapter.summary.parameterCount.grouped) parameters"
        let fit = adapter.fit.map { "; \($0.fact.label): \($0.fact.value)" } ?? ""
        return Fact(entry.name, "\(adapter.methodText); \(count)\(fit)")
      }
  }
}
