using OnnxPipeline.Pipeline;

return await Cli.RunAsync(args, CliServices.Default);
