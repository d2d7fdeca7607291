// `import ParaPipeline` is all that a program needs that runs jobs: it brings the job file, the
// engine, and what stages are made of.

@_exported public import ParaDecoding
@_exported public import ParaEngine
@_exported public import ParaFlow
@_exported public import ParaJobs
@_exported public import ParaPrompts
