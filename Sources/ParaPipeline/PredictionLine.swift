import ParaAdapters
import ParaDecoding
import ParaFlow

/// A line of `predictions.jsonl`.
struct PredictionLine: Encodable {
  let row: Row<ScoredCompletion>

  private enum Key: String, CodingKey {
    case row, id, file, member, location, task, adapter, text, score, scores, references, hypotheses
    case adapterHash = "adapter_sha256"
    case promptTokens = "prompt_tokens"
  }

  func encode(to encoder: any Encoder) throws {
    let (origin, completion) = (row.origin, row.value.completion)
    let best = completion.answers.first
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(origin.number, forKey: .row)
    try container.encodeIfPresent(origin.id, forKey: .id)
    try container.encode(origin.file, forKey: .file)
    try container.encodeIfPresent(origin.member, forKey: .member)
    try container.encode(origin.location, forKey: .location)
    try container.encode(completion.prompt.task, forKey: .task)
    try container.encode(completion.prompt.adapterName, forKey: .adapter)
    try container.encodeIfPresent(completion.prompt.adapter?.contentHash, forKey: .adapterHash)
    try container.encode(completion.prompt.tokens.count, forKey: .promptTokens)
    try container.encodeIfPresent(best?.text, forKey: .text)
    try container.encode(completion.answers.map(AnswerPart.init), forKey: .hypotheses)
    try container.encode(completion.prompt.references, forKey: .references)
    try container.encode(row.value.scores, forKey: .scores)
  }

  private struct AnswerPart: Encodable {
    let answer: Completion.Answer

    enum Key: String, CodingKey {
      case text, tokens, score
      case sumLogProbability = "sum_log_probability"
      case generatedLength = "generated_length"
      case stopReason = "stop_reason"
    }

    func encode(to encoder: any Encoder) throws {
      let hypothesis = answer.hypothesis
      var container = encoder.container(keyedBy: Key.self)
      try container.encode(answer.text, forKey: .text)
      try container.encode(hypothesis.tokens, forKey: .tokens)
      try container.encode(hypothesis.score, forKey: .score)
      try container.encode(hypothesis.sumLogProbability, forKey: .sumLogProbability)
      try container.encode(hypothesis.generatedLength, forKey: .generatedLength)
      try container.encode(hypothesis.stopReason, forKey: .stopReason)
    }
  }
}
