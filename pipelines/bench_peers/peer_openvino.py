"""OpenVINO GenAI: fp32, bf16 (both from fp32 weights, by the precision hint), and int8 weights with int8 activations
and, as in para, an int8 KV cache."""

import measure
from tokenizer import with_tokenizer


def prepare(model, stored, folder):
    from optimum.exporters.openvino import main_export
    from optimum.intel import OVConfig

    int8 = {"bits": 8, "sym": True}
    main_export(
        str(with_tokenizer(model, folder / "source")), str(folder / "model"), task="text-generation-with-past",
        ov_config=OVConfig(quantization_config=int8) if stored == "int8" else OVConfig(dtype="fp32"),
        convert_tokenizer=False)


def load(a):
    import numpy
    import openvino
    import openvino_genai as genai

    # On processors without bf16 int8 runs beside fp32: bf16 emulation is a hundred times slower, or fails.
    has_bfloat16 = "BF16" in openvino.Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")
    if a.compute_type == "bfloat16" and not has_bfloat16:
        raise RuntimeError("this processor has no bf16")
    precision = "f32" if a.compute_type == "float32" or not has_bfloat16 else "bf16"
    properties = {"INFERENCE_PRECISION_HINT": precision, "INFERENCE_NUM_THREADS": a.threads}
    if a.compute_type == "int8":  # otherwise GenAI's KV cache has the compute type
        properties["KV_CACHE_PRECISION"] = "u8"
        properties["DYNAMIC_QUANTIZATION_GROUP_SIZE"] = 32
    scheduler = genai.SchedulerConfig()
    scheduler.max_num_seqs = a.batch_size * a.beams
    scheduler.max_num_batched_tokens = 2048
    pipeline = genai.ContinuousBatchingPipeline(str(a.folder / "model"), scheduler, "CPU", properties)

    def work(rows, new_tokens):
        settings = genai.GenerationConfig(
            max_new_tokens=new_tokens, min_new_tokens=new_tokens, ignore_eos=True, num_beams=a.beams,
            num_return_sequences=1)
        inputs = [openvino.Tensor(numpy.array([row], dtype=numpy.int64)) for row in rows]
        results = pipeline.generate(inputs, [settings] * len(rows))
        return [result.m_generation_ids[0] for result in results]

    return work


measure.run("openvino", load, prepare, stored={"bfloat16": "float32"}, whole=True)
