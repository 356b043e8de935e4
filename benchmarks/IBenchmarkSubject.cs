namespace OnnxPipeline.Benchmarks;

/// <summary>One side of a comparison: something that trains or answers, warmed up and ready.</summary>
internal interface IBenchmarkSubject : IDisposable
{
    /// <summary>What ran, with its version and threads.</summary>
    string Name { get; }

    /// <summary>Takes so many steps, and returns the seconds they took.</summary>
    double Run(int steps);
}
