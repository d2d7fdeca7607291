package import ParaJSON

/// How files of predictions look; each record tells its own format.
package enum PredictionFormat: String, CaseIterable, Sendable {
  /// A line of OpenAI's batch output.
  case openAIBatch = "openai-batch"
  /// A line of lm-evaluation-harness's `samples_*.jsonl`.
  case harnessSamples = "lm-eval-samples"
  /// `{"id", "prediction"}`: the text may also be called `prediction_text`, as in SQuAD's lists, or
  /// `text`, as in our own `predictions.jsonl`; the id `row`.
  case plain
  /// One object of all answers by their questions' ids, as SQuAD's scripts take it.
  case squad

  private static let textKeys = ["prediction", "prediction_text", "text"]
  private static let idKeys = ["id", "custom_id", "doc_id", "row"]

  /// The format of a record; nil if it is of none.
  package init?(recognizing record: JSONObject) {
    let has = { (key: String) in record[key] != nil }
    if has("custom_id"), has("response") || has("error") {
      self = .openAIBatch
    } else if has("doc_id"), has("resps") {
      self = .harnessSamples
    } else if Self.textKeys.contains(where: has), Self.idKeys.contains(where: has) {
      self = .plain
    } else if !record.isEmpty, record.members.allSatisfy({ $0.value.text != nil }) {
      self = .squad
    } else {
      return nil
    }
  }

  /// The predictions of a record: one, but for SQuAD's object.
  ///
  /// - Throws: ``PredictionError``.
  package static func predictions(
    of record: JSONObject
  ) throws(PredictionError) -> [Prediction] {
    switch PredictionFormat(recognizing: record) {
    case .openAIBatch: return [try batchOutput(record)]
    case .harnessSamples: return [try harnessSample(record)]
    case .plain: return [try plain(record)]
    case .squad:
      return record.members.map { Prediction(id: $0.key, .texts([$0.value.text ?? ""])) }
    case nil:
      throw PredictionError(
        .format,
        """
        The record is no prediction; needed are an 'id' and a 'prediction', or a line of OpenAI's batch \
        output or of lm-evaluation-harness's samples. Its keys: \(record.keys.joined(separator: ", ")).
        """)
    }
  }

  // MARK: Formats

  private static func batchOutput(_ record: JSONObject) throws(PredictionError) -> Prediction {
    let id = try id(record, ["custom_id"])
    if let error = record["error"], error != .null {
      throw PredictionError(.failed, "The batch failed on '\(id)': \(error).")
    }
    let response = record["response"]
    guard response?["status_code"]?.intValue == 200 else {
      throw PredictionError(
        .failed,
        "The batch has no answer to '\(id)': status \(response?["status_code"] ?? .null), "
          + "\(response?["body"]?["error"] ?? .null).")
    }
    guard case .array(let choices)? = response?["body"]?["choices"], !choices.isEmpty else {
      throw PredictionError(.format, "The response to '\(id)' has no 'choices'.")
    }
    var texts: [(index: Int, text: String)] = []
    for (place, choice) in choices.enumerated() {
      // Chat completions have messages, plain ones texts.
      guard let text = choice["message"]?["content"]?.text ?? choice["text"]?.text else {
        throw PredictionError(.failed, "A choice of the response to '\(id)' has no text.")
      }
      texts.append((choice["index"]?.intValue ?? place, text))
    }
    return Prediction(id: id, .texts(texts.sorted { $0.index < $1.index }.map(\.text)))
  }

  private static func harnessSample(_ record: JSONObject) throws(PredictionError) -> Prediction {
    let id = try id(record, ["doc_id"])
    let filter = record["filter"]?.text
    guard case .array(let requests)? = record["resps"], let first = requests.first else {
      throw PredictionError(.format, "The sample \(id) has no 'resps'.")
    }
    // The harness writes numbers and Booleans as texts, so that a lone text is an answer if the request
    // generates, and else a number.
    if generates(record["arguments"]) {
      guard requests.count == 1, case .array(let repeats) = first else {
        throw PredictionError(
          .format, "The sample \(id) generates and has \(requests.count) requests.")
      }
      let texts = repeats.compactMap(\.text)
      guard texts.count == repeats.count, !texts.isEmpty else {
        throw PredictionError(.format, "The sample \(id) has an answer that is no text.")
      }
      return Prediction(id: id, .texts(texts), filter: filter)
    }
    var values: [Prediction.LogLikelihood] = []
    for request in requests { values.append(try logLikelihood(request, id)) }
    return Prediction(id: id, .logLikelihoods(values), filter: filter)
  }

  /// Whether a sample's requests have settings as their second argument:
  /// `{"gen_args_0": {"arg_0": text, "arg_1": {…}}}`, or `[[text, {…}]]` in older releases.
  private static func generates(_ arguments: JSONValue?) -> Bool {
    let first = arguments?["gen_args_0"] ?? arguments?.first
    if case .object? = first?["arg_1"] ?? first?.second { return true }
    return false
  }

  /// `[[value, isGreedy]]` or `[value]`, of the first repeat.
  private static func logLikelihood(
    _ request: JSONValue, _ id: String
  ) throws(PredictionError) -> Prediction.LogLikelihood {
    let answer = request.first
    let value = (answer?.first ?? answer)?.numberOrText
    guard let value, !value.isNaN else {
      throw PredictionError(.format, "The sample \(id) has a log-probability that is no number.")
    }
    return Prediction.LogLikelihood(value: value, isGreedy: answer?.second?.flagOrText)
  }

  private static func plain(_ record: JSONObject) throws(PredictionError) -> Prediction {
    let id = try id(record, idKeys)
    let value = textKeys.lazy.compactMap { record[$0] }.first ?? .null
    var texts = value.text.map { [$0] } ?? []
    if case .array(let elements) = value { texts = elements.compactMap(\.text) }
    guard !texts.isEmpty else {
      throw PredictionError(
        .format,
        "The prediction of '\(id)' is \(value.typeName); a text or a list of texts is needed.")
    }
    let doubt = record["no_answer_probability"]
    if let doubt, doubt != .null, doubt.doubleValue == nil {
      throw PredictionError(.format, "'no_answer_probability' of '\(id)' is \(doubt.typeName).")
    }
    return Prediction(id: id, .texts(texts), noAnswerProbability: doubt?.doubleValue)
  }

  private static func id(
    _ record: JSONObject, _ keys: [String]
  ) throws(PredictionError) -> String {
    for key in keys {
      switch record[key] {
      case nil, .null?: continue
      case .string(let text)?: return text
      case .integer(let number)?: return String(number)
      case .bigInteger(let digits)?: return digits
      case let value?:
        throw PredictionError(
          .format, "'\(key)' is \(value.typeName); a text or a whole number is needed.")
      }
    }
    throw PredictionError(.format, "The prediction has no '\(keys[0])'.")
  }
}

extension JSONValue {
  fileprivate subscript(key: String) -> JSONValue? {
    if case .object(let object) = self { object[key] } else { nil }
  }

  fileprivate var text: String? { if case .string(let text) = self { text } else { nil } }

  fileprivate var first: JSONValue? {
    if case .array(let elements) = self { elements.first } else { nil }
  }

  fileprivate var second: JSONValue? {
    if case .array(let elements) = self, elements.count > 1 { elements[1] } else { nil }
  }

  fileprivate var numberOrText: Double? { doubleValue ?? text.flatMap { Double($0) } }

  /// A Boolean, or Python's word for it.
  fileprivate var flagOrText: Bool? {
    switch self {
    case .bool(let value): value
    case .string("True"): true
    case .string("False"): false
    default: nil
    }
  }
}
