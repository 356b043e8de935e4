namespace OnnxPipeline.Pipeline.Orchestration;

/// <summary>What a running stage tells of its progress.</summary>
internal interface IStageProgress
{
    /// <summary>How far the stage is. Called as often as it likes: it is cheap, and shown a few times a second at most.</summary>
    /// <param name="facts">Where it stands now.</param>
    void Advance(in ProgressFacts facts);

    /// <summary>A line worth keeping, such as an epoch's result: "epoch 3/10  loss 0.412  validation accuracy 90.1 %".</summary>
    void Note(string line);
}

/// <summary>Where a stage stands.</summary>
/// <param name="Step">Steps done, from 0.</param>
/// <param name="Steps">Steps in all; 0 when unknown.</param>
/// <param name="Unit">What a step is, in the plural, for example "batches".</param>
/// <param name="Text">What else to show beside it, for example "epoch 3/10  loss 0.412".</param>
internal readonly record struct ProgressFacts(long Step, long Steps, string Unit, string Text = "");
