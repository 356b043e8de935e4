namespace OnnxPipeline.Training.Loop;

/// <summary>Says when masks of weights change while training goes on. It must follow from its arguments alone, so that a resumed run does the same.</summary>
public interface IMaskSchedule
{
    /// <summary>The masks from a step on; null where they stay as they are.</summary>
    /// <param name="step">The step about to be taken, counted from 0 over the whole run.</param>
    /// <param name="steps">Steps of the whole run.</param>
    /// <param name="state">Gives the engine's state, weights by their names; asking for it costs a copy.</param>
    IReadOnlyList<Initializer>? Before(long step, long steps, Func<IReadOnlyList<Initializer>> state);
}
