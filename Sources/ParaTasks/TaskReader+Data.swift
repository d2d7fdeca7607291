import Foundation
import ParaJSON

/// Rows and splits.
extension TaskReader {
  mutating func data() -> TaskData {
    let path = optional("dataset_path", Self.text)
    let isLocal = path == "json" || path == "csv"
    let local = isLocal ? optional("dataset_kwargs", Self.localFiles) : nil
    return TaskData(
      path: path, subset: optional("dataset_name", Self.text), files: local?.files ?? [:],
      rowsField: local?.field, training: optional("training_split", Self.text),
      validation: optional("validation_split", Self.text),
      test: optional("test_split", Self.text))
  }

  /// `data_files` of the loaders `json` and `csv`: a file, a list, or one or the other for each split.
  private static func localFiles(
    _ node: YAMLNode
  ) throws(TaskError) -> (files: [String: [String]], field: String?) {
    var files: [String: [String]] = [:]
    var field: String?
    for (key, value) in try node.entries() where !value.isNull {
      switch try key.name() {
      case "data_files" where !value.isMapping: files["train"] = try paths(value)
      case "data_files":
        for (split, value) in try value.entries() { files[try split.name()] = try paths(value) }
      case "field": field = try value.name()
      case "trust_remote_code": break
      case let name:
        throw key.error(
          .unsupported,
          "'dataset_kwargs' has the key '\(name)', which is not honoured; give the rows as 'inputs'."
        )
      }
    }
    return (files.filter { !$0.value.isEmpty }, field)
  }

  /// Local paths, from the folder of the task file; those of other machines must be given by the user.
  private static func paths(_ node: YAMLNode) throws(TaskError) -> [String] {
    let paths = try node.texts().filter { !$0.contains("://") }
    return paths.map { $0.hasPrefix("/") ? $0 : TaskFileReader.folder(of: node.file) + $0 }
  }
}
