/// The ways to adapt that `para` serves, by the name that `peft_type` gives them.
public enum AdapterMethod: String, Sendable, CaseIterable, Codable {
  case para = "PARA"
  case lora = "LORA"
  case ia3 = "IA3"
  case bitFit = "BITFIT"
}
