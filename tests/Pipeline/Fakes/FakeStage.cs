using OnnxPipeline.Pipeline.Orchestration;

namespace OnnxPipeline.Pipeline.Tests.Fakes;

/// <summary>A stage that does what a test says.</summary>
internal sealed class FakeStage(string name, Action<StageContext> run) : IStage
{
    public string Name { get; } = name;

    public string CodeVersion { get; init; } = "1";

    public IReadOnlyList<string> Inputs { get; init; } = [];

    public object Options { get; init; } = new { };

    public string? Engine { get; init; }

    public string? DeviceKind { get; init; }

    public IReadOnlyList<ShownFile> Shown { get; init; } = [];

    public void Run(StageContext context) => run(context);
}
