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

  /// "LoRA, r 8", "PARA, r 12, pool last, activation gelu, with bias".
  var methodText: String {
    let ranks = summary.ranks.map(String.init).joined(separator: " and ")
    return ([summary.method.title] + (ranks.isEmpty ? [] : ["r " + ranks]) + summary.options)
      .joined(separator: ", ")
  }

  var facts: [Fact] {
    var facts = [
      Fact("adapter", path), Fact("method", methodText),
      Fact("sites", "\(summary.projections.joined(separator: ", ")) in \(summary.layers) layers"),
      Fact("parameters", summary.parameterCount.grouped),
      Fact(
        "size",
        "\(ByteCount(summary.byteCount).text) (\(summary.formats.joined(separator: ", ")))"),
      Fact("sha256", summary.contentHash),
    ]
    if let base = summary.baseModel { facts.append(Fact("base", base)) }
    if let hash = summary.baseModelHash { facts.append(Fact("base sha256", hash)) }
    if let fit { facts.append(fit.fact) }
    return facts
  }
}
