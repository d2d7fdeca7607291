import Foundation
import ParaAdapters
import ParaCheckpoints
import ParaModel
import ParaReports

/// An adapter folder.
struct AdapterReport: InspectionReport {
  var kind = InspectedKind.adapter
  var path: String
  var summary: AdapterSummary
  var fit: ModelFit?

  init(_ path: String, against model: ModelFolder?) throws {
    self.path = path
    let folder = URL(filePath: path)
    summary = try AdapterSummary(folder: folder)
    fit = model.map { model in
      ModelFit(model.url.relativePath) {
        _ = try Adapter(folder: folder, name: URL(filePath: path).lastPathComponent, for: model)
      }
    }
  }

  var fits: Bool? { fit?.fits }
  var problem: String? { fit?.reason }

  /// "LoRA, r 8", "PARA, r 12, pool last, activation gelu, with bias".
  var methodText: String {
    let ranks = summary.ranks.map(String.init).joined(separator: " and ")
    return ([summary.method.title] + (ranks.isEmpty ? [] : ["r " + ranks]) + summary.options)
      .joined(separator: ", ")
  }

  var lines: [ReportLine] {
    var lines = [
      ReportLine("adapter", path), ReportLine("method", methodText),
      ReportLine(
        "projections", "\(summary.projections.joined(separator: ", ")) in \(summary.layers) layers"),
      ReportLine("parameters", summary.parameterCount.grouped),
      ReportLine(
        "size",
        "\(ByteCount(summary.byteCount).text) (\(summary.formats.joined(separator: ", ")))"),
      ReportLine("sha256", summary.contentHash),
    ]
    if let base = summary.baseModel { lines.append(ReportLine("base", base)) }
    if let hash = summary.baseModelHash { lines.append(ReportLine("base sha256", hash)) }
    if let fit { lines.append(fit.line) }
    return lines
  }
}

/// A folder of adapter folders.
struct AdapterListReport: InspectionReport {
  var kind = InspectedKind.adapters
  var path: String
  /// Sorted by name.
  var adapters: [Entry]

  struct Entry: Encodable {
    var name: String
    var adapter: AdapterReport?
    /// Why it cannot be read.
    var problem: String?
  }

  init(_ path: String, against model: ModelFolder?) throws {
    self.path = path
    let found = try AdapterCache.discover(in: URL(filePath: path))
    adapters = found.keys.sorted().map { name in
      do {
        return Entry(name: name, adapter: try AdapterReport("\(path)/\(name)", against: model))
      } catch {
        return Entry(name: name, problem: "\(error)")
      }
    }
  }

  /// True if all fit; false if one does not, or cannot be read.
  var fits: Bool? {
    let answers = adapters.map { $0.adapter?.fits ?? ($0.problem == nil ? nil : false) }
    return answers.contains(nil) ? nil : !answers.contains(false)
  }

  /// The first adapter's that has one.
  var problem: String? {
    adapters.lazy.compactMap { entry in
      (entry.problem ?? entry.adapter?.problem).map { "\(entry.name): \($0)" }
    }.first
  }

  var lines: [ReportLine] {
    [ReportLine("adapters", "\(adapters.count) in \(path)")]
      + adapters.map { entry in
        guard let adapter = entry.adapter else {
          return ReportLine(entry.name, entry.problem ?? "unreadable")
        }
        let count = "\(adapter.summary.parameterCount.grouped) parameters"
        let fit = adapter.fit.map { "; \($0.line.label): \($0.line.value)" } ?? ""
        return ReportLine(entry.name, "\(adapter.methodText); \(count)\(fit)")
      }
  }
}
