import Foundation
import ParaInspection
import ParaTestSupport
import Testing

/// What `para inspect` is built on; its text is tested with the command.
@Suite struct InspectionTests {
  private func object(_ inspection: Inspection) throws -> [String: Any] {
    try #require(
      try JSONSerialization.jsonObject(with: Data(inspection.json().utf8)) as? [String: Any])
  }

  @Test(arguments: [
    ("model", "model"), ("model/tokenizer.json", "tokenizer"), ("adapters/math-lora", "adapter"),
    ("adapters", "adapters"), ("data/squad.jsonl", "input"),
  ])
  func theKindIsFoundFromTheFiles(path: String, kind: String) throws {
    let inspection = try Inspection(Fixtures.folder.appending(path: path).path)
    #expect(inspection.fits == nil)
    #expect(try object(inspection)["kind"] as? String == kind)
    #expect(inspection.text.hasPrefix(kind + " "))
  }

  @Test func whatBelongsToTheModelFits() throws {
    let model = Fixtures.model.path
    #expect(try Inspection(Fixtures.adapter("math-para").path, against: model).fits == true)
    #expect(try Inspection(model + "/tokenizer.json", against: model).fits == true)
    let tiny = Fixtures.goldens("ParaAdaptersTests").appending(path: "model").path
    #expect(try Inspection(Fixtures.adapter("math-para").path, against: tiny).fits == false)
  }

  @Test func whatCannotBeInspectedHasACode() throws {
    let folder = try TemporaryFolder()
    let code = { (path: String, model: String?) in
      #expect(throws: InspectionError.self) { try Inspection(path, against: model) }?.code
    }
    #expect(code(folder.path + "/missing", nil) == .missing)
    #expect(code(folder.path, nil) == .unknown)
    let input = Fixtures.folder.appending(path: "data/squad.jsonl").path
    #expect(code(input, Fixtures.model.path) == .fitsNoModel)
  }
}
