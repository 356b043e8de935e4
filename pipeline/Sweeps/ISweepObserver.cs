using OnnxPipeline.Pipeline.Orchestration;

namespace OnnxPipeline.Pipeline.Sweeps;

/// <summary>Is told what happens in a sweep, from several threads at once; it decides nothing.</summary>
internal interface ISweepObserver
{
    /// <summary>A line about the sweep as a whole.</summary>
    void Noted(string line);

    /// <summary>A trial begins; what is given back is told of its stages.</summary>
    /// <param name="number">The trial.</param>
    /// <param name="values">Its values, for people.</param>
    IRunObserver TrialStarted(int number, string values);

    /// <param name="trial">What became of it.</param>
    /// <param name="values">Its values, for people.</param>
    /// <param name="done">Runs that have ended, this one included.</param>
    /// <param name="runs">Runs in all.</param>
    void TrialEnded(TrialRecord trial, string values, int done, int runs);
}
