import ParaJSON
import ParaTestSupport
import Testing

@testable import ParaTasks

/// What rows become, and why some become nothing.
struct TaskRowTests {
  private let choices = "output_type: multiple_choice\ndoc_to_choice: ['no', 'yes']\n"

  private func gold(_ more: String, _ row: JSONObject) throws -> TaskGold {
    try task(more).row(row).gold
  }

  @Test func targetsThatNameAChoice() throws {
    let row: JSONObject = [
      "q": "Is it?", "a": 1, "b": true, "f": .double(0), "l": "yes", "n": .null,
    ]
    #expect(try gold(choices + "doc_to_target: a", row) == .choices([1]))
    #expect(try gold(choices + "doc_to_target: '{{ a }}'", row) == .choices([1]))
    #expect(try gold(choices + "doc_to_target: b", row) == .choices([1]))
    #expect(try gold(choices + "doc_to_target: f", row) == .choices([0]))
    #expect(try gold(choices + "doc_to_target: l", row) == .choices([1]))
    #expect(try gold(choices + "doc_to_target: 0", row) == .choices([0]))
    #expect(try gold(choices + "doc_to_target: '[0, 1]'", row) == .choices([0, 1]))
    #expect(
      try gold(choices + "doc_to_target: \"{{ ['yes', 'no'].index(l) }}\"", row) == .choices([0]))
    #expect(try gold(choices + "doc_to_target: n", row) == .unlabelled)
  }

  @Test func targetsThatCannotBeRight() {
    let row: JSONObject = ["q": "Is it?", "a": 2, "m": -1, "l": "maybe", "d": "1"]
    expect(throws: "The target 2 is no number of a choice: they go from 0 to 1.") {
      try gold(choices + "doc_to_target: a", row)
    }
    expect(throws: "The target -1 is no number of a choice: they go from 0 to 1.") {
      try gold(choices + "doc_to_target: m", row)
    }
    expect(throws: "The target 'maybe' is none of the choices 'no', 'yes'.") {
      try gold(choices + "doc_to_target: l", row)
    }
    expect(throws: "The target '1' is none of the choices 'no', 'yes'.") {
      try gold(choices + "doc_to_target: d", row)
    }
    expect(throws: "The row has no field 'lebel'. Did you mean 'label'? It has q, a, m, label, d.")
    {
      try gold(choices + "doc_to_target: lebel", ["q": 1, "a": 2, "m": 3, "label": 4, "d": 5])
    }
  }

  @Test func targetsOfGeneratedAnswers() throws {
    let row: JSONObject = [
      "q": "Who?", "a": .bigInteger("12345678901234567890"),
      "answers": .object(["text": .array(["Tom", "Tim"])]), "none": .array([]), "null": .null,
      "x": true,
    ]
    #expect(try gold("doc_to_target: a", row) == .texts(["12345678901234567890"]))
    #expect(try gold("doc_to_target: answers.text", row) == .texts(["Tom", "Tim"]))
    #expect(try gold("doc_to_target: '{{ answers.text }}'", row) == .texts(["Tom", "Tim"]))
    #expect(try gold("doc_to_target: '[{{ q }}]'", row) == .texts(["[Who?]"]))
    #expect(try gold("doc_to_target: x", row) == .texts(["True"]))
    #expect(try gold("doc_to_target: none", row) == .texts([]))
    #expect(try gold("doc_to_target: 'null'", row) == .unlabelled)
    #expect(
      try gold("output_type: generate_until\ndoc_to_choice: [A, B]\ndoc_to_target: 1", row)
        == .texts(["B"]))
  }

  @Test(arguments: [
    "['{{ sol2 }}', '{{ sol1 }}']", "'{{ [sol2, sol1] }}'", "both",
    "{x: '{{ sol2 }}', y: '{{ sol1 }}'}",
  ])
  func choicesAreTemplatesAndFields(choices: String) throws {
    let row: JSONObject = [
      "q": "open a jar", "sol1": "turn the lid", "sol2": "it's hit",
      "both": .array(["it's hit", "turn the lid"]), "a": "turn the lid",
    ]
    let found = try task("output_type: multiple_choice\ndoc_to_choice: \(choices)").row(row)
    #expect(found.choices == ["it's hit", "turn the lid"])
    #expect(found.gold == .choices([1]))
    #expect(
      found.requests == [
        .logLikelihood(.text("open a jar"), continuation: " it's hit"),
        .logLikelihood(.text("open a jar"), continuation: " turn the lid"),
      ])
  }

  @Test func choicesThatAreNone() {
    func row(_ choices: String) throws -> TaskRow {
      try task("output_type: multiple_choice\ndoc_to_choice: \(choices)")
        .row(["q": "?", "a": 0, "c": .array([1, 2]), "o": .object(["x": 1])])
    }
    expect(
      throws: "doc_to_choice gives a list with int in it; write texts, as in '{{ x|string }}'."
    ) {
      try row("c")
    }
    expect(throws: "doc_to_choice gives dict, not a list of texts.") { try row("o") }
    expect(throws: "doc_to_choice gives 'yes', which is no list as Python writes it.") {
      try row("'{{ \"yes\" }}'")
    }
    expect(throws: "doc_to_choice gives an empty list.") { try row("'[]'") }
  }

  @Test func holesInPromptsAreErrors() {
    func row(_ text: String) throws -> TaskRow {
      try task("doc_to_text: \(text)").row([
        "q": .null, "a": 1, "meta": .object([:]), "choices": .array(["x"]), "n": 3,
      ])
    }
    expect(throws: "The row has no field 'question'. It has q, a, meta, choices, n.") {
      try row("question")
    }
    for text in [
      "'{{ meta.title }}'", "'{{ choices.2 }}'", "'{{ choices[4] }}'", "'{{ q.strip() }}'",
      "'{{ 问题 }}'",
      "'{{ zz }}'",
    ] {
      #expect(throws: TaskRowError.self, "\(text)") { try row(text) }
    }
    expect(
      throws: "The field 'n' is int and doc_to_text needs a text; '{{ n }}' writes it as one."
    ) { try row("n") }
  }

  @Test func objectsPrintInTheOrderOfTheFile() throws {
    let row: JSONObject = [
      "q": .object(["z": 1, "a": .array([.double(2), .null]), "m": "it's"]), "a": "x",
    ]
    #expect(
      try task("").row(row).requests
        == [.generate(.text("{'z': 1, 'a': [2.0, None], 'm': \"it's\"}"))])
  }

  @Test func templatesHaveRegexReplace() throws {
    let task = try task(#"doc_to_text: "{{ q|regex_replace('(o)+', '<\\\\1>', count=1) }}""#)
    #expect(try task.row(["q": "foo boo", "a": 1]).requests == [.generate(.text("f<o> boo"))])
    #expect(throws: TaskRowError.self) { try task.row(["q": 1, "a": 1]) }
  }

  @Test func questionsThatAreChoices() throws {
    // As wsc273 does: the sentence up to the pronoun with each option, then its rest.
    let task = try task(
      """
      output_type: multiple_choice
      doc_to_text: label
      doc_to_choice: "{{ [start + 'cat', start + 'dog'] }}"
      doc_to_target: "{{ rest }}"
      target_delimiter: ""
      metric_list: [{metric: acc}, {metric: acc_mutual_info}]
      """)
    let row = try task.row(["label": 1, "start": "It is the ", "rest": " that barked."])
    #expect(row.gold == .choices([1]))
    #expect(
      row.requests == [
        .logLikelihood(.text("It is the cat"), continuation: " that barked."),
        .logLikelihood(.text("It is the dog"), continuation: " that barked."),
        .unconditional(continuation: "It is the cat"),
        .unconditional(continuation: "It is the dog"),
      ])
    #expect(throws: TaskRowError.self) {
      try task.row(["label": 2, "start": "It ", "rest": " is."])
    }
  }

  @Test func choicesBeginAnAssistantsTurn() throws {
    func continuation(_ more: String) throws -> [TaskRequest] {
      try task(choices + more).row(["q": "Is it?", "a": 1], options: .init(chat: .singleTurn))
        .requests
    }
    let user = TaskMessage(role: "user", content: "Is it?")
    let prefix = TaskMessage(role: "assistant", content: "It is")
    #expect(
      try continuation("")[1]
        == .logLikelihood(.messages([user], continuesLast: false), continuation: "yes"))
    #expect(
      try continuation("gen_prefix: It is")[1]
        == .logLikelihood(.messages([user, prefix], continuesLast: true), continuation: " yes"))
  }

  @Test func examplesAndDescription() throws {
    let task = try task(
      """
      description: "Answer.\\n"
      num_fewshot: 1
      fewshot_config: {sampler: first_n, samples: [{q: One?, a: 1}, {q: Two?, a: ""}]}
      gen_prefix: "A:"
      """)
    let examples = try [0, 1].map {
      try task.example(FewShotSampler(task.fewShot, count: 1).pool[$0])
    }
    let plain = try task.row(["q": "Three?", "a": 3], examples: examples)
    // An example without an answer shows the prefix alone, as in the harness.
    #expect(
      plain.requests == [
        .generate(.text("Answer.\nOne? A: 1\n\nTwo? A:Three? A:"))
      ])
    let chat = try task.row(
      ["q": "Three?", "a": 3], examples: examples,
      options: .init(systemInstruction: "Be brief.", chat: .singleTurn))
    #expect(
      chat.requests == [
        .generate(
          .messages(
            [
              TaskMessage(role: "system", content: "Be brief.\n\nAnswer.\n"),
              TaskMessage(role: "user", content: "One? A: 1\n\nTwo? A:Three?"),
              TaskMessage(role: "assistant", content: "A:"),
            ], continuesLast: true))
      ])
  }
}
