package import ParaJSON
import ParaJinja

/// A record as the requests of its task, with what their answers are scored by.
package struct TaskRow: Sendable, Equatable {
  package let requests: [TaskRequest]
  /// The texts to choose from; nil for a task without.
  package let choices: [String]?
  package let gold: TaskGold
}

/// One question to the model. A row of a multiple-choice task has one for each choice, in order.
package enum TaskRequest: Sendable, Equatable {
  /// The log-probability of a text behind a context.
  case logLikelihood(TaskContext, continuation: String)
  /// The same without a context, for `acc_mutual_info`; these follow behind those of the choices.
  case unconditional(continuation: String)
  /// An answer, by the task's generation settings.
  case generate(TaskContext)
  /// The log-probability of a whole text.
  case rolling(text: String)
}

/// An example with its answer, rendered once and shown in many prompts.
package struct TaskExample: Sendable {
  let turns: [PromptTurn]
}

extension TaskDefinition {
  /// An example of the pool that a ``FewShotSampler`` draws from.
  package func example(_ record: JSONObject) throws(TaskRowError) -> TaskExample {
    TaskExample(turns: try fewShot.format.example(TaskDocument(record)))
  }

  /// A record's requests.
  ///
  /// - Parameters:
  ///   - examples: Those that a ``FewShotSampler`` draws for the record.
  ///   - context: What the model is given where that is not the task's doing, such as a record's own messages.
  /// - Throws: ``TaskRowError``.
  package func row(
    _ record: JSONObject, examples: [TaskExample] = [], options: TaskPromptOptions = .init(),
    context: TaskContext? = nil
  ) throws(TaskRowError) -> TaskRow {
    let document = TaskDocument(record)
    let target = try format.target(of: document)
    if outputType == .rollingLogLikelihood {
      let text = try continuation(target)
      return TaskRow(requests: [.rolling(text: text)], choices: nil, gold: .texts([text]))
    }
    let choices = try format.choices(of: document)
    if let context { return try row(context, choices, target) }
    let prompt = RowPrompt(
      before: try system(document, options) + examples.flatMap(\.turns),
      prefix: try format.genPrefix(of: document), chat: options.chat)
    switch try format.question(of: document) {
    case .choice(let index): return try row(inputs: choices, index, target, prompt)
    case .text(let question):
      let turns = format.turns(question, answer: nil, prefix: prompt.prefix)
      return try row(prompt.context(turns), choices, target)
    }
  }

  private func row(
    _ context: TaskContext, _ choices: [String]?, _ target: JinjaValue
  ) throws(TaskRowError) -> TaskRow {
    switch outputType {
    case .generate, .rollingLogLikelihood:
      return TaskRow(
        requests: [.generate(context)], choices: choices,
        gold: try format.goldTexts(target, among: choices))
    case .logLikelihood:
      // Without the delimiter, though examples have it.
      let text = try continuation(target)
      return TaskRow(
        requests: [.logLikelihood(context, continuation: text)], choices: choices,
        gold: .texts([text]))
    case .multipleChoice:
      let choices = choices ?? []
      let delimiter = choiceDelimiter(in: context)
      return TaskRow(
        requests: choices.map { .logLikelihood(context, continuation: delimiter + $0) }
          + unconditional(choices, delimiter), choices: choices,
        gold: try format.goldChoices(target, among: choices))
    }
  }

  /// A row whose choices are questions: each is followed by the target.
  private func row(
    inputs choices: [String]?, _ index: Int, _ target: JinjaValue, _ prompt: RowPrompt
  ) throws(TaskRowError) -> TaskRow {
    guard outputType == .multipleChoice, let choices else {
      throw TaskRowError(
        .fieldUnusable, "doc_to_text gives the number \(index), which is no question.")
    }
    let text = try continuation(target)
    let gold = try TaskFormat.input(index, target, among: choices)
    let contexts = choices.map { question in
      prompt.context(format.turns(question, answer: nil, prefix: prompt.prefix, delimiter: ""))
    }
    let delimiter = contexts.first.map(choiceDelimiter) ?? ""
    return TaskRow(
      requests: contexts.map { .logLikelihood($0, continuation: delimiter + text) }
        + unconditional(choices, delimiter), choices: choices, gold: .choices([gold]))
  }

  /// What stands before a choice: nothing at the beginning of an assistant's turn.
  private func choiceDelimiter(in context: TaskContext) -> String {
    guard case .messages = context else { return format.targetDelimiter }
    // The harness asks the key as it is written, not what a row makes of it.
    let prefix = format.genPrefix?.source ?? ""
    return prefix.isEmpty || prefix.endsInPythonSpace ? "" : format.targetDelimiter
  }

  private func unconditional(_ choices: [String], _ delimiter: String) -> [TaskRequest] {
    guard metrics.contains(where: { $0.name == "acc_mutual_info" }) else { return [] }
    return choices.map { .unconditional(continuation: delimiter + $0) }
  }

  private func continuation(_ target: JinjaValue) throws(TaskRowError) -> String {
    switch target {
    case .none, .list:
      throw TaskRowError(
        .targetInvalid,
        "doc_to_target gives \(target.typeName); \(outputType.rawValue) needs a text.")
    default: return try target.pythonText()
    }
  }
}

/// What all requests of a row begin with.
private struct RowPrompt {
  let before: [PromptTurn]
  let prefix: String?
  let chat: TaskPromptOptions.Chat?

  func context(_ turns: [PromptTurn]) -> TaskContext {
    let turns = before + turns
    let continuesLast = prefix?.isEmpty == false
    switch chat {
    case nil: return .text(turns.map(\.text).joined())
    case .multipleTurns: return .messages(turns.map(\.message), continuesLast: continuesLast)
    case .singleTurn: return .messages(turns.collapsed(), continuesLast: continuesLast)
    }
  }
}

extension [PromptTurn] {
  /// All turns of user and assistant as one of the user; the beginning of an answer stays apart.
  fileprivate func collapsed() -> [TaskMessage] {
    var turns = self[...]
    let system = turns.first?.role == .system ? turns.removeFirst() : nil
    let prefix = turns.last?.role == .assistant ? turns.removeLast() : nil
    if let last = turns.indices.last { turns[last].delimiter = "" }
    let user = PromptTurn(role: .user, content: turns.map(\.text).joined())
    return [system, user, prefix].compactMap { $0?.message }
  }
}
