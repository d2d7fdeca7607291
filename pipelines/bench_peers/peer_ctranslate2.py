"""CTranslate2: fp32 and int8 (it has no bf16 on CPUs)."""

import measure
from tokenizer import with_tokenizer, word


def prepare(model, stored, folder):
    from ctranslate2.converters import TransformersConverter

    source = with_tokenizer(model, folder / "source")
    TransformersConverter(str(source)).convert(str(folder / "model"), quantization=stored, force=True)


def load(a):
    import ctranslate2

    generator = ctranslate2.Generator(
        str(a.folder / "model"), device="cpu", compute_type=a.compute_type, inter_threads=1, intra_threads=a.threads)

    def work(rows, new_tokens):
        results = generator.generate_batch(
            [[word(token) for token in row] for row in rows], max_batch_size=a.batch_size, beam_size=a.beams,
            min_length=new_tokens, max_length=new_tokens, include_prompt_in_result=False)
        return [result.sequences_ids[0] for result in results]

    return work


measure.run("ctranslate2", load, prepare, whole=True)
