using OnnxPipeline.Pipeline;
using OnnxPipeline.Pipeline.Tests.RaceHost;

return await Cli.RunAsync(args, CliServices.Default with { Stages = (recipe, _) => SlowStages.For(recipe) });
