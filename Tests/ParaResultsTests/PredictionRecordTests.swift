import ParaFlow
import Testing

@testable import ParaResults

@Suite struct PredictionRecordTests {
  private func line(adapter: String?, id: String?) throws -> String {
    let origin = RowOrigin(
      number: 3, file: "rows.zip", member: "a.jsonl", location: "line 4", id: id)
    let record = PredictionRecord(
      origin: origin, task: "qa", adapter: adapter, adapterHash: adapter.map { _ in "ab12" },
      promptTokens: 7,
      hypotheses: [
        PredictionRecord.HypothesisRecord(
          text: " a/b", tokens: [5, 2], score: -0.25, sumLogProbability: -0.5,
          generatedLength: 2, stopReason: "eos")
      ],
      references: ["a/b"], scores: ["em": 1])
    return String(decoding: try JSONOutput.line(record), as: UTF8.self)
  }

  /// Keys are sorted, slashes are not escaped, and an absent adapter is null.
  @Test func aLineIsTheseBytes() throws {
    let hypothesis =
      #"{"generated_length":2,"score":-0.25,"stop_reason":"eos","sum_log_probability":-0.5,"#
      + #""text":" a/b","tokens":[5,2]}"#
    let end =
      #""member":"a.jsonl","prompt_tokens":7,"references":["a/b"],"row":3,"scores":{"em":1},"#
      + #""task":"qa","text":" a/b"}"#
    #expect(
      try line(adapter: nil, id: nil)
        == #"{"adapter":null,"file":"rows.zip","hypotheses":["# + hypothesis
        + #"],"location":"line 4","# + end)
    #expect(
      try line(adapter: "lora", id: "x")
        == #"{"adapter":"lora","adapter_sha256":"ab12","file":"rows.zip","hypotheses":["#
        + hypothesis + #"],"id":"x","location":"line 4","# + end)
  }
}
