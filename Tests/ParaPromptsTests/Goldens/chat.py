"""Records what transformers' chat templates make of conversations: chat.json beside this file.

The templates are those that the families' tokenizer_config.json carry (Llama-2-chat, Llama-3-Instruct, gemma-it, and
ChatML as Qwen2 has it). Versions as in fixtures/make/requirements.txt.

    python chat.py FIXTURES
"""

import json
import sys
from pathlib import Path

import transformers
from transformers import AutoTokenizer

TEMPLATES = {
    "llama-2": (
        "{% if messages[0]['role'] == 'system' %}{% set loop_messages = messages[1:] %}"
        "{% set system_message = messages[0]['content'] %}{% else %}{% set loop_messages = messages %}"
        "{% set system_message = false %}{% endif %}{% for message in loop_messages %}"
        "{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}"
        "{{ raise_exception('Conversation roles must alternate user/assistant/user/assistant/...') }}{% endif %}"
        "{% if loop.index0 == 0 and system_message != false %}"
        "{% set content = '<<SYS>>\\n' + system_message + '\\n<</SYS>>\\n\\n' + message['content'] %}"
        "{% else %}{% set content = message['content'] %}{% endif %}{% if message['role'] == 'user' %}"
        "{{ bos_token + '[INST] ' + content.strip() + ' [/INST]' }}{% elif message['role'] == 'assistant' %}"
        "{{ ' '  + content.strip() + ' ' + eos_token }}{% endif %}{% endfor %}"),
    "llama-3": (
        "{% set loop_messages = messages %}{% for message in loop_messages %}"
        "{% set content = '<|start_header_id|>' + message['role'] + '<|end_header_id|>\n\n'"
        "+ message['content'] | trim + '<|eot_id|>' %}{% if loop.index0 == 0 %}"
        "{% set content = bos_token + content %}{% endif %}{{ content }}{% endfor %}"
        "{% if add_generation_prompt %}{{ '<|start_header_id|>assistant<|end_header_id|>\n\n' }}{% endif %}"),
    "gemma": (
        "{{ bos_token }}{% if messages[0]['role'] == 'system' %}{{ raise_exception('System role not supported') }}"
        "{% endif %}{% for message in messages %}{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}"
        "{{ raise_exception('Conversation roles must alternate user/assistant/user/assistant/...') }}{% endif %}"
        "{% if (message['role'] == 'assistant') %}{% set role = 'model' %}{% else %}{% set role = message['role'] %}"
        "{% endif %}{{ '<start_of_turn>' + role + '\n' + message['content'] | trim + '<end_of_turn>\n' }}{% endfor %}"
        "{% if add_generation_prompt %}{{'<start_of_turn>model\n'}}{% endif %}"),
    "chatml": (
        "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>'"
        " + '\n'}}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"),
}

SYSTEM = {"role": "system", "content": " Answer in one word.\n"}
USER = {"role": "user", "content": "  What is a café?\t\n"}
ASSISTANT = {"role": "assistant", "content": "\u00a0A place {{ for }} coffee.\u2003"}
AGAIN = {"role": "user", "content": "\x1cAnd 茶?"}
CONVERSATIONS = [
    [USER], [SYSTEM, USER], [USER, ASSISTANT, AGAIN], [SYSTEM, USER, ASSISTANT, AGAIN], [AGAIN, ASSISTANT],
    [ASSISTANT, USER], [USER, AGAIN], [{"role": "user", "content": ""}], [SYSTEM],
]


def applied(tokenizer, template, messages, tokenize):
    """The text, or its tokens; None where the template refuses the conversation."""
    try:
        return tokenizer.apply_chat_template(
            messages, chat_template=template, tokenize=tokenize, add_generation_prompt=True)
    except Exception:
        return None


if __name__ == "__main__":
    tokenizer = AutoTokenizer.from_pretrained(Path(sys.argv[1]) / "model")
    cases = [
        {"format": name, "messages": messages, "text": applied(tokenizer, template, messages, False),
         "tokens": applied(tokenizer, template, messages, True)}
        for name, template in TEMPLATES.items() for messages in CONVERSATIONS
    ]
    record = {"transformers": transformers.__version__, "bos": tokenizer.bos_token, "eos": tokenizer.eos_token,
              "cases": cases}
    lines = ",\n".join("  " + json.dumps(case) for case in record.pop("cases"))
    Path(__file__).with_name("chat.json").write_text(
        json.dumps(record, indent=1)[:-2] + ',\n "cases": [\n' + lines + "\n ]\n}\n")
    print(len(cases), "cases")
