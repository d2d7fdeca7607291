import Foundation
import ParaJSON
import ParaTestSupport
import Testing

@testable import ParaPredictions

@Suite struct PredictionFormatTests {
  private func predictions(_ json: String) throws -> [Prediction] {
    guard case .object(let record) = try JSONParser.parse(json) else { return [] }
    return try PredictionFormat.predictions(of: record)
  }

  private func answer(_ fields: String) -> String {
    #"{"custom_id": "a", "error": null, "response": {"status_code": 200, "body": {"choices": [\#(fields)]}}}"#
  }

  @Test func linesOfBatchOutput() throws {
    let one = answer(#"{"index": 0, "message": {"content": "x"}}"#)
    #expect(try predictions(one) == [Prediction(id: "a", .texts(["x"]))])
    let two = answer(#"{"index": 1, "text": "y"}, {"index": 0, "text": "x"}"#)
    #expect(try predictions(two) == [Prediction(id: "a", .texts(["x", "y"]))])
  }

  @Test(arguments: [
    (
      #"{"custom_id": "a", "response": null, "error": {"code": "expired"}}"#,
      PredictionError.Code.failed,
      #"The batch failed on 'a': {"code": "expired"}."#
    ),
    (
      #"{"custom_id": "a", "response": {"status_code": 429, "body": {"error": "slow"}}}"#, .failed,
      #"The batch has no answer to 'a': status 429, "slow"."#
    ),
    (
      #"{"custom_id": "a", "response": {"status_code": 200, "body": {"choices": []}}}"#, .format,
      "The response to 'a' has no 'choices'."
    ),
    (
      #"{"custom_id": "a", "response": {"status_code": 200, "body": {"choices": [{"message": {"content": null}}]}}}"#,
      .failed, "A choice of the response to 'a' has no text."
    ),
    (#"{"doc_id": 0, "resps": []}"#, .format, "The sample 0 has no 'resps'."),
    (
      #"{"doc_id": 0, "resps": [[["nan", "False"]]]}"#, .format,
      "The sample 0 has a log-probability that is no number."
    ),
    (
      #"{"id": 1, "prediction": 5}"#, .format,
      "The prediction of '1' is a number; a text or a list of texts is needed."
    ),
    (
      #"{"id": [], "prediction": "x"}"#, .format,
      "'id' is an array; a text or a whole number is needed."
    ),
    (#"{"id": null, "prediction": "x"}"#, .format, "The prediction has no 'id'."),
    (
      #"{"id": "a", "prediction": "x", "no_answer_probability": "0.5"}"#, .format,
      "'no_answer_probability' of 'a' is a string."
    ),
    (
      #"{"question": 1}"#, .format,
      "The record is no prediction; needed are an 'id' and a 'prediction', or a line of OpenAI's batch "
        + "output or of lm-evaluation-harness's samples. Its keys: question."
    ),
  ])
  func whatIsNoPredictionIsRefused(json: String, code: PredictionError.Code, message: String) {
    let error = #expect(throws: PredictionError.self) { try predictions(json) }
    #expect(error?.code == code)
    #expect(error?.message == message)
  }

  /// Lines as release 0.4.13 writes them (numbers as texts) and as they are within it.
  @Test func linesOfHarnessSamples() throws {
    let generated = try predictions(
      #"{"doc_id": 3, "filter": "strict", "resps": [["x", "1"]], "arguments": {"gen_args_0": {"arg_0": "q", "arg_1": {"until": []}}}}"#
    )
    #expect(generated == [Prediction(id: "3", .texts(["x", "1"]), filter: "strict")])
    let choices = try predictions(
      #"{"doc_id": 3, "resps": [[["-1.5", "True"]], [[-2, false]]], "arguments": {"gen_args_0": {"arg_0": "q", "arg_1": " a"}}}"#
    )
    #expect(
      choices == [
        Prediction(
          id: "3",
          .logLikelihoods([
            .init(value: -1.5, isGreedy: true), .init(value: -2, isGreedy: false),
          ]))
      ])
    let rolling = try predictions(
      #"{"doc_id": 3, "resps": [["-7.25"]], "arguments": {"gen_args_0": {"arg_0": "text"}}}"#)
    #expect(
      rolling == [Prediction(id: "3", .logLikelihoods([.init(value: -7.25, isGreedy: nil)]))])
  }

  @Test func plainRecordsAndSquads() throws {
    #expect(
      try predictions(#"{"id": 18446744073709551615, "prediction": "x"}"#)
        == [Prediction(id: "18446744073709551615", .texts(["x"]))])
    #expect(
      try predictions(#"{"row": 0, "text": " 24", "scores": {}}"#)
        == [Prediction(id: "0", .texts([" 24"]))])
    #expect(
      try predictions(#"{"id": "a", "prediction_text": "", "no_answer_probability": 0.9}"#)
        == [Prediction(id: "a", .texts([""]), noAnswerProbability: 0.9)])
    #expect(
      try predictions(#"{"id": "a", "prediction": ["x", "y"]}"#)
        == [Prediction(id: "a", .texts(["x", "y"]))])
    #expect(
      try predictions(#"{"56be4db0": "Denver", "56be4db1": ""}"#)
        == [
          Prediction(id: "56be4db0", .texts(["Denver"])), Prediction(id: "56be4db1", .texts([""])),
        ])
  }

  @Test(
    .enabled(if: SharedData.isPresent, "needs ../shared/data"),
    arguments: [
      ("openai-batch/openai-100-output.jsonl", 100), ("openai-batch/groq-llama3.1-output.jsonl", 3),
      ("openai-batch/local-1000-partial-output.jsonl", 100),
      ("squad-v1.1/predictions-bert-ensemble.json", 10_570),
    ])
  func realFilesAreRead(name: String, count: Int) throws {
    let text = try String(contentsOf: SharedData.url(name), encoding: .utf8)
    let records = name.hasSuffix(".json") ? [text[...]] : text.split(separator: "\n")
    let found = try records.flatMap { try predictions(String($0)) }
    #expect(found.count == count)
    #expect(Set(found.map(\.id)).count == count)
  }
}
