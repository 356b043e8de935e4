using OnnxPipeline.Pipeline;
using OnnxPipeline.Pipeline.Store.Claims;
using OnnxPipeline.Pipeline.Tests.RaceHost;

// A process of another machine is one of which nothing is known but what it writes into the store.
if (Environment.GetEnvironmentVariable("RACE_NODE") is { } node) ClaimOptions.Default = ClaimOptions.Default with { Owner = ClaimOwner.ThisProcess with { Host = node } };
if (Environment.GetEnvironmentVariable("RACE_LEASE_MS") is { } lease) ClaimOptions.Default = ClaimOptions.Default with { Lease = TimeSpan.FromMilliseconds(int.Parse(lease)) };

return await Cli.RunAsync(args, CliServices.Default with { Stages = (recipe, _) => SlowStages.For(recipe) });
