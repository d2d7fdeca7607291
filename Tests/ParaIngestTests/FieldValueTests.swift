import Foundation
import ParaIngest
import Testing

struct FieldValueTests {
  @Test func isCodedAsJSON() throws {
    let text = #"{"a":[null,true,-3,1.5,"x",{}],"b":{"c":[]}}"#
    let value = try JSONParser.parse(text)
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    #expect(String(decoding: try encoder.encode(value), as: UTF8.self) == text)
    #expect(try JSONDecoder().decode(FieldValue.self, from: Data(text.utf8)) == value)
  }
}
