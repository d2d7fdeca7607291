import Foundation
import ParaTestSupport
import Testing

extension SharedData {
  static let missing = Comment(rawValue: "the shared data are not beside the package")

  static func json<T: Decodable>(_ path: String, as type: T.Type) throws -> T {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(type, from: try Data(contentsOf: url(path)))
  }
}
