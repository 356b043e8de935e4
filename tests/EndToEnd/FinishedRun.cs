namespace OnnxPipeline.EndToEnd.Tests;

/// <summary>One run of the small recipe, never interrupted, that tests look at or copy but leave as it is.</summary>
public sealed class FinishedRun : IAsyncLifetime
{
    internal const string Collection = "finished run";

    internal Workplace Workplace { get; } = new();

    internal Ended Ended { get; private set; } = new(-1, "", "");

    public async Task InitializeAsync()
    {
        if (FashionMnist.Unavailable is null) Ended = await Workplace.RunAsync();
    }

    public Task DisposeAsync()
    {
        Workplace.Dispose();
        return Task.CompletedTask;
    }
}

[CollectionDefinition(FinishedRun.Collection)]
public sealed class FinishedRunCollection : ICollectionFixture<FinishedRun>;
