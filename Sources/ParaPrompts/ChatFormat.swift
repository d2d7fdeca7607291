import ParaJSON
import ParaTokenizers

/// A model family's chat format, for models without a chat template of their own.
///
/// The text is what the family's first template gives in transformers with `add_generation_prompt=True`; roles other
/// than system, user and assistant are refused.
public enum ChatFormat: String, Sendable, CaseIterable {
  case llama2 = "llama-2"
  case llama3 = "llama-3"
  case gemma
  case chatML = "chatml"

  /// Tokens that the format writes, besides those that begin and end a text.
  private var controlTokens: [String] {
    switch self {
    case .llama2: []
    case .llama3: ["<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"]
    case .gemma: ["<start_of_turn>", "<end_of_turn>"]
    case .chatML: ["<|im_start|>", "<|im_end|>"]
    }
  }

  private var namedTokens: [String] {
    switch self {
    case .llama2: ["bos_token", "eos_token"]
    case .llama3, .gemma: ["bos_token"]
    case .chatML: []
    }
  }

  /// - Throws: `ChatTemplateError` for a vocabulary that would make text of a control token.
  func checkControlTokens(of tokenizer: Tokenizer) throws {
    let missing = controlTokens.filter { content in
      guard let token = tokenizer.tokenID(of: content) else { return true }
      return !tokenizer.encode(content, addingSpecialTokens: false).contains(token)
    }
    let unnamed = namedTokens.filter { name in !tokenizer.roles.contains { $0.name == name } }
    guard missing.isEmpty, unnamed.isEmpty else {
      throw ChatTemplateError(
        file: "the chat format \(rawValue)",
        message: "the model's vocabulary has no \((missing + unnamed).joined(separator: ", "));"
          + " choose the format that the model was trained with")
    }
  }
}

extension ChatFormat {
  /// The format in Jinja.
  var template: String {
    switch self {
    case .llama2: systemBeforeTurns + alternation + Self.llama2Turns
    case .llama3: knownRoles + Self.llama3Turns
    case .gemma: "{%- set turns = messages %}" + alternation + Self.gemmaTurns
    case .chatML: knownRoles + Self.chatMLTurns
    }
  }

  /// A system message becomes part of the first user turn.
  private static let llama2Turns = #"""
    {%- for turn in turns %}
    {%- if turn.role == 'assistant' %}
    {{- ' ' ~ turn.content.strip() ~ ' ' ~ eos_token }}
    {%- else %}
    {%- set preface = '<<SYS>>\n' ~ messages[0].content ~ '\n<</SYS>>\n\n' if loop.first and has_system else '' %}
    {{- bos_token ~ '[INST] ' ~ (preface ~ turn.content).strip() ~ ' [/INST]' }}
    {%- endif %}
    {%- endfor %}
    """#

  private static let llama3Turns = #"""
    {{- bos_token }}
    {%- for turn in messages %}
    {{- '<|start_header_id|>' ~ turn.role ~ '<|end_header_id|>\n\n' ~ turn.content.strip() ~ '<|eot_id|>' }}
    {%- endfor %}
    {{- '<|start_header_id|>assistant<|end_header_id|>\n\n' if add_generation_prompt }}
    """#

  private static let gemmaTurns = #"""
    {{- bos_token }}
    {%- for turn in turns %}
    {%- set role = 'model' if turn.role == 'assistant' else 'user' %}
    {{- '<start_of_turn>' ~ role ~ '\n' ~ turn.content.strip() ~ '<end_of_turn>\n' }}
    {%- endfor %}
    {{- '<start_of_turn>model\n' if add_generation_prompt }}
    """#

  private static let chatMLTurns = #"""
    {%- for turn in messages %}
    {{- '<|im_start|>' ~ turn.role ~ '\n' ~ turn.content ~ '<|im_end|>\n' }}
    {%- endfor %}
    {{- '<|im_start|>assistant\n' if add_generation_prompt }}
    """#

  private var systemBeforeTurns: String {
    """
    {%- set has_system = messages[0].role == 'system' %}
    {%- set turns = messages[1:] if has_system else messages %}
    """
  }

  private var alternation: String {
    #"""
    {%- for turn in turns %}
    {%- if turn.role not in ['user', 'assistant'] %}
    {{- raise_exception("The chat format \#(rawValue) has no role '" ~ turn.role ~ "' here.") }}
    {%- elif (turn.role == 'user') != (loop.index0 is even) %}
    {{- raise_exception("The chat format \#(rawValue) needs alternating roles user and assistant, user first.") }}
    {%- endif %}
    {%- endfor %}
    """#
  }

  private var knownRoles: String {
    #"""
    {%- for turn in messages if turn.role not in ['system', 'user', 'assistant'] %}
    {{- raise_exception("The chat format \#(rawValue) has no role '" ~ turn.role ~ "' here.") }}
    {%- endfor %}
    """#
  }
}

extension Chat {
  /// Each message's content as one text: parts of the type `text`, as in OpenAI's batch rows, are joined.
  ///
  /// - Throws: `PromptError` for any other content.
  func joiningParts() throws -> Chat {
    var chat = self
    for index in messages.indices {
      guard let text = messages[index]["content"].flatMap(Self.text) else {
        throw PromptError.noTextContent(index: index)
      }
      chat.messages[index]["content"] = .string(text)
    }
    return chat
  }

  private static func text(of content: JSONValue) -> String? {
    switch content {
    case .string(let text): return text
    case .array(let parts):
      var texts: [String] = []
      for part in parts {
        guard case .object(let fields) = part, case .string("text")? = fields["type"],
          case .string(let text)? = fields["text"]
        else { return nil }
        texts.append(text)
      }
      return texts.joined()
    default: return nil
    }
  }
}
